//! Addresses as people write them.

use crate::app::app;
use crate::place::Place;

pub(super) async fn an_address_in_any_script_is_where_a_sign_in_ends(place: Place) {
    let site = place.app(app);
    let tab = site.tab().await;
    tab.visit("/page").await;
    tab.sign_in().await;
    for (link, address) in [
        ("한글 page", "/%ED%95%9C%EA%B8%80"),
        ("Sign in for it", "/%ED%95%9C%EA%B8%80"),
        ("Sign in for a search", "/search?q=a+b"),
    ] {
        tab.shows("/**", "Hello, Alex Martin").await;
        site.world.advance(30 * 86_400);
        tab.visit("/").await;
        tab.follow(link).await;
        tab.shows(address, "Hello, Alex Martin").await;
    }
    assert_eq!(site.world.token_requests(), 4, "each link signs in");
}
