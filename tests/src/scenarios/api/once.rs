//! A body that can't be sent again, and sessions that end meanwhile (row T3).

use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use tokio::time::sleep;

use crate::browser::{Backend as _, RawResponse};
use crate::harness::Harness;
use crate::steps::api::{Api, token_of};
use crate::steps::session::{post, refreshes, request, sets_session, signed_in};
use crate::world::World;

/// A world whose API refuses the token of the signed-in user.
async fn refused(harness: Harness) -> (Api, World) {
    let api = Api::start();
    let world = api.world(harness, |builder| builder);
    signed_in(&world).await;
    api.refuse(&token_of(&world, world.cookie_header()).await);
    (api, world)
}

/// Sends a request of the browser's session in a task of its own.
fn begin(world: &World, target: &str) -> tokio::task::JoinHandle<RawResponse> {
    let (app, request) = (world.app(), request(world, target));
    tokio::spawn(async move { app.send(request).await })
}

async fn sign_out(world: &World) {
    let sign_out = post("/auth/logout", &world.cookie_header());
    assert_eq!(world.raw(sign_out).await.status, 303);
}

pub(super) async fn t03_a_body_that_cannot_be_sent_again_is_sent_once(harness: Harness) {
    let (api, world) = refused(harness).await;
    let once = world
        .raw(request(&world, &api.step("once", "/orders")))
        .await;
    assert_eq!(once.text(), "401 ");
    assert!(!sets_session(&once));
    assert_eq!((api.asked().len(), refreshes(&world)), (1, 0));
    // Bytes are sent again as they were.
    let twice = world
        .raw(request(&world, &api.step("post", "/orders")))
        .await;
    assert_eq!(twice.text(), "200 an order");
    let asked = api.asked();
    assert_eq!((asked.len(), refreshes(&world)), (3, 1));
    for asked in &asked {
        let (method, path) = (&*asked.method, &*asked.path);
        assert_eq!(
            (method, path, &*asked.body),
            ("POST", "/orders", &b"one order"[..])
        );
    }
    assert_ne!(asked[1].token, asked[2].token);
}

pub(super) async fn t03_an_ended_session_gets_no_refresh_and_no_cookie(harness: Harness) {
    let (api, world) = refused(harness).await;
    let target = format!("/api?wait=500&{}", api.more("get", "/orders"));
    let slow = begin(&world, &target);
    sleep(Duration::from_millis(200)).await;
    sign_out(&world).await;
    let slow = slow.await.unwrap();
    assert_eq!(slow.status, 303, "{}", slow.text());
    assert!(!sets_session(&slow));
    assert_eq!(refreshes(&world), 0);
}

pub(super) async fn t03_a_sign_out_wins_over_a_refresh(harness: Harness) {
    for revocation_is_lost in [false, true] {
        let (api, world) = refused(harness).await;
        if revocation_is_lost {
            // So the refresh brings new tokens.
            let lost = Fault::status(503).once();
            world.provider.fault(Endpoint::Revoke, lost);
        }
        let held = world.provider.hold(Endpoint::Token);
        let slow = begin(&world, &api.step("get", "/orders"));
        world.until_token_requests(2).await;
        sign_out(&world).await;
        world.until_revocations(1).await;
        drop(held);
        let slow = slow.await.unwrap();
        assert_eq!(slow.status, 303, "{}", slow.text());
        assert!(!sets_session(&slow));
        assert_eq!(api.asked().len(), 1);
    }
}

pub(super) async fn t03_after_the_response_there_is_no_refresh(harness: Harness) {
    let (api, world) = refused(harness).await;
    let late = world
        .raw(request(&world, &api.step("late", "/orders")))
        .await;
    assert_eq!((late.status, sets_session(&late)), (200, false));
    while world.calls.notes().is_empty() {
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(world.calls.notes(), ["Err(Api(ResponseSent))"]);
    assert_eq!((api.asked().len(), refreshes(&world)), (1, 0));
}
