//! Sign-ins that the site asks for: more access, and "confirm it's you".

use fncy_dev_server::Endpoint;
use url::Url;

use super::session::signed_in;
use crate::place::{Place, Site};
use crate::tab::Tab;

/// A sign-in is recent for five minutes, and clocks may differ by one.
const LATER: u64 = 361;

async fn scopes(tab: &Tab) -> String {
    let answers = tab.fetch("/me", 1).await;
    let (status, body) = &answers[0];
    assert_eq!(*status, 200, "{body}");
    let (_, scopes) = body.split_once("\"scopes\":").unwrap();
    scopes.trim_end_matches('}').to_owned()
}

pub(super) async fn s02_a_user_allows_more_and_stays_signed_in(place: Place) {
    let site = place.site();
    let tab = signed_in(&site).await;
    let other = tab.another().await;
    other.visit("/protected").await;
    assert_eq!(scopes(&tab).await, "[\"profile\"]");
    tab.follow("Home").await;
    tab.follow("Your calendar").await;
    tab.shows("/calendar", "More access is needed").await;
    tab.follow("Allow access").await;
    tab.shows_provider("Allow access?").await;
    other.reload().await;
    other.shows("/protected", "Members only").await;
    tab.press("Allow").await;
    tab.shows("/calendar", "Your calendar").await;
    for tab in [&tab, &other] {
        assert_eq!(scopes(tab).await, "[\"calendar.read\",\"profile\"]");
    }
    other.reload().await;
    other.shows("/protected", "Members only").await;
}

pub(super) async fn s02_a_user_who_cancels_keeps_the_session(place: Place) {
    let site = place.site();
    let tab = signed_in(&site).await;
    tab.visit("/calendar").await;
    tab.shows("/calendar", "More access is needed").await;
    tab.follow("Allow access").await;
    tab.shows_provider("Allow access?").await;
    tab.press("Cancel").await;
    tab.shows("/auth/callback?**", "More access is needed")
        .await;
    tab.visit("/protected").await;
    tab.shows("/protected", "Members only").await;
    assert_eq!(scopes(&tab).await, "[\"profile\"]");
}

/// A user whose sign-in is not recent, on the way to delete a project.
async fn asked_to_confirm(site: &Site) -> Tab {
    let tab = signed_in(site).await;
    site.world.advance(LATER);
    tab.visit("/project/delete").await;
    tab.shows_provider("Sign in").await;
    tab
}

pub(super) async fn s03_a_project_is_deleted_after_a_recent_sign_in(place: Place) {
    let site = place.site();
    let tab = asked_to_confirm(&site).await;
    tab.press("Alex Martin").await;
    tab.shows("/project/delete", "Delete the project?").await;
    site.world.advance(LATER);
    tab.press("Delete the project").await;
    tab.shows("/project/delete", "Please confirm it's you")
        .await;
    tab.follow("Sign in again").await;
    tab.shows_provider("Sign in").await;
    tab.press("Alex Martin").await;
    tab.shows("/project/delete", "Delete the project?").await;
    tab.press("Delete the project").await;
    tab.shows("/project/delete", "The project is deleted").await;
}

pub(super) async fn s04_without_its_prompt_a_sign_in_is_not_recent(place: Place) {
    let site = place.site();
    let tab = asked_to_confirm(&site).await;
    let asked = site.world.provider.url(Endpoint::Authorize);
    let mut asked = Url::parse(&tab.requested(&asked).await).unwrap();
    let kept: Vec<(String, String)> = asked
        .query_pairs()
        .filter(|(name, _)| name != "prompt" && name != "max_age")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    asked.query_pairs_mut().clear().extend_pairs(kept);
    tab.visit(asked.as_str()).await;
    tab.shows("/auth/callback?**", "You did not sign in again")
        .await;
    tab.visit("/protected").await;
    tab.shows("/protected", "Members only").await;
}
