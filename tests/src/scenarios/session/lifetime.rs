//! A session ends when it is idle or a week old; requests keep it alive (row K13).

use std::time::Duration;

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::steps::session::signed_in;
use crate::world::{APP, World};

const HOUR: u64 = 3600;

fn long_tokens(harness: Harness) -> World {
    World::with(harness, |setup| {
        let life = Duration::from_secs(30 * 24 * HOUR);
        setup.provider = setup.provider.clone().access_token_lifetime(life);
        setup.login = Box::new(|builder| builder.background_path("/poll"));
    })
}

pub(super) async fn k13_an_idle_session_ends(harness: Harness) {
    let world = long_tokens(harness);
    let mut tab = signed_in(&world).await;
    world.advance_server(24 * HOUR - 1);
    assert_eq!(tab.get(&format!("{APP}/auth/session")).await.status, 200);
    world.advance_server(1);
    assert_eq!(
        tab.get(&format!("{APP}/page")).await.status,
        303,
        "whatever Max-Age says"
    );
}

pub(super) async fn a_session_in_use_is_rolled_rarely(harness: Harness) {
    let world = long_tokens(harness);
    let mut tab = signed_in(&world).await;
    world.advance(2 * HOUR);
    let early = tab.get(&format!("{APP}/page")).await;
    assert_eq!(early.header("set-cookie"), None);
    world.advance(HOUR);
    for (what, page) in [
        ("background", tab.get(&format!("{APP}/poll")).await),
        ("prefetch", tab.prefetch(&format!("{APP}/page")).await),
        ("session", tab.get(&format!("{APP}/auth/session")).await),
    ] {
        assert_eq!(
            (page.status, page.header("set-cookie")),
            (200, None),
            "{what}"
        );
    }
    let stream = RawRequest::new("GET", "/page")
        .with_header("host", "app.example")
        .with_header("accept", "text/event-stream")
        .with_header("cookie", world.cookie_header());
    let stream = world.raw(stream).await;
    assert_eq!((stream.status, stream.header("set-cookie")), (200, None));
    let rolled = tab.get(&format!("{APP}/page")).await;
    assert!(rolled.header("set-cookie").is_some());
    assert_eq!(rolled.header("cache-control"), Some("private, no-store"));
    assert_eq!(
        tab.get(&format!("{APP}/page")).await.header("set-cookie"),
        None
    );
    let token = tab.get(&format!("{APP}/token")).await;
    assert_eq!(token.status, 200, "the tokens were copied");
    world.advance(23 * HOUR);
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
}

pub(super) async fn k13_a_refresh_that_nobody_asked_for_keeps_no_session_alive(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.background_path("/poll"));
    });
    let mut tab = signed_in(&world).await;
    let poll = format!("{APP}/poll");
    for _ in 0..23 {
        world.advance(HOUR);
        let polled = tab.get(&poll).await;
        assert!(polled.header("set-cookie").is_some(), "it is refreshed");
    }
    // An hour before the end, a person is there again.
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    for _ in 0..23 {
        world.advance(HOUR);
        assert_eq!(tab.get(&poll).await.text(), "user=alex");
    }
    world.advance_server(HOUR);
    assert_eq!(tab.get(&poll).await.status, 303);
}

pub(super) async fn public_pages_keep_a_session_alive_that_needs_no_refresh(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.sign_in_only().public_path("/maybe"));
    });
    let mut tab = signed_in(&world).await;
    let open = format!("{APP}/maybe");
    for _ in 0..3 {
        world.advance(12 * HOUR);
        let fetched = tab.fetch(&open).await;
        assert_eq!(fetched.header("set-cookie"), None, "it is no page");
        let page = tab.visit(&open).await;
        assert_eq!(page.text(), "user=alex");
        assert_eq!(page.header("cache-control"), Some("private, no-store"));
    }
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_path("/maybe"));
    });
    let mut tab = signed_in(&world).await;
    world.advance(12 * HOUR);
    let page = tab.visit(&open).await;
    assert_eq!(page.header("set-cookie"), None, "it waits to be refreshed");
    assert_eq!(
        page.text(),
        "user=-",
        "it may be a copy from before a refresh"
    );
    world.may_be_anonymous();
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert_eq!(tab.visit(&open).await.text(), "user=alex");
}

pub(super) async fn no_session_outlives_a_week(harness: Harness) {
    let world = long_tokens(harness);
    let mut tab = signed_in(&world).await;
    for _ in 0..13 {
        world.advance_server(12 * HOUR);
        assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    }
    world.advance_server(12 * HOUR);
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
}

pub(super) async fn on_a_public_path_an_expired_token_says_so(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_path("/token").public_path("/maybe"));
    });
    let mut tab = signed_in(&world).await;
    world.advance(301);
    let asked = world.token_requests();
    assert_eq!(tab.get(&format!("{APP}/maybe")).await.text(), "user=alex");
    let expired = tab.get(&format!("{APP}/token")).await;
    assert_eq!(expired.status, 401);
    assert!(expired.text().contains("<code>tokens_expired</code>"));
    assert_eq!(expired.header("set-cookie"), None);
    assert_eq!(
        world.token_requests(),
        asked,
        "a public path refreshes nothing"
    );
}
