//! A page of the application that shows another one in a frame.

use super::pages::assert_accessible;
use crate::app::app;
use crate::place::Place;

pub(super) async fn a_frame_whose_session_ended_leads_out_of_it(place: Place) {
    let site = place.app(app);
    let tab = site.tab().await;
    tab.visit("/page").await;
    tab.sign_in().await;
    tab.shows("/page", "Hello, Alex Martin").await;
    tab.visit("/desk?x=1").await;
    tab.frame_shows("Hello, Alex Martin").await;
    site.world.advance(30 * 86_400);
    tab.reload().await;
    tab.frame_shows("Please sign in").await;
    assert_accessible(&tab).await;
    tab.follow_in_frame("Sign in").await;
    tab.shows("/desk?x=1", "Desk").await;
    tab.frame_shows("Hello, Alex Martin").await;
}
