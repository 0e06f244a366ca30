//! Several instances of an application that share a Redis.

use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::coordinator::{Coordinator, Known, SessionRef};
use fncy_login_redis::RedisCoordinator;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::redis::Redis;
use crate::browser::{Backend as _, RawRequest, RawResponse, Tab};
use crate::contract;
use crate::harness::{Harness, Served};
use crate::world::{APP, World};

/// The default life of the dev server's access tokens.
const LIFE: u64 = 300;

/// A world with so many instances more, which all share a store; somebody is signed in.
async fn signed_in(harness: Harness, redis: &Redis, more: usize) -> (World, Tab, Vec<Served>) {
    let first = redis.instance();
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.coordinator(first));
    });
    let mut instances = vec![world.app()];
    for _ in 0..more {
        instances.push(world.instance(|builder| builder.coordinator(redis.instance())));
    }
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/", "alex").await;
    assert_eq!(page.text(), "user=alex");
    (world, tab, instances)
}

fn request(world: &World, target: &str) -> RawRequest {
    RawRequest::new("GET", target)
        .with_header("host", "app.example")
        .with_header("accept", "text/html")
        .with_header("cookie", world.cookie_header())
}

/// Sends the same request to the instances in turns, all at once.
async fn send_all(instances: &[Served], request: &RawRequest, count: usize) -> Vec<RawResponse> {
    let mut sent = JoinSet::new();
    for instance in instances.iter().cycle().take(count) {
        let (instance, request) = (instance.clone(), request.clone());
        sent.spawn(async move { instance.send(request).await });
    }
    sent.join_all().await
}

/// Asks until the answer has this status.
async fn until_status(world: &World, instance: &Served, status: u16) -> RawResponse {
    let began = Instant::now();
    loop {
        let answer = instance.send(request(world, "/page")).await;
        if answer.status == status {
            return answer;
        }
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{}",
            answer.status
        );
        sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_the_contract() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    contract::holds(redis.instance(), redis.instance(), 1).await;
    contract::holds(redis.instance(), redis.instance(), 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_requests_to_four_instances_are_one_exchange() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    for harness in Harness::ALL {
        let (world, mut tab, instances) = signed_in(harness, &redis, 3).await;
        world.advance(LIFE + 1);
        let before = world.token_requests();
        let answers = send_all(&instances, &request(&world, "/token"), 200).await;
        for answer in &answers {
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert_eq!(answer.text(), answers[0].text(), "all have the same token");
        }
        assert_eq!(world.token_requests() - before, 1, "{harness}");
        let contents = redis.contents();
        assert!(contents.contains(":left"), "{contents}");
        for secret in world.provider.issued_secrets() {
            assert!(!contents.contains(&secret), "in the store: {secret}");
        }
        assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_ends_copies_on_all_instances() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (world, mut tab, instances) = signed_in(Harness::Tower, &redis, 1).await;
    let copy = request(&world, "/page");
    for answer in send_all(&instances, &copy, 2).await {
        assert_eq!(answer.status, 200);
    }
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    let began = Instant::now();
    while instances[1].send(copy.clone()).await.status == 200 {
        assert!(began.elapsed() < Duration::from_secs(5));
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(instances[1].send(copy).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_dies_signs_nobody_out() {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    let (world, mut tab, instances) = signed_in(Harness::Tower, &redis, 1).await;
    until_status(&world, &instances[1], 200).await;
    redis.kill();
    let down = until_status(&world, &instances[1], 503).await;
    assert!(down.header("retry-after").is_some());
    assert_eq!(down.header("set-cookie"), None);
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 503);
    redis.restart().await;
    until_status(&world, &instances[1], 200).await;
    until_status(&world, &instances[0], 200).await;
    world.advance(LIFE + 1);
    let before = world.token_requests();
    for answer in send_all(&instances, &request(&world, "/page"), 20).await {
        assert_eq!(answer.text(), "user=alex");
    }
    assert_eq!(world.token_requests() - before, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_ended_stays_so_when_the_store_loses_its_memory() {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    let (world, mut tab, instances) = signed_in(Harness::Tower, &redis, 1).await;
    let copy = request(&world, "/page");
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    let began = Instant::now();
    while instances[1].send(copy.clone()).await.status != 303 {
        assert!(began.elapsed() < Duration::from_secs(5));
        sleep(Duration::from_millis(20)).await;
    }
    redis.restart().await;
    // An instance that begins now knows only what the store has been told again.
    let began = Instant::now();
    loop {
        let new = world.instance(|builder| builder.coordinator(redis.instance()));
        let answer = new.send(copy.clone()).await;
        if answer.status == 303 {
            break;
        }
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{}",
            answer.status
        );
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sessions_that_a_user_has_can_be_ended() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let admin: RedisCoordinator = redis.instance();
    admin.end_user("alex").await.unwrap();
    // 2001, which is before that, and 2065.
    for (issued, user_id, has_ended) in [
        (1_000_000_000, "alex", true),
        (3_000_000_000, "alex", false),
        (1_000_000_000, "haneul", false),
    ] {
        let session = SessionRef {
            id: [9; 16],
            generation: 0,
            issued: Timestamp::from_unix(issued),
            ends: Timestamp::from_unix(4_000_000_000),
        };
        let other = redis.instance();
        assert_eq!(other.has_ended(session, user_id).await, Ok(has_ended));
        assert_eq!(other.known(&session, user_id) == Known::Ended, has_ended);
    }
}
