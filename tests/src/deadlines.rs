//! How long a person waits for a provider that says nothing. Only the driver waits, so these run on
//! the bare harness.

use std::time::Duration;

use fncy_dev_server::Endpoint;
use tokio::time::Instant;

use crate::browser::Page;
use crate::harness::Harness;
use crate::world::{APP, World};

async fn timed(page: impl Future<Output = Page>) -> (Page, Duration) {
    let start = Instant::now();
    let page = page.await;
    (page, start.elapsed())
}

#[tokio::test]
async fn p02_a_token_endpoint_that_hangs_is_left_after_ten_seconds() {
    let world = World::new(Harness::Bare);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let held = world.provider.hold(Endpoint::Token);
    let (page, waited) = timed(tab.get(&callback)).await;
    drop(held);
    assert_eq!(page.status, 503);
    assert!(page.text().contains("<code>provider_unavailable</code>"));
    assert!((10..12).contains(&waited.as_secs()), "{waited:?}");
}

#[tokio::test]
async fn two_slow_exchanges_end_after_fifteen_seconds() {
    let world = World::new(Harness::Bare);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let slow = fncy_dev_server::Fault::delay(Duration::from_secs(8));
    world.provider.fault(Endpoint::Token, slow.clone());
    world.provider.fault(Endpoint::UserData, slow);
    let (page, waited) = timed(tab.get(&callback)).await;
    assert_eq!(page.status, 503);
    assert!((15..17).contains(&waited.as_secs()), "{waited:?}");
}

#[tokio::test]
async fn p36_a_sign_out_waits_two_seconds_for_a_revocation() {
    let world = World::new(Harness::Bare);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let held = world.provider.hold(Endpoint::Revoke);
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    let (page, waited) = timed(tab.submit(&page, "form", None)).await;
    drop(held);
    assert!(page.text().contains("You are signed out"));
    assert!((2..4).contains(&waited.as_secs()), "{waited:?}");
}
