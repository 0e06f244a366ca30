//! How a binding ends, and what must not end it (rows D11, D12, D14 and D15).

use std::time::Duration;

use tokio::time::sleep;
use url::Url;

use crate::browser::Backend as _;
use crate::harness::Harness;
use crate::steps::device_key::{
    Bound, DEVICE, GOOD, YOUNG, assert_over, bind, binding, binds, bound, is_anonymous, json_of,
    offered, only, refresh, sign_in,
};
use crate::steps::session::{LIFE, clears_session, page_with, post, with_store};
use crate::store::Store;
use crate::world::{APP, World};

const HOUR: u64 = 3_600;

pub(super) async fn d11_what_the_browser_skips_signs_nobody_out(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    world.advance(GOOD);
    let skipped = |bound: &Bound| {
        let value = format!("quota_exceeded;session_identifier=\"{}\"", bound.name);
        page_with("/page", bound.copy()).with_header("secure-session-skipped", value)
    };
    let page = world.raw(skipped(&bound)).await;
    assert_eq!(page.status, 503, "{}", page.text());
    assert!(page.text().contains("device_unproven"), "{}", page.text());
    assert_eq!(page.header("set-cookie"), None);
    let mut asked = skipped(&bound).with_header("sec-fetch-mode", "cors");
    asked.target = b"/auth/session".to_vec();
    let problem = world.raw(asked).await;
    assert_eq!(json_of(&problem)["code"], "device_unproven");
    let script = skipped(&bound).with_header("sec-fetch-mode", "cors");
    let problem = world.raw(script).await;
    assert_eq!(json_of(&problem)["code"], "device_unproven");
    bound.prove(&world.app()).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    // A browser that has its device cookie may say it as well.
    let page = world.raw(skipped(&bound)).await;
    assert_eq!(page.text(), "user=alex");
}

pub(super) async fn d11_what_it_skips_elsewhere_is_not_ours(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    let mut tab = world.stranger().tab();
    let offer = sign_in(&world, &mut tab).await;
    let other = bind(&world, tab, &offer).await;
    world.advance(GOOD);
    let elsewhere = [
        "unreachable;session_identifier=\"sso\"",
        "unreachable",
        &format!("server_error;session_identifier=\"{}\"", other.name),
    ];
    for value in elsewhere {
        let request = page_with("/page", bound.copy());
        let answer = world
            .raw(request.with_header("secure-session-skipped", value))
            .await;
        assert_eq!(answer.status, 303, "{value}: the person signs in");
    }
    let both = format!(
        "{}, quota_exceeded;session_identifier=\"{}\"",
        elsewhere[0], bound.name
    );
    let request = page_with("/page", bound.copy());
    let answer = world
        .raw(request.with_header("secure-session-skipped", both))
        .await;
    assert_eq!(answer.status, 503, "{}", answer.text());
}

pub(super) async fn d12_a_key_that_is_gone_ends_in_a_sign_in(harness: Harness) {
    let world = binding(harness);
    let mut lost = bound(&world).await;
    assert_eq!(lost.text("/page").await, "user=alex");
    world.advance(GOOD);
    // The browser has lost its key, and has its cookies.
    let mut tab = lost.tab;
    let script = tab.fetch(&format!("{APP}/page")).await;
    assert_eq!(script.status, 401);
    assert_eq!(script.header("set-cookie"), None, "the cookie stays");
    for _ in 0..4 {
        // Each sign-in works, also for a browser that never binds again.
        sign_in(&world, &mut tab).await;
        let page = tab.get(&format!("{APP}/page")).await;
        assert_eq!(page.text(), "user=alex");
        world.browser.jar().clear();
    }
    // The first of them has ended the session that could not be proved.
    let proof = lost.key.proof(&lost.challenge);
    assert_over(&refresh(&world.app(), &lost.name, Some(&proof)).await);
}

pub(super) async fn d12_a_sign_in_ends_the_session_that_a_thief_has_bound(harness: Harness) {
    let world = binding(harness);
    let (mut tab, offer) = offered(&world).await;
    // A thief has copied the cookie and the offer, and is faster than the browser.
    let stolen = world.cookie_header();
    let thief = world.stranger();
    let url = Url::parse(APP).unwrap();
    let value = world.session_cookie();
    thief
        .jar()
        .insert(&url, b"__Host-fncy_session", value.as_bytes());
    let mut thief = bind(&world, thief.tab(), &offer).await;
    assert_eq!(thief.text("/page").await, "user=alex");
    world.advance(YOUNG);
    is_anonymous(&world, &world.app(), &stolen).await;
    sign_in(&world, &mut tab).await;
    is_anonymous_and_cleared(&world, &thief.copy()).await;
    let proof = thief.key.proof(&thief.challenge);
    assert_over(&refresh(&world.app(), &thief.name, Some(&proof)).await);
}

pub(super) async fn d14_a_sign_out_ends_it(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    let copy = bound.copy();
    let answer = world.raw(post("/auth/logout", &copy)).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let removes = |line: &[u8]| line.starts_with(DEVICE.as_bytes()) && line.ends_with(b"Max-Age=0");
    assert!(answer.headers_named("set-cookie").any(removes));
    is_anonymous_and_cleared(&world, &copy).await;
    let proof = bound.key.proof(&bound.challenge);
    assert_over(&refresh(&world.app(), &bound.name, Some(&proof)).await);
}

pub(super) async fn d14_a_sign_out_without_the_device_cookie_ends_it_too(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    let pair = bound.copy();
    // The browser has dropped the device cookie and can't refresh it, and a copy of both is still good.
    let own = only(&pair, "__Host-fncy_session");
    let page = world.raw(page_with("/auth/logout", &own)).await;
    assert!(
        page.text().contains("action=\"/auth/logout\""),
        "{}",
        page.text()
    );
    let answer = world.raw(post("/auth/logout", &own)).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    is_anonymous_and_cleared(&world, &pair).await;
    let proof = bound.key.proof(&bound.challenge);
    assert_over(&refresh(&world.app(), &bound.name, Some(&proof)).await);
}

pub(super) async fn d14_a_sign_out_with_an_old_copy_ends_no_binding(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    world.advance(LIFE + HOUR + 1);
    bound.prove(&world.app()).await;
    let old = bound.copy();
    assert_eq!(bound.text("/page").await, "user=alex");
    let answer = world.raw(post("/auth/logout", &old)).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    bound.prove(&world.app()).await;
    assert_eq!(bound.text("/page").await, "user=alex");
}

pub(super) async fn d15_the_end_of_all_sessions_ends_it(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    let copy = bound.copy();
    world.login.end_all_sessions("alex").await.unwrap();
    is_anonymous_and_cleared(&world, &copy).await;
    let proof = bound.key.proof(&bound.challenge);
    assert_over(&refresh(&world.app(), &bound.name, Some(&proof)).await);
}

/// A session that was revoked loses its cookie as well.
async fn is_anonymous_and_cleared(world: &World, cookies: &[u8]) {
    let answer = world.app().send(page_with("/page", cookies)).await;
    assert_eq!(answer.status, 303);
    assert!(clears_session(&answer));
}

/// So a person finds a session there that a thief has bound.
pub(super) async fn d14_it_is_in_the_list_of_devices(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| {
        binds(builder.list_sessions(|_| None))
    });
    let mut bound = bound(&world).await;
    let listed = async || {
        // The list is written a moment after the request.
        sleep(Duration::from_millis(400)).await;
        world.login.sessions_of("alex").await.unwrap()
    };
    for wait in [0, YOUNG, LIFE] {
        world.advance(wait);
        bound.prove(&world.app()).await;
        assert_eq!(bound.text("/page").await, "user=alex");
        assert_eq!(listed().await.len(), 1, "after {wait} s more");
    }
    let session = listed().await[0].id();
    let ended = world.login.end_listed_session("alex", session).await;
    assert_eq!(ended, Ok(true));
    is_anonymous_and_cleared(&world, &bound.copy()).await;
}

pub(super) async fn d14_a_sign_out_of_the_others_by_an_unbound_copy_spares_it(harness: Harness) {
    let world = binding(harness);
    let (mut tab, offer) = offered(&world).await;
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    // The request's user, which its handler has when the browser binds the session.
    let user = world.calls.user();
    let mut bound = bind(&world, tab, &offer).await;
    world.login.end_other_sessions(&user).await.unwrap();
    assert_eq!(bound.text("/page").await, "user=alex");
}
