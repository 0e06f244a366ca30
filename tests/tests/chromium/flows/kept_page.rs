//! A page that stays as it is, while its reader signs in in a popup or another tab.

use crate::app::app;
use crate::place::{Place, Site};
use crate::tab::Tab;

/// A page with a draft, whose reader has asked for data without a session.
async fn asked_with_a_draft(site: &Site) -> (Tab, Tab) {
    let tab = site.tab().await;
    tab.visit("/kept").await;
    let popup = ask(&tab).await;
    (tab, popup)
}

async fn ask(tab: &Tab) -> Tab {
    tab.fill("Draft", "My draft").await;
    tab.press("Load").await;
    tab.new_tab().await
}

async fn has_its_data(tab: &Tab) {
    tab.shows("/kept", "My draft for Alex Martin").await;
}

pub(super) async fn s06_a_popup_signs_in_and_the_page_stays(place: Place) {
    let site = place.app(app);
    let (tab, popup) = asked_with_a_draft(&site).await;
    popup.sign_in().await;
    popup.closes().await;
    has_its_data(&tab).await;
}

pub(super) async fn s06_a_provider_that_cuts_the_popup_off_changes_nothing(place: Place) {
    let site = place.app(app);
    let tab = site.tab().await;
    tab.provider_adds("cross-origin-opener-policy", "same-origin")
        .await;
    tab.visit("/kept").await;
    let popup = ask(&tab).await;
    popup.sign_in().await;
    has_its_data(&tab).await;
}

pub(super) async fn s06_a_closed_popup_leaves_the_refusal(place: Place) {
    let site = place.app(app);
    let (tab, popup) = asked_with_a_draft(&site).await;
    popup.shows_provider("Sign in").await;
    popup.close().await;
    tab.fill("Draft", "My draft, later").await;
    tab.shows("/kept", "Status 401").await;
}

pub(super) async fn s06_a_blocked_popup_is_a_redirect(place: Place) {
    let site = place.app(app);
    let tab = site.tab().await;
    tab.visit("/kept?at-once").await;
    tab.sign_in().await;
    tab.shows("/kept?at-once", "for Alex Martin").await;
}

pub(super) async fn s06_two_tabs_go_on_after_one_sign_in(place: Place) {
    let site = place.app(app);
    let (tab, popup) = asked_with_a_draft(&site).await;
    popup.shows_provider("Sign in").await;
    let other = tab.another().await;
    other.visit("/kept").await;
    let other_popup = ask(&other).await;
    other_popup.shows_provider("Sign in").await;
    popup.sign_in().await;
    has_its_data(&tab).await;
    has_its_data(&other).await;
}

pub(super) async fn s06_another_user_sends_nothing_of_the_first(place: Place) {
    let site = place.app(app);
    let tab = site.tab().await;
    tab.visit("/desk-of-alex").await;
    tab.sign_in().await;
    tab.shows("/desk-of-alex", "Hello, Alex Martin").await;
    tab.visit("/kept").await;
    tab.fill("Draft", "My draft").await;
    site.world.advance(30 * 86_400);
    let other = tab.another().await;
    other.visit(&site.world.provider.sign_out_url()).await;
    tab.press("Load").await;
    let popup = tab.new_tab().await;
    popup.sign_in_as("김하늘").await;
    popup.closes().await;
    tab.shows("/kept", "Status 401").await;
}

pub(super) async fn s06_an_opener_of_another_site_learns_nothing(place: Place) {
    let site = place.app(app);
    let tab = site.tab().await;
    let start = "/auth/login?return_to=/auth/signed-in";
    tab.visit_opener_elsewhere(start, "Open").await;
    tab.press("Open").await;
    let popup = tab.new_tab().await;
    popup.sign_in().await;
    popup.shows("/auth/signed-in", "You are signed in").await;
    tab.shows("https://elsewhere.example/", "Another site")
        .await;
}

pub(super) async fn s06_a_form_is_sent_again_after_a_sign_in_in_a_new_tab(place: Place) {
    let site = place.app(app);
    let tab = site.tab().await;
    tab.visit("/form").await;
    tab.sign_in().await;
    tab.shows("/form", "Form").await;
    tab.fill("Draft", "long").await;
    site.world.advance(30 * 86_400);
    tab.press("Send").await;
    tab.shows("/form", "Please sign in, and send the form again")
        .await;
    tab.follow("Sign in in a new tab").await;
    let other = tab.new_tab().await;
    other.closes().await;
    tab.reload().await;
    tab.shows("/form", "Received draft=long").await;
}
