//! The longest time that a person waits if the provider doesn't answer.

use std::time::Duration;

use fncy_dev_server::Endpoint;
use fncy_login::adapter::{Decision, Verdict};
use tokio::task::JoinSet;
use tokio::time::Instant;
use url::Url;

use crate::browser::{Backend as _, Context, Page, RawRequest};
use crate::harness::{Harness, RawHead};
use crate::steps::session::{LIFE, request, signed_in, with_store};
use crate::store::Store;
use crate::world::{APP, World};

async fn timed(page: impl Future<Output = Page>) -> (Page, Duration) {
    let start = Instant::now();
    let page = page.await;
    (page, start.elapsed())
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
async fn a_sign_in_that_is_asked_for_waits_for_no_store() {
    let store = Store::default();
    let world = with_store(Harness::Bare, &store, |builder| builder);
    signed_in(&world).await;
    let decide = |path| {
        let head = request(&world, path);
        world.login.decide(&RawHead::of(&head), None)
    };
    world.advance(LIFE + 1);
    store.set_down(true);
    assert!(matches!(decide("/page"), Decision::Later(_)));
    let Decision::Now(Verdict::Reply(reply)) = decide("/auth/login") else {
        panic!("the sign-in waits");
    };
    assert_eq!(reply.status, 303);
}

#[tokio::test]
async fn however_many_refreshes_wait_somebody_can_sign_in() {
    let world = World::new(Harness::Bare);
    let url = Url::parse(APP).unwrap();
    let mut sessions = Vec::new();
    for _ in 0..30 {
        let mut tab = world.stranger().tab();
        world.visit_and_sign_in(&mut tab, "/", "alex").await;
        sessions.extend(tab.browser().jar().header(&url, Context::SameSite));
    }
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let before = world.token_requests();
    world.advance_server(301);
    let held = world.provider.hold(Endpoint::Token);
    let mut refreshes = JoinSet::new();
    for cookies in sessions {
        let app = world.app();
        let request = RawRequest::new("GET", "/").with_header("cookie", cookies);
        refreshes.spawn(async move { app.send(request).await });
    }
    world.until_token_requests(before + 4).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(world.token_requests(), before + 4, "the rest wait");
    let (page, ()) = tokio::join!(tab.visit(&callback), async {
        world.until_token_requests(before + 5).await;
        drop(held);
    });
    assert_eq!(page.text(), "user=alex", "a sign-in goes before them");
    while let Some(response) = refreshes.join_next().await {
        assert_eq!(response.unwrap().status, 200, "and all have their turn");
    }
    assert_eq!(world.token_requests(), before + 31);
}
