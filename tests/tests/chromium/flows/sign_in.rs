//! Ways through a sign-in, and ways off it.

use fncy_dev_server::{Endpoint, Fault};

use crate::place::Place;

/// The heading where a callback comes to a browser without its login.
const NO_RECORD: &str = "This sign-in can't be continued";

pub(super) async fn signing_in_leads_to_the_page_that_was_asked_for(place: Place) {
    let site = place.site();
    let tab = site.tab().await;
    tab.visit("/").await;
    tab.shows("/", "Nobody is signed in").await;
    tab.follow("Protected page").await;
    tab.sign_in().await;
    tab.shows("/protected", "Members only").await;
    let cookies = tab.cookies().await;
    assert!(cookies.contains(&site.session_cookie), "{cookies:?}");
    tab.visit("/").await;
    tab.shows("/", "Hello, Alex Martin").await;
}

pub(super) async fn cancelling_leads_to_a_page_and_from_there_to_another_try(place: Place) {
    let site = place.site();
    let tab = site.tab().await;
    tab.visit("/protected").await;
    tab.shows_provider("Sign in").await;
    tab.press("Alex Martin").await;
    tab.shows_provider("Allow access?").await;
    tab.press("Cancel").await;
    tab.shows("/auth/callback?**", "You are not signed in")
        .await;
    tab.follow("Sign in").await;
    tab.shows_provider("Allow access?").await;
    tab.press("Allow").await;
    tab.shows("/protected", "Members only").await;
}

pub(super) async fn two_tabs_finish_as_they_began(place: Place) {
    two_tabs_finish(place, ["/protected", "/profile"]).await;
}

pub(super) async fn two_tabs_finish_the_other_way_round(place: Place) {
    two_tabs_finish(place, ["/profile", "/protected"]).await;
}

/// Two tabs begin, and the one that asked for the first of these pages finishes first.
async fn two_tabs_finish(place: Place, order: [&str; 2]) {
    let site = place.site();
    let one = site.tab().await;
    let another = one.another().await;
    let mut tabs = [
        (&one, "/protected", "Members only"),
        (&another, "/profile", "Your data"),
    ];
    for (tab, path, _) in tabs {
        tab.visit(path).await;
        tab.shows_provider("Sign in").await;
    }
    tabs.sort_by_key(|(_, path, _)| order.iter().position(|first| first == path));
    let [(first, first_path, first_heading), (last, path, heading)] = tabs;
    first.sign_in().await;
    first.shows(first_path, first_heading).await;
    last.press("Alex Martin").await;
    last.shows(path, heading).await;
    first.reload().await;
    first.shows(first_path, first_heading).await;
    assert_eq!(site.world.token_requests(), 2);
}

pub(super) async fn going_back_after_signing_in_leads_into_the_site(place: Place) {
    let site = place.site();
    let tab = site.tab().await;
    tab.visit("/").await;
    tab.follow("Protected page").await;
    tab.sign_in().await;
    tab.shows("/protected", "Members only").await;
    // To the provider's pages, which have nothing left to ask.
    tab.back().await;
    tab.shows("/", "Hello, Alex Martin").await;
}

pub(super) async fn a_callback_opened_again_leads_into_the_site(place: Place) {
    let site = place.site();
    let tab = site.tab().await;
    tab.visit("/protected").await;
    tab.sign_in().await;
    tab.shows("/protected", "Members only").await;
    let callback = tab.requested("/auth/callback?").await;
    for seconds in [0, 120] {
        site.world.advance(seconds);
        tab.visit(&callback).await;
        tab.shows("/", "Hello, Alex Martin").await;
    }
    assert_eq!(site.world.token_requests(), 1);
}

pub(super) async fn a_callback_that_failed_is_reloaded_and_tried_again(place: Place) {
    let site = place.site();
    let tab = site.tab().await;
    tab.visit("/protected").await;
    site.world
        .provider
        .fault(Endpoint::Token, Fault::status(503).once());
    tab.sign_in().await;
    tab.shows("/auth/callback?**", "The sign-in service is not available")
        .await;
    site.world.advance(60);
    tab.reload().await;
    tab.shows("/auth/callback?**", NO_RECORD).await;
    let text = tab.text().await;
    assert!(text.contains("It may have ended already"), "{text}");
    tab.follow("Sign in").await;
    tab.shows("/", "Hello, Alex Martin").await;
}

pub(super) async fn a_bookmark_of_the_provider_leads_to_the_site(place: Place) {
    let site = place.site();
    let tab = site.tab().await;
    tab.visit("/protected").await;
    tab.sign_in().await;
    tab.shows("/protected", "Members only").await;
    let bookmark = tab
        .requested(&site.world.provider.url(Endpoint::Authorize))
        .await;
    site.world.advance(3_600);
    tab.visit(&bookmark).await;
    tab.shows("/", "Hello, Alex Martin").await;

    let elsewhere = site.tab().await;
    elsewhere.visit(&bookmark).await;
    elsewhere.shows_provider("Sign in").await;
    elsewhere.press("Alex Martin").await;
    elsewhere.shows("/auth/callback?**", NO_RECORD).await;
    elsewhere.follow("Sign in").await;
    elsewhere.shows("/", "Hello, Alex Martin").await;
}

pub(super) async fn cookies_that_are_blocked_are_named(place: Place) {
    let site = place.site();
    let tab = site.tab_without_cookies().await;
    tab.visit("/protected").await;
    tab.sign_in().await;
    tab.shows("/auth/callback?**", NO_RECORD).await;
    let text = tab.text().await;
    assert!(text.contains("cookies may be blocked"), "{text}");
    tab.follow("Sign in").await;
    tab.shows("/auth/callback?**", NO_RECORD).await;
    assert_eq!(site.world.token_requests(), 0);
}
