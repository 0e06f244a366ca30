//! Sign-outs, refreshes, revocations and slow answers meet in each order, and the end of a session wins (rows F3, F10,
//! F11, F14, K10, K23, L4, L10, C18, C23, P18).

use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::Setting;
use tokio::time::{sleep, timeout};

use crate::browser::{Backend as _, RawResponse};
use crate::harness::Harness;
use crate::steps::session::{
    LIFE, page_with, post, refresh_tokens, refreshes, request, revoked, sets_session, signed_in,
    with_store,
};
use crate::store::Store;
use crate::world::{APP, World};

const HOUR: u64 = 3_600;
/// Long enough for whatever goes on behind an answer.
const A_MOMENT: Duration = Duration::from_millis(300);

/// The session that an answer brings, as a browser would send it.
fn session_of(response: &RawResponse) -> Option<Vec<u8>> {
    let mut lines = response.headers_named("set-cookie");
    let line = lines.find(|line| line.starts_with(b"__Host-fncy_session="))?;
    Some(line.split(|byte| *byte == b';').next()?.to_vec())
}

/// The refresh tokens that the provider has given out and that were not revoked.
fn unrevoked(world: &World) -> Vec<String> {
    let revoked = revoked(world);
    let mut tokens = refresh_tokens(world);
    tokens.retain(|token| !revoked.contains(token));
    tokens
}

pub(super) async fn f10_a_sign_out_outlives_its_browser(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    signed_in(&world).await;
    let copy = request(&world, "/page");
    store.hears_after(A_MOMENT);
    let (app, sign_out) = (world.app(), post("/auth/logout", &world.cookie_header()));
    let browser = tokio::spawn(async move { app.send(sign_out).await });
    sleep(A_MOMENT / 2).await;
    browser.abort();
    assert!(browser.await.unwrap_err().is_cancelled());
    world.until_revocations(1).await;
    assert_eq!(world.raw(copy).await.status, 303);
}

pub(super) async fn f10_a_sign_out_is_told_to_others_though_its_browser_has_left(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| {
        builder.set(Setting::RevocationUrl, "")
    });
    let other = world.instance(|builder| builder.store(store.instance()));
    signed_in(&world).await;
    let copy = request(&world, "/page");
    store.hears_after(A_MOMENT);
    let (app, sign_out) = (world.app(), post("/auth/logout", &world.cookie_header()));
    let browser = tokio::spawn(async move { app.send(sign_out).await });
    sleep(A_MOMENT / 2).await;
    browser.abort();
    assert!(browser.await.unwrap_err().is_cancelled());
    sleep(2 * A_MOMENT).await;
    assert_eq!(other.send(copy).await.status, 303);
}

pub(super) async fn f10_a_refresh_beside_a_revocation_leaves_no_tokens(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    world.advance(LIFE + 1);
    let held = world.provider.hold(Endpoint::Token);
    let (app, slow) = (world.app(), request(&world, "/page"));
    let slow = tokio::spawn(async move { app.send(slow).await });
    world.until_token_requests(2).await;
    let revoking = world.provider.hold(Endpoint::Revoke);
    let (app, sign_out) = (world.app(), post("/auth/logout", &world.cookie_header()));
    let sign_out = tokio::spawn(async move { app.send(sign_out).await });
    world.until_revocations(1).await;
    drop(held);
    assert!(!sets_session(&slow.await.unwrap()));
    sleep(A_MOMENT).await;
    drop(revoking);
    assert_eq!(sign_out.await.unwrap().status, 303);
    sleep(A_MOMENT).await;
    assert_eq!(unrevoked(&world), [""; 0]);
}

pub(super) async fn f10_a_sign_out_elsewhere_leaves_no_tokens(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let other = world.instance(|builder| builder.store(store.instance()));
    signed_in(&world).await;
    world.advance(LIFE + 1);
    let held = world.provider.hold(Endpoint::Token);
    let (app, slow) = (world.app(), request(&world, "/page"));
    let slow = tokio::spawn(async move { app.send(slow).await });
    world.until_token_requests(2).await;
    // Its own revocation is lost: else nothing would come of the refresh.
    let lost = Fault::status(503).once();
    world.provider.fault(Endpoint::Revoke, lost);
    let sign_out = post("/auth/logout", &world.cookie_header());
    assert_eq!(other.send(sign_out).await.status, 303);
    drop(held);
    slow.await.unwrap();
    sleep(A_MOMENT).await;
    assert_eq!(refresh_tokens(&world).len(), 2);
    assert_eq!(unrevoked(&world), [""; 0]);
}

pub(super) async fn f11_a_new_stream_sees_its_own_session(harness: Harness) {
    let store = Store::default();
    let instance = store.instance();
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.store(instance).sign_in_only());
    });
    let other = world.instance(|builder| builder.store(store.instance()).sign_in_only());
    let mut tab = signed_in(&world).await;
    let open = || {
        let (app, request) = (world.app(), request(&world, "/live"));
        tokio::spawn(async move { app.send(request).await })
    };
    let _first = open();
    sleep(A_MOMENT).await;
    // The other instance keeps the session alive, which this one doesn't see.
    world.browser.route(APP, other);
    for minutes in [20 * 60, 150] {
        world.advance(minutes * 60);
        let page = tab.get(&format!("{APP}/page")).await;
        assert!(page.header("set-cookie").is_some(), "it is rolled");
    }
    world.advance(2 * HOUR);
    let second = open();
    sleep(A_MOMENT).await;
    assert!(!second.is_finished(), "its session has not expired");
}

pub(super) async fn l04_a_roll_beside_a_sign_out_brings_nothing_back(harness: Harness) {
    let world = World::with(harness, |setup| {
        let life = Duration::from_secs(24 * HOUR);
        setup.provider = setup.provider.clone().access_token_lifetime(life);
    });
    signed_in(&world).await;
    world.advance(3 * HOUR);
    let (app, slow) = (world.app(), request(&world, "/live"));
    let slow = tokio::spawn(async move { app.send(slow).await });
    sleep(A_MOMENT).await;
    let sign_out = post("/auth/logout", &world.cookie_header());
    assert_eq!(world.raw(sign_out).await.status, 303);
    let slow = timeout(Duration::from_secs(8), slow).await.unwrap();
    let slow = slow.unwrap();
    assert!(slow.text().contains("you were signed out"));
    // A server's head went out while the session lived, and opens nothing any more.
    assert_eq!(sets_session(&slow), harness != Harness::Bare);
    if let Some(cookie) = session_of(&slow) {
        assert_eq!(world.ask("/page", cookie).await.status, 401);
    }
}

pub(super) async fn f14_a_slow_answer_brings_no_older_tokens_back(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    world.advance(LIFE + 1);
    // Its head goes out with its end, in the bare driver.
    let (app, slow) = (world.app(), request(&world, "/live"));
    let slow = tokio::spawn(async move { app.send(slow).await });
    world.until_token_requests(2).await;
    sleep(A_MOMENT).await;
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    world.advance(LIFE + 1);
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert_eq!(refreshes(&world), 2);
    world.advance(24 * HOUR);
    let slow = slow.await.unwrap();
    assert!(slow.text().contains("your session has expired"));
    assert_eq!(sets_session(&slow), harness != Harness::Bare);
}

pub(super) async fn c23_no_code_is_redeemed_with_a_lease_that_may_run_out(harness: Harness) {
    let store = Store::default();
    store.grants(Duration::from_secs(1));
    let world = with_store(harness, &store, |builder| builder);
    let other = world.instance(|builder| builder.store(store.instance()));
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let same = request(&world, callback.strip_prefix(APP).unwrap());
    let held = world.provider.hold(Endpoint::Token);
    let (app, first) = (world.app(), same.clone());
    let first = tokio::spawn(async move { app.send(first).await });
    let second = tokio::spawn(async move { other.send(same).await });
    sleep(Duration::from_millis(1_500)).await;
    drop(held);
    assert_eq!(first.await.unwrap().status, 503);
    assert_eq!(second.await.unwrap().status, 503);
    assert_eq!(world.token_requests(), 0, "not even once");
}

pub(super) async fn p18_a_stillborn_token_is_not_noticed_while_the_old_one_lives(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    world.advance(LIFE - 5);
    let body = r#"{"access_token":"at-dead-on-arrival","refresh_token":"rt-of-it","expires_in":0}"#;
    let fault = Fault::status(200).json(body);
    world.provider.fault(Endpoint::Token, fault);
    for _ in 0..3 {
        let page = tab.get(&format!("{APP}/token")).await;
        assert_eq!(page.status, 200, "{}", page.text());
        assert_ne!(page.text(), "at-dead-on-arrival");
    }
    assert_eq!(refreshes(&world), 1);
    world.advance(10);
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 503);
}

pub(super) async fn k10_a_refresh_that_does_not_fit_can_wait(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    world.advance(LIFE - 5);
    let token = "x".repeat(16_000);
    let body = format!(r#"{{"access_token":"{token}","refresh_token":"r","expires_in":300}}"#);
    world
        .provider
        .fault(Endpoint::Token, Fault::status(200).json(&body));
    let page = tab.get(&format!("{APP}/page")).await;
    assert_eq!(page.text(), "user=alex", "its access token lives");
    world.advance(10);
    let page = tab.get(&format!("{APP}/page")).await;
    assert!(page.text().contains("<code>session_too_large</code>"));
}

pub(super) async fn l10_a_public_page_that_needs_a_user_starts_no_login(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder.public_path("/extract"));
    let mut tab = signed_in(&world).await;
    assert_eq!(tab.get(&format!("{APP}/extract")).await.status, 200);
    store.set_down(true);
    sleep(Duration::from_millis(400)).await;
    let page = tab.get(&format!("{APP}/extract")).await;
    assert_eq!(page.status, 503, "{}", page.text());
    assert!(page.text().contains("<code>session_unverified</code>"));
    assert_eq!(page.header("set-cookie"), None);
    store.set_down(false);
    assert_eq!(tab.get(&format!("{APP}/extract")).await.status, 200);
}

pub(super) async fn l10_an_ended_copy_beside_it_takes_no_session_away(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let mut tab = signed_in(&world).await;
    let ended = world.session_cookie();
    let sign_out = post("/auth/logout", &world.cookie_header());
    assert_eq!(world.raw(sign_out).await.status, 303);
    // The provider knows them still.
    assert_eq!(tab.visit(&format!("{APP}/page")).await.text(), "user=alex");
    let both = [ended, world.session_cookie()].map(|value| format!("__Host-fncy_session={value}"));
    let both = both.join("; ");
    assert_eq!(world.ask("/page", &both).await.text(), "user=alex");
    store.set_down(true);
    sleep(Duration::from_millis(400)).await;
    let answer = world.ask("/page", &both).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (503, None));
}

pub(super) async fn l10_a_danger_switch_believes_what_nobody_can_check(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| {
        builder.danger_admit_without_store()
    });
    let mut tab = signed_in(&world).await;
    let ended = request(&world, "/page");
    store.set_down(true);
    sleep(Duration::from_millis(400)).await;
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    let (app, stream) = (world.app(), request(&world, "/live"));
    let stream = tokio::spawn(async move { app.send(stream).await });
    sleep(A_MOMENT).await;
    assert!(!stream.is_finished(), "a stream as well");
    let sign_out = post("/auth/logout", &world.cookie_header());
    assert_eq!(world.raw(sign_out).await.status, 303);
    assert_eq!(world.raw(ended).await.status, 303, "what is known is known");
}

pub(super) async fn c18_an_older_session_ends_though_the_browser_has_left(harness: Harness) {
    for is_revoked in [true, false] {
        let world = World::with(harness, |setup| {
            setup.login = Box::new(move |builder| match is_revoked {
                true => builder,
                false => builder.set(Setting::RevocationUrl, ""),
            });
        });
        let mut tab = signed_in(&world).await;
        let older = request(&world, "/page");
        let location = world.start(&mut tab, "/auth/login").await;
        let callback = world.approve(&location, "jun").await;
        let callback = request(&world, callback.strip_prefix(APP).unwrap());
        let held = world.provider.hold(Endpoint::Token);
        let app = world.app();
        let browser = tokio::spawn(async move { app.send(callback).await });
        world.until_token_requests(2).await;
        browser.abort();
        assert!(browser.await.unwrap_err().is_cancelled());
        drop(held);
        world.until_revocations(u64::from(is_revoked)).await;
        sleep(A_MOMENT).await;
        assert_eq!(world.raw(older).await.status, 303, "{is_revoked}");
    }
}

pub(super) async fn f03_a_request_confirms_what_it_shows(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let mut tab = signed_in(&world).await;
    assert_eq!(store.confirmed(), Some(0));
    world.advance(LIFE + 1);
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert_eq!(
        store.confirmed(),
        Some(0),
        "that request showed the old cookie, and the new one may never arrive"
    );
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert_eq!(store.confirmed(), Some(1));
}

pub(super) async fn f10_what_a_slow_answer_brings_opens_no_ended_session(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let other = world.instance(|builder| builder.store(store.instance()));
    signed_in(&world).await;
    world.advance(LIFE + 1);
    let old = request(&world, "/live");
    let (app, slow) = (world.app(), old.clone());
    let slow = tokio::spawn(async move { app.send(slow).await });
    world.until_token_requests(2).await;
    sleep(Duration::from_millis(200)).await;
    let cookies = old.headers.iter().find(|(name, _)| name == "cookie");
    let sign_out = post("/auth/logout", &cookies.unwrap().1);
    assert_eq!(other.send(sign_out).await.status, 303);
    let slow = timeout(Duration::from_secs(8), slow)
        .await
        .unwrap()
        .unwrap();
    assert!(slow.text().contains("you were signed out"));
    if let Some(cookie) = session_of(&slow) {
        let late = page_with("/page", cookie);
        assert_eq!(world.raw(late).await.status, 303);
    }
}

pub(super) async fn k23_an_ended_session_is_cleared_by_an_extractor_too(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_path("/extract"));
    });
    signed_in(&world).await;
    let copy = request(&world, "/extract");
    let sign_out = post("/auth/logout", &world.cookie_header());
    assert_eq!(world.raw(sign_out).await.status, 303);
    let answer = world.raw(copy).await;
    assert_eq!(answer.status, 303);
    let mut lines = answer.headers_named("set-cookie");
    assert!(lines.any(|line| line.starts_with(b"__Host-fncy_session=;")));
}
