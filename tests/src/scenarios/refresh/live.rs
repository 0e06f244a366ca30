//! A connection that outlives its request learns what becomes of its session, and never refreshes it (row F11).

use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::browser::{Backend as _, RawResponse};
use crate::harness::Harness;
use crate::steps::session::{refreshes, request, sets_session, signed_in};
use crate::world::{APP, World};

/// An answer that goes on until its session ends, as the browser has that now.
async fn open(world: &World) -> tokio::task::JoinHandle<RawResponse> {
    let (app, request) = (world.app(), request(world, "/live"));
    let answer = tokio::spawn(async move { app.send(request).await });
    sleep(Duration::from_millis(100)).await;
    assert!(!answer.is_finished());
    answer
}

async fn text(answer: tokio::task::JoinHandle<RawResponse>) -> String {
    let answer = timeout(Duration::from_secs(8), answer).await;
    answer.unwrap().unwrap().text().into_owned()
}

pub(super) async fn f11_a_stream_sees_a_sign_out_and_what_was_refreshed(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    let stream = open(&world).await;
    world.advance(301);
    sleep(Duration::from_millis(100)).await;
    assert_eq!(refreshes(&world), 0, "a stream refreshes nothing");
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    assert!(!stream.is_finished());
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    sleep(Duration::from_secs(1)).await;
    assert!(stream.is_finished(), "at once, in the same process");
    assert_eq!(
        text(stream).await,
        "alex: you were signed out, newer tokens"
    );
}

pub(super) async fn f11_a_stream_ends_with_all_sessions_of_its_user(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    let stream = open(&world).await;
    world.login.end_all_sessions("jun").await.unwrap();
    sleep(Duration::from_millis(100)).await;
    assert!(!stream.is_finished());
    world.login.end_all_sessions("alex").await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert!(stream.is_finished(), "at once, in the same process");
    assert_eq!(text(stream).await, "alex: you were signed out, none");
}

pub(super) async fn f11_a_stream_ends_when_its_session_has_expired(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    let stream = open(&world).await;
    world.advance(24 * 3600);
    assert_eq!(text(stream).await, "alex: your session has expired, none");
}

pub(super) async fn f11_a_stream_keeps_no_session_alive_and_sees_one_in_use(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    let stream = open(&world).await;
    // Two requests within the idle time, which is over for the session that the stream began with.
    for _ in 0..2 {
        world.advance(20 * 3600);
        assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    }
    sleep(Duration::from_millis(5_200)).await;
    assert!(!stream.is_finished());
    world.advance(24 * 3600);
    assert!(text(stream).await.contains("your session has expired"));
}

pub(super) async fn f11_a_stream_is_refreshed_before_it_begins(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    world.advance(301);
    let (app, request) = (world.app(), request(&world, "/live"));
    let stream = tokio::spawn(async move { app.send(request).await });
    world.until_token_requests(2).await;
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    let answer = timeout(Duration::from_secs(8), stream).await.unwrap();
    let answer = answer.unwrap();
    assert!(answer.text().starts_with("alex: you were signed out"));
    assert_eq!(
        sets_session(&answer),
        harness != Harness::Bare,
        "its head went out while the session lived; the bare driver's goes with its body"
    );
    assert_eq!(refreshes(&world), 1);
}

pub(super) async fn f11_one_stream_leaves_and_the_other_goes_on(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    let (first, second) = (open(&world).await, open(&world).await);
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    sleep(Duration::from_millis(200)).await;
    world.advance(301);
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    assert_eq!(
        text(second).await,
        "alex: you were signed out, newer tokens"
    );
}
