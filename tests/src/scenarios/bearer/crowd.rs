//! Many requests with tokens at once, of one user or of strangers (row B6).

use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::browser::Backend as _;
use crate::harness::Harness;
use crate::steps::bearer::{accept, by_introspection, token_of, with_token};
use crate::steps::session::LIFE;
use crate::world::{APP, World};

/// The places for questions about unknown tokens.
const AT_ONCE: u64 = 8;

pub(super) async fn b06_requests_with_one_token_share_one_question(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| login);
    let slow = Fault::delay(Duration::from_millis(300));
    world.provider.fault(Endpoint::Introspect, slow);
    for (token, status) in [
        (token_of(&world, "alex").await, 200),
        ("invented".to_owned(), 401),
    ] {
        let before = world.provider.request_count(Endpoint::Introspect);
        let mut answers = JoinSet::new();
        for _ in 0..30 {
            let (app, request) = (world.app(), with_token("/page", &token));
            answers.spawn(async move { app.send(request).await.status });
        }
        assert!(
            answers
                .join_all()
                .await
                .into_iter()
                .all(|found| found == status)
        );
        // For a while, the answer is remembered.
        assert_eq!(world.raw(with_token("/page", &token)).await.status, status);
        assert_eq!(
            world.provider.request_count(Endpoint::Introspect),
            before + 1
        );
    }
}

pub(super) async fn b06_invented_tokens_delay_no_sign_in_and_no_refresh(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| login);
    let known = token_of(&world, "jun").await;
    assert_eq!(world.raw(with_token("/page", &known)).await.status, 200);
    let mut tab = world.tab();
    world
        .visit_and_sign_in(&mut tab, "/auth/login", "alex")
        .await;
    let asked = || world.provider.request_count(Endpoint::Introspect);
    let before = asked();
    let hangs = Fault::delay(Duration::from_secs(60));
    world.provider.fault(Endpoint::Introspect, hangs);
    let mut strangers = JoinSet::new();
    for number in 0..400 {
        let request = with_token("/page", &format!("invented-{number}"));
        let app = world.app();
        strangers.spawn(async move { app.send(request).await.status });
    }
    while asked() < before + AT_ONCE {
        tokio::task::yield_now().await;
    }
    let began = Instant::now();
    // A sign-in, a refresh, and a token that is known.
    let mut other = world.stranger().tab();
    world
        .visit_and_sign_in(&mut other, "/auth/login", "jun")
        .await;
    assert_eq!(world.raw(with_token("/page", &known)).await.status, 200);
    // It is asked about again, past all that wait.
    world.provider.clear_faults();
    world.advance(60);
    assert_eq!(world.raw(with_token("/page", &known)).await.status, 200);
    world.advance(LIFE);
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(asked(), before + AT_ONCE + 1);
    let statuses = strangers.join_all().await;
    assert!(statuses.iter().all(|status| *status == 503), "{statuses:?}");
}
