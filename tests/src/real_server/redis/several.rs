//! Several instances of the toy application that share a store, and the requests of the tests.

use std::time::Duration;

use fncy_login_redis::RedisStore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::browser::{Backend, RawRequest, RawResponse, Tab};
use crate::harness::{Harness, Served};
use crate::world::World;

/// The longest wait, even on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// A world with a signed-in user and this many more instances, each with its own store on the same server.
pub(super) async fn signed_in(
    harness: Harness,
    way: impl Fn() -> RedisStore,
    more: usize,
) -> (World, Tab, Vec<Served>) {
    let first = way();
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.store(first));
    });
    let mut instances = vec![world.app()];
    for _ in 0..more {
        instances.push(world.instance(|builder| builder.store(way())));
    }
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/", "alex").await;
    assert_eq!(page.text(), "user=alex");
    (world, tab, instances)
}

/// Sends the same request to the instances in turns, all at once.
pub(super) async fn send_all(
    instances: &[Served],
    request: &RawRequest,
    count: usize,
) -> Vec<RawResponse> {
    let mut sent = JoinSet::new();
    for instance in instances.iter().cycle().take(count) {
        let (instance, request) = (instance.clone(), request.clone());
        sent.spawn(async move { instance.send(request).await });
    }
    sent.join_all().await
}

/// Sends a request until its answer has this status.
pub(super) async fn until(
    instance: &dyn Backend,
    request: &RawRequest,
    status: u16,
) -> RawResponse {
    let began = Instant::now();
    loop {
        let answer = instance.send(request.clone()).await;
        if answer.status == status {
            return answer;
        }
        let is_soon = began.elapsed() < PATIENCE;
        assert!(is_soon, "{} {}", answer.status, answer.text());
        sleep(Duration::from_millis(50)).await;
    }
}
