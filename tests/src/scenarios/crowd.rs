//! Row F12: many sessions whose access tokens expire together.

use std::time::Duration;

use fncy_dev_server::Endpoint;
use tokio::task::JoinSet;
use tokio::time::sleep;
use url::Url;

use crate::browser::{Backend as _, Context, RawRequest};
use crate::harness::Harness;
use crate::world::{APP, World};

/// The default life of the dev server's access tokens.
const LIFE: u64 = 300;

/// Requests of so many sessions, each of its own browser.
async fn of_strangers(world: &World, sessions: u64) -> Vec<RawRequest> {
    let mut requests = Vec::new();
    for _ in 0..sessions {
        let browser = world.stranger();
        world
            .visit_and_sign_in(&mut browser.tab(), "/page", "alex")
            .await;
        let url = Url::parse(APP).unwrap();
        let cookies = browser.jar().header(&url, Context::SameSite).unwrap();
        requests.push(
            RawRequest::new("GET", "/page")
                .with_header("host", "app.example")
                .with_header("cookie", cookies),
        );
    }
    requests
}

pub(super) async fn f12_sessions_that_expire_together_do_not_storm_the_provider(harness: Harness) {
    const SESSIONS: u64 = 50;
    let world = World::new(harness);
    let requests = of_strangers(&world, SESSIONS).await;
    let before = world.token_requests();
    assert_eq!(before, SESSIONS);
    world.advance(LIFE + 1);
    let held = world.provider.hold(Endpoint::Token);
    let mut answers = JoinSet::new();
    for request in requests {
        let app = world.app();
        answers.spawn(async move { app.send(request).await });
    }
    world.until_token_requests(before + 24).await;
    sleep(Duration::from_millis(200)).await;
    assert_eq!(
        world.token_requests(),
        before + 24,
        "so many at once: the other eight of 32 are for sign-ins"
    );
    drop(held);
    while let Some(answer) = answers.join_next().await {
        assert_eq!(answer.unwrap().text(), "user=alex");
    }
    assert_eq!(
        world.token_requests(),
        before + SESSIONS,
        "one for each session"
    );
}

pub(super) async fn f12_sessions_that_were_issued_together_are_renewed_one_by_one(
    harness: Harness,
) {
    const SESSIONS: u64 = 30;
    let world = World::new(harness);
    let requests = of_strangers(&world, SESSIONS).await;
    // The leeway is 15 to 30 seconds, by the session.
    world.advance(LIFE - 23);
    for request in requests {
        assert_eq!(world.raw(request).await.text(), "user=alex");
    }
    let renewed = world.token_requests() - SESSIONS;
    assert!((1..SESSIONS).contains(&renewed), "{renewed} of {SESSIONS}");
}
