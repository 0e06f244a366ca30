//! A person's devices: three browsers of one user, on two instances that share a Redis.

use std::time::Duration;

use fncy_login_tests::real_server::redis::Redis;
use tokio::time::{Instant, sleep};

use crate::place::{Place, Site};
use crate::tab::Tab;

const OTHERS: &str = "Sign out the others";
const ENDED: &str = "you were signed out";
/// The documented limit for other instances.
const SOON: Duration = Duration::from_secs(5);

/// A further browser of the same person, with a session of its own. The provider asks once what it may tell.
async fn device(site: &Site) -> Tab {
    let tab = site.tab().await;
    tab.visit("/").await;
    tab.shows_provider("Sign in").await;
    tab.press("Alex Martin").await;
    tab.shows("/", "Devices").await;
    tab
}

/// Reloads until the page has this text. No request waits for the list.
async fn until(tab: &Tab, text: &str) -> String {
    let began = Instant::now();
    loop {
        tab.visit("/").await;
        tab.shows("/", "Devices").await;
        let page = tab.text().await;
        if page.contains(text) {
            return page;
        }
        assert!(began.elapsed() < SOON, "{page}");
        sleep(Duration::from_millis(50)).await;
    }
}

pub(super) async fn a_person_signs_out_the_others(place: Place) {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (site, _proxy) = place
        .two_instances(&redis, recipes::accounts::devices::app)
        .await;
    let laptop = site.tab().await;
    laptop.visit("/").await;
    laptop.sign_in().await;
    let phone = device(&site).await;
    let tablet = device(&site).await;
    let page = until(&laptop, "Signed-in devices: 3.").await;
    assert_eq!(page.matches("Chrome on Linux").count(), 3, "{page}");
    assert_eq!(page.matches("(this one)").count(), 1, "{page}");
    // The others have an open page, whose WebSocket says when the session ends.
    laptop.press(OTHERS).await;
    let pressed = Instant::now();
    for other in [&phone, &tablet] {
        other.shows("/", ENDED).await;
    }
    assert!(pressed.elapsed() < SOON, "{:?}", pressed.elapsed());
    let page = until(&laptop, "Signed-in devices: 1.").await;
    assert!(!page.contains(OTHERS), "{page}");
    // The provider knows the person still, so the phone gets another session without a question.
    phone.visit("/").await;
    until(&phone, "Signed-in devices: 2.").await;
}
