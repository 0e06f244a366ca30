//! Instances in processes of their own, which are killed or suspended in the middle of an exchange.
//!
//! A lease lasts 30 seconds. The tests let it expire at once, which makes no difference to the server.

use std::sync::Arc;
use std::time::Duration;

use fncy_dev_server::Endpoint;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::Redis;
use super::several::{signed_in, until};
use crate::browser::{Backend as _, RawResponse};
use crate::harness::{Harness, Served};
use crate::real_server::instance::Instance;
use crate::steps::session::{LIFE, clears_session, request};
use crate::world::{SCRIPTED, World};

/// A token endpoint with one answer, which it gives when the test says so.
struct Held {
    url: String,
    asked: oneshot::Receiver<()>,
    answer: oneshot::Sender<()>,
}

impl Held {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let (ask, asked) = oneshot::channel();
        let (answer, answered) = oneshot::channel();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut reader = BufReader::new(&mut stream);
            let mut length = 0;
            let mut line = String::new();
            while reader.read_line(&mut line).await.unwrap() > 2 {
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                line.clear();
            }
            reader.read_exact(&mut vec![0; length]).await.unwrap();
            ask.send(()).unwrap();
            if answered.await.is_ok() {
                let body = format!(
                    r#"{{"access_token":"{SCRIPTED}-1","refresh_token":"{SCRIPTED}-2","token_type":"Bearer","expires_in":300}}"#
                );
                let head = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                stream.write_all((head + &body).as_bytes()).await.unwrap();
            }
        });
        Self { url, asked, answer }
    }
}

/// A user whose access token has expired, and an instance in this process.
async fn expired(redis: &Redis) -> (World, Served) {
    let (world, _, mut instances) = signed_in(Harness::Tower, redis.way(), 0).await;
    world.advance(LIFE + 1);
    (world, instances.remove(0))
}

/// Requests a page in a task.
fn ask(world: &World, instance: &Arc<Instance>) -> JoinHandle<RawResponse> {
    let (instance, page) = (Arc::clone(instance), request(world, "/protected"));
    tokio::spawn(async move { instance.send(page).await })
}

/// The answer to a request that waits for a lease, which then expires.
async fn when_the_lease_is_over(world: &World, redis: &Redis, instance: &Served) -> RawResponse {
    let (instance, page) = (instance.clone(), request(world, "/token"));
    let mut waiting = tokio::spawn(async move { instance.send(page).await });
    let early = timeout(Duration::from_millis(300), &mut waiting).await;
    assert!(early.is_err(), "the lease is held");
    for lease in redis.names(":lease") {
        redis.tell(&["pexpire", &lease, "1"]);
    }
    waiting.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_died_before_it_was_heard_is_refreshed_by_the_next() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (world, other) = expired(&redis).await;
    let before = world.token_requests();
    let held = Held::start().await;
    let killed = Arc::new(Instance::start(&world, &redis, &held.url));
    let lost = ask(&world, &killed);
    held.asked.await.unwrap();
    killed.signal("KILL");
    assert_eq!(lost.await.unwrap().status, 502);
    let answer = when_the_lease_is_over(&world, &redis, &other).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(world.token_requests() - before, 1);
}

/// The refresh token is spent and the new tokens are lost. As in P23, the cookie stays.
#[tokio::test(flavor = "multi_thread")]
async fn what_died_after_it_was_heard_asks_to_sign_in() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (world, other) = expired(&redis).await;
    world.resends("the answer to its first use was lost with a process");
    let (before, issued) = (
        world.token_requests(),
        world.provider.issued_secrets().len(),
    );
    let held = world.provider.hold(Endpoint::Token);
    let token_url = format!("{}/v1/oauth2/token", world.provider.base_url());
    let killed = Arc::new(Instance::start(&world, &redis, &token_url));
    let lost = ask(&world, &killed);
    world.until_token_requests(before + 1).await;
    killed.signal("STOP");
    drop(held);
    while world.provider.issued_secrets().len() == issued {
        tokio::task::yield_now().await;
    }
    killed.signal("KILL");
    assert_eq!(lost.await.unwrap().status, 502);
    let answer = when_the_lease_is_over(&world, &redis, &other).await;
    assert_eq!(answer.status, 303);
    assert!(!clears_session(&answer));
    assert_eq!(world.token_requests() - before, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wakes_after_their_lease_replaces_nothing() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (world, other) = expired(&redis).await;
    let held = Held::start().await;
    let stopped = Arc::new(Instance::start(&world, &redis, &held.url));
    let late = ask(&world, &stopped);
    held.asked.await.unwrap();
    stopped.signal("STOP");
    held.answer.send(()).unwrap();
    let answer = when_the_lease_is_over(&world, &redis, &other).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    stopped.signal("CONT");
    assert_eq!(late.await.unwrap().status, 200);
    let third = world.instance(|builder| builder.store(redis.instance()));
    let again = until(&third, &request(&world, "/token"), 200).await;
    assert_eq!(again.text(), answer.text(), "the first outcome stays");
}
