//! A process that stops waits for what its login has begun, though the browsers have left (row XR12).

use std::time::Duration;

use fncy_dev_server::Endpoint;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::browser::{Backend as _, RawRequest, RawResponse};
use crate::harness::Harness;
use crate::steps::events::Heard;
use crate::steps::session::{
    LIFE, post, refreshes, request, revoked, sets_session, signed_in, with_store,
};
use crate::store::Store;
use crate::world::{APP, World};

/// Longer than a request takes that waits for no answer.
const A_MOMENT: Duration = Duration::from_millis(300);

fn send(world: &World, request: RawRequest) -> JoinHandle<RawResponse> {
    let app = world.app();
    tokio::spawn(async move { app.send(request).await })
}

async fn leave(browser: JoinHandle<RawResponse>) {
    browser.abort();
    assert!(browser.await.unwrap_err().is_cancelled());
}

/// Begins to stop, while work is held up. The task ends when the wait is over.
async fn stop(world: &World) -> JoinHandle<()> {
    assert!(world.login.is_ready());
    let drain = world.login.drain();
    assert!(!world.login.is_ready(), "from the call on");
    let drained = tokio::spawn(drain);
    sleep(A_MOMENT).await;
    assert!(!drained.is_finished(), "work is under way");
    drained
}

async fn ends(drained: JoinHandle<()>) {
    let ended = timeout(Duration::from_secs(10), drained).await;
    ended.expect("the work has ended").unwrap();
}

pub(super) async fn xr12_a_stop_in_the_middle_of_a_refresh_loses_nothing(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    signed_in(&world).await;
    world.advance(LIFE + 1);
    let held = world.provider.hold(Endpoint::Token);
    let browser = send(&world, request(&world, "/page"));
    world.until_token_requests(2).await;
    leave(browser).await;
    let drained = stop(&world).await;
    drop(held);
    ends(drained).await;
    // The next process.
    let next = world.instance(|builder| builder.store(store.instance()));
    let answer = next.send(request(&world, "/page")).await;
    assert_eq!(answer.text(), "user=alex");
    assert!(sets_session(&answer));
    assert_eq!(refreshes(&world), 1);
}

pub(super) async fn xr12_a_stop_in_the_middle_of_a_sign_in_loses_nothing(harness: Harness) {
    let (store, heard) = (Store::default(), Heard::default());
    let hook = heard.clone();
    let world = with_store(harness, &store, |builder| {
        builder.on_event(move |event| hook.clone().hear(event))
    });
    let url = world.start(&mut world.tab(), "/page").await;
    let callback = world.approve(&url, "alex").await;
    let path = callback.strip_prefix(APP).unwrap();
    let held = world.provider.hold(Endpoint::Token);
    let browser = send(&world, request(&world, path));
    world.until_token_requests(1).await;
    leave(browser).await;
    let drained = stop(&world).await;
    drop(held);
    ends(drained).await;
    let events = heard.so_far();
    assert_eq!(events.last().unwrap().name(), "signed_in");
    // The next process, within the two seconds in which a repeated callback gets the same reply.
    let next = world.instance(|builder| builder.store(store.instance()));
    let answer = next.send(request(&world, path)).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert!(sets_session(&answer));
    assert_eq!(world.token_requests(), 1);
}

pub(super) async fn xr12_a_stop_waits_for_a_sign_out_and_its_token_revocation(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    signed_in(&world).await;
    let copy = request(&world, "/page");
    let held = world.provider.hold(Endpoint::Revoke);
    let signed_out = world.raw(post("/auth/logout", &world.cookie_header()));
    assert_eq!(signed_out.await.status, 303);
    let drained = stop(&world).await;
    assert_eq!(world.raw(copy).await.status, 303, "it serves what comes");
    drop(held);
    ends(drained).await;
    assert_eq!(revoked(&world).len(), 1);
}

pub(super) async fn xr12_a_stop_ends_streams(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    let stream = send(&world, request(&world, "/live"));
    sleep(A_MOMENT).await;
    assert!(!stream.is_finished());
    world.login.drain().await;
    let ended = timeout(Duration::from_secs(4), stream).await;
    let text = ended.unwrap().unwrap().text().into_owned();
    assert_eq!(text, "alex: the server is about to restart, none");
    let again = send(&world, request(&world, "/live"));
    sleep(Duration::from_secs(1)).await;
    assert!(!again.is_finished(), "a client that comes back has a pause");
    let ended = timeout(Duration::from_secs(4), again).await;
    assert!(ended.unwrap().unwrap().text().contains("about to restart"));
}
