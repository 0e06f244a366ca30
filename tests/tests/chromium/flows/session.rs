//! What a session does in a browser, and what its end leaves.

use fncy_dev_server::{Endpoint, Fault};

use crate::place::{Place, Site};
use crate::tab::Tab;

/// A sign-out ends at the provider's.
const SIGNED_OUT: &str = "A stand-in for FNCY, on your machine";

/// Somebody who has signed in, and looks at the protected page.
pub(super) async fn signed_in(site: &Site) -> Tab {
    let tab = site.tab().await;
    tab.visit("/protected").await;
    tab.sign_in().await;
    tab.shows("/protected", "Members only").await;
    tab
}

pub(super) async fn a_fetch_without_a_session_is_told_where_to_sign_in(place: Place) {
    let site = place.site();
    let tab = site.tab().await;
    tab.visit("/").await;
    let answers = tab.fetch("/me", 1).await;
    let (status, body) = &answers[0];
    assert_eq!(*status, 401);
    assert!(body.contains(r#""code":"sign_in_required""#), "{body}");
    assert!(
        body.contains(r#""login_url":"/auth/login?return_to=%2F""#),
        "{body}"
    );
    tab.shows("/", "Nobody is signed in").await;
    assert_eq!(tab.cookies().await, [""; 0]);
    tab.visit("/auth/login?return_to=%2F").await;
    tab.sign_in().await;
    tab.shows("/", "Hello, Alex Martin").await;
}

pub(super) async fn ten_fetches_after_expiry_refresh_once(place: Place) {
    let site = place.site();
    let tab = signed_in(&site).await;
    site.world.advance(3_600);
    for (status, body) in tab.fetch("/me", 10).await {
        assert_eq!(status, 200, "{body}");
        assert!(body.contains("Alex Martin"), "{body}");
    }
    assert_eq!(site.world.token_requests(), 2, "a code, and one refresh");
    tab.follow("Your data").await;
    tab.shows("/profile", "Your data").await;
    let text = tab.text().await;
    assert!(text.contains("alex@example.com"), "{text}");
    assert_eq!(site.world.token_requests(), 2);
}

pub(super) async fn signing_out_in_one_tab_holds_in_the_other(place: Place) {
    let site = place.site();
    let tab = signed_in(&site).await;
    let other = tab.another().await;
    other.visit("/protected").await;
    other.shows("/protected", "Members only").await;
    tab.press("Sign out").await;
    tab.shows_provider(SIGNED_OUT).await;
    assert_eq!(tab.cookies().await, [""; 0]);
    other.follow("Your data").await;
    other.shows_provider("Sign in").await;
    other.press("Alex Martin").await;
    other.shows("/profile", "Your data").await;
}

pub(super) async fn a_session_over_four_kilobytes_lives_and_ends(place: Place) {
    let site = place.site();
    let token = "t".repeat(6_000);
    let body = format!(r#"{{"access_token":"{token}","token_type":"bearer","expires_in":3600}}"#);
    let provider = &site.world.provider;
    provider.fault(Endpoint::Token, Fault::status(200).json(&body).once());
    let data = Fault::status(200).json(r#"{"id":"alex","name":"Alex Martin"}"#);
    provider.fault(Endpoint::UserData, data.once());
    let tab = signed_in(&site).await;
    let cookies = tab.cookies().await;
    let chunks = cookies.iter().filter(|name| name.contains("_session"));
    assert_eq!(chunks.count(), 3, "{cookies:?}");
    tab.follow("Home").await;
    tab.shows("/", "Hello, Alex Martin").await;
    tab.press("Sign out").await;
    tab.shows_provider(SIGNED_OUT).await;
    assert_eq!(tab.cookies().await, [""; 0]);
}

pub(super) async fn a_link_from_another_site_finds_the_session(place: Place) {
    let site = place.site();
    let tab = signed_in(&site).await;
    tab.visit_elsewhere("/protected", "A link").await;
    tab.follow("A link").await;
    tab.shows("/protected", "Members only").await;
}

pub(super) async fn a_form_sent_after_the_session_ended_is_not_replayed(place: Place) {
    let site = place.site();
    let tab = signed_in(&site).await;
    site.world.advance(30 * 86_400);
    tab.post("/protected").await;
    tab.shows("/protected", "Please sign in, and send the form again")
        .await;
    let text = tab.text().await;
    assert!(text.contains("nothing was stored or changed"), "{text}");
    tab.follow("Sign in in a new tab").await;
    let other = tab.new_tab().await;
    other.closes().await;
    tab.follow("Back to the site").await;
    tab.shows("/protected", "Members only").await;
}

pub(super) async fn each_of_two_hosts_is_signed_in_to_by_itself(place: Place) {
    let site = place.site_at_two_hosts();
    let tab = signed_in(&site).await;
    let at_other = |path: &str| format!("{}{path}", site.other_origin);
    tab.visit(&at_other("/")).await;
    tab.shows(&at_other("/"), "Nobody is signed in").await;
    // FNCY knows who it is.
    tab.follow("Protected page").await;
    tab.shows(&at_other("/protected"), "Members only").await;

    tab.visit(&at_other("/")).await;
    tab.press("Sign out").await;
    tab.shows_provider(SIGNED_OUT).await;
    tab.visit(&at_other("/")).await;
    tab.shows(&at_other("/"), "Nobody is signed in").await;
    tab.visit("/").await;
    tab.shows("/", "Hello, Alex Martin").await;
}
