//! Recipes whose scripts do what no test without a browser shows.

use crate::place::Place;

pub(super) async fn a_single_page_application_signs_in_in_its_tab(place: Place) {
    let site = place.app(recipes::front_ends::spa::app);
    let tab = site.tab().await;
    let view = "/folders/7?sort=new";
    tab.visit(view).await;
    tab.press("Sign in").await;
    tab.sign_in().await;
    tab.shows(view, "Inbox").await;
    tab.press("Look again").await;
    let text = tab.text().await;
    assert!(text.contains("Welcome, Alex Martin"), "{text}");

    let another = tab.another().await;
    another.visit("/").await;
    another.press("Sign out").await;
    another
        .shows_provider("A stand-in for FNCY, on your machine")
        .await;
    tab.press("Look again").await;
    tab.press("Sign in").await;
    tab.shows_provider("Sign in").await;
}
