//! Several instances of an application that share a Redis.

use std::collections::BTreeSet;
use std::time::Duration;

use fncy_login_redis::RedisStore;
use tokio::time::{Instant, sleep};

use super::Redis;
use super::several::{send_all, signed_in, until};
use crate::browser::Backend as _;
use crate::harness::Harness;
use crate::steps::session::{LIFE, request, sign_out};
use crate::store::contract;
use crate::world::APP;

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
        let (world, mut tab, instances) = signed_in(harness, redis.way(), 3).await;
        world.advance(LIFE + 1);
        let before = world.token_requests();
        let answers = send_all(&instances, &request(&world, "/token"), 200).await;
        for answer in &answers {
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert_eq!(answer.text(), answers[0].text(), "all have the same token");
        }
        assert_eq!(world.token_requests() - before, 1, "{harness}");
        let contents = redis.contents();
        assert!(contents.contains(":outcome"), "{contents}");
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
    let (world, mut tab, instances) = signed_in(Harness::Tower, redis.way(), 1).await;
    let copy = request(&world, "/page");
    for answer in send_all(&instances, &copy, 2).await {
        assert_eq!(answer.status, 200);
    }
    sign_out(&mut tab).await;
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
    let (world, mut tab, instances) = signed_in(Harness::Tower, redis.way(), 1).await;
    let page = request(&world, "/page");
    until(&instances[1], &page, 200).await;
    redis.kill();
    let down = until(&instances[1], &page, 503).await;
    assert!(down.header("retry-after").is_some());
    assert_eq!(down.header("set-cookie"), None);
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 503);
    redis.restart().await;
    until(&instances[1], &page, 200).await;
    until(&instances[0], &page, 200).await;
    world.advance(LIFE + 1);
    let before = world.token_requests();
    for answer in send_all(&instances, &request(&world, "/page"), 20).await {
        assert_eq!(answer.text(), "user=alex");
    }
    assert_eq!(world.token_requests() - before, 1);
}

/// The line of `docs/scale.md` that makes a user of the store for this application.
fn documented_user() -> Vec<&'static str> {
    let docs = include_str!("../../../../docs/scale.md").lines();
    let mut lines = docs.filter(|line| line.starts_with("ACL SETUSER "));
    lines.next().unwrap().split(' ').collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_rights_are_enough() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let made = redis.tell(&documented_user());
    assert_eq!(made.trim(), "OK");
    let url = format!("{}?user=shop&pass=secret", redis.url());
    let way = || RedisStore::new(&url).unwrap();
    contract::holds(way(), way(), 1).await;
}

#[test]
fn the_documented_rights_are_those_of_the_scripts() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/redis/src/scripts");
    let mut used = BTreeSet::from(["evalsha".to_owned(), "script|load".to_owned()]);
    for script in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(script.unwrap().path()).unwrap();
        let calls = text.split("redis.call('").skip(1);
        used.extend(calls.map(|call| call.split('\'').next().unwrap().to_lowercase()));
    }
    let user = documented_user().into_iter();
    let rights: BTreeSet<_> = user
        .filter_map(|word| word.strip_prefix('+'))
        .map(str::to_owned)
        .collect();
    assert_eq!(rights, used);
}
