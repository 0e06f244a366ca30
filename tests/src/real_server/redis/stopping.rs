//! A stop while Redis is down: the process waits until the others can know what it was told.

use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::Redis;
use super::several::{signed_in, until};
use crate::harness::Harness;
use crate::steps::session::{post, request};

#[tokio::test(flavor = "multi_thread")]
async fn xr12_a_stop_waits_until_a_sign_out_is_written() {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    let (world, _, _) = signed_in(Harness::Tower, redis.way(), 0).await;
    let copy = request(&world, "/page");
    redis.kill();
    sleep(Duration::from_millis(600)).await;
    let sign_out = post("/auth/logout", &world.cookie_header());
    assert_eq!(world.raw(sign_out).await.status, 303);
    let drained = tokio::spawn(world.login.drain());
    sleep(Duration::from_secs(2)).await;
    assert!(!drained.is_finished(), "the sign-out is not written");
    redis.restart().await;
    let ended = timeout(Duration::from_secs(10), drained).await;
    ended.expect("it is written").unwrap();
    let next = world.instance(|builder| builder.store(redis.instance()));
    until(&next, &copy, 303).await;
}
