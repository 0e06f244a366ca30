//! Many sessions that expire at once are refreshed a few at a time (rows F12, F18).

use std::time::Duration;

use fncy_dev_server::{DemoUser, Endpoint};
use tokio::task::JoinSet;
use tokio::time::sleep;
use url::Url;

use crate::browser::{Backend as _, Context, RawRequest, RawResponse};
use crate::harness::Harness;
use crate::steps::session::LIFE;
use crate::world::{APP, World};

/// A world in which so many people can sign in: `user-0`, `user-1` and so on.
fn of_people(harness: Harness, people: u64) -> World {
    let user = |number| DemoUser::new(format!("user-{number}"), "Somebody");
    World::with(harness, |setup| {
        let users = (0..people).map(user).collect();
        setup.provider = setup.provider.clone().users(users);
    })
}

/// Requests of a session of each of these people, each of its own browser.
async fn sessions_of(world: &World, people: impl Iterator<Item = u64>) -> Vec<RawRequest> {
    let mut requests = Vec::new();
    for number in people {
        let browser = world.stranger();
        world
            .visit_and_sign_in(&mut browser.tab(), "/page", &format!("user-{number}"))
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

/// Sends requests beside one another.
fn send(world: &World, requests: Vec<RawRequest>) -> JoinSet<RawResponse> {
    let mut answers = JoinSet::new();
    for request in requests {
        let app = world.app();
        answers.spawn(async move { app.send(request).await });
    }
    answers
}

pub(super) async fn f12_sessions_that_expire_together_do_not_storm_the_provider(harness: Harness) {
    const SESSIONS: u64 = 40;
    let world = of_people(harness, SESSIONS);
    let requests = sessions_of(&world, 0..SESSIONS).await;
    let before = world.token_requests();
    assert_eq!(before, SESSIONS);
    world.advance(LIFE + 1);
    let held = world.provider.hold(Endpoint::Token);
    let mut answers = send(&world, requests);
    world.until_token_requests(before + 16).await;
    sleep(Duration::from_millis(200)).await;
    assert_eq!(
        world.token_requests(),
        before + 16,
        "so many at once: the other places are for sign-ins and the rest"
    );
    drop(held);
    while let Some(answer) = answers.join_next().await {
        assert!(answer.unwrap().text().starts_with("user=user-"));
    }
    assert_eq!(
        world.token_requests(),
        before + SESSIONS,
        "one for each session"
    );
}

pub(super) async fn f18_one_users_many_sessions_keep_no_place_from_others(harness: Harness) {
    const SESSIONS: u64 = 30;
    let world = of_people(harness, 2);
    let many = sessions_of(&world, std::iter::repeat_n(0, SESSIONS as usize)).await;
    let other = sessions_of(&world, std::iter::once(1)).await;
    let before = world.token_requests();
    world.advance(LIFE + 1);
    let held = world.provider.hold(Endpoint::Token);
    let mut answers = send(&world, many);
    world.until_token_requests(before + 4).await;
    sleep(Duration::from_millis(200)).await;
    assert_eq!(world.token_requests(), before + 4, "four of a user at once");
    let mut others = send(&world, other);
    world.until_token_requests(before + 5).await;
    drop(held);
    assert_eq!(
        others.join_next().await.unwrap().unwrap().text(),
        "user=user-1"
    );
    while let Some(answer) = answers.join_next().await {
        assert_eq!(answer.unwrap().text(), "user=user-0");
    }
}

pub(super) async fn f12_sessions_that_were_issued_together_are_refreshed_one_by_one(
    harness: Harness,
) {
    const SESSIONS: u64 = 30;
    let world = of_people(harness, SESSIONS);
    let requests = sessions_of(&world, 0..SESSIONS).await;
    // The leeway is 15 to 30 seconds, by the session.
    world.advance(LIFE - 23);
    for request in requests {
        assert!(world.raw(request).await.text().starts_with("user=user-"));
    }
    let refreshed = world.token_requests() - SESSIONS;
    assert!(
        (1..SESSIONS).contains(&refreshed),
        "{refreshed} of {SESSIONS}"
    );
}
