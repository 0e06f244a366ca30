//! Bindings on several instances (rows D18 and D19).

use std::time::Duration;

use fncy_login_testing::DeviceKey;
use tokio::time::sleep;

use crate::browser::Backend as _;
use crate::harness::Harness;
use crate::steps::device_key::{
    GOOD, YOUNG, assert_challenged, assert_refused, bind, binds, challenge_of, device_cookies,
    is_anonymous, json_of, offered, only, refresh, register,
};
use crate::steps::session::{LIFE, page_with, post, with_store};
use crate::store::Store;

/// What another instance learns, it has learned after this.
const HEARD: Duration = Duration::from_millis(400);
/// What an instance can't read again, it doubts after this.
const STALE: Duration = Duration::from_secs(2);

pub(super) async fn d18_instances_agree(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, binds);
    let other = world.instance(|builder| binds(builder.store(store.instance())));
    let (tab, offer) = offered(&world).await;
    let copy = world.cookie_header();
    let mut bound = bind(&world, tab, &offer).await;
    let thief = DeviceKey::generate().unwrap();
    let again = register(&other, &thief.registration(&offer)).await;
    assert_refused(&again, "bound on the other instance");
    world.advance(YOUNG);
    sleep(HEARD).await;
    for app in [&other, &world.app()] {
        is_anonymous(&world, app, &copy).await;
    }
    let page = bound.tab.get("https://app.example/page").await;
    assert_eq!(page.text(), "user=alex");
    world.advance(GOOD);
    let challenged = refresh(&world.app(), &bound.name, None).await;
    let proof = bound.key.proof(&challenge_of(&challenged));
    let refreshed = refresh(&other, &bound.name, Some(&proof)).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text());
    let replayed = refresh(&world.app(), &bound.name, Some(&proof)).await;
    assert_challenged(&replayed, "used on the other instance");
    bound.prove(&other).await;
    for app in [&other, &world.app()] {
        let answer = app.send(page_with("/page", bound.copy())).await;
        assert_eq!(answer.text(), "user=alex");
    }
}

pub(super) async fn d18_an_instance_that_does_not_offer_it_yet_serves_the_bound(harness: Harness) {
    for late in [0, 3 * 60, LIFE + 60] {
        let store = Store::default();
        let world = with_store(harness, &store, binds);
        let off = world.instance(|builder| builder.store(store.instance()).public_path("/maybe"));
        let (tab, offer) = offered(&world).await;
        world.advance(late);
        let before = off.send(page_with("/page", world.cookie_header())).await;
        assert_eq!(before.text(), "user=alex");
        let mut bound = bind(&world, tab, &offer).await;
        // It may be served unbound as long as the other instance has not heard of the binding.
        let page = off.send(page_with("/page", bound.copy())).await;
        assert_eq!(page.text(), "user=alex", "bound {late} s after the sign-in");
        sleep(HEARD).await;
        let page = off.send(page_with("/page", bound.copy())).await;
        assert_eq!(page.text(), "user=alex", "bound {late} s after the sign-in");
        assert!(world.calls.user().is_device_bound());
        let session = only(&bound.copy(), "__Host-fncy_session");
        world.advance(2 * 60 + 1);
        is_anonymous(&world, &off, &session).await;
        bound.prove(&off).await;
        assert_eq!(bound.text("/page").await, "user=alex");
        world.advance(GOOD);
        is_anonymous(&world, &off, &bound.copy()).await;
    }
}

pub(super) async fn d19_without_the_store_nothing_is_bound_or_refreshed(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, binds);
    let (tab, offer) = offered(&world).await;
    sleep(HEARD).await;
    store.set_down(true);
    let key = DeviceKey::generate().unwrap();
    let answer = register(&world.app(), &key.registration(&offer)).await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert_eq!(json_of(&answer)["code"], "store_unavailable");
    assert_eq!(device_cookies(&answer), 0);
    store.set_down(false);
    let mut bound = bind(&world, tab, &offer).await;
    world.advance(GOOD);
    sleep(HEARD).await;
    store.set_down(true);
    let challenged = refresh(&world.app(), &bound.name, None).await;
    let proof = bound.key.proof(&challenge_of(&challenged));
    let answer = refresh(&world.app(), &bound.name, Some(&proof)).await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert_eq!(device_cookies(&answer), 0);
    store.set_down(false);
    bound.prove(&world.app()).await;
    let page = bound.tab.get("https://app.example/page").await;
    assert_eq!(page.text(), "user=alex");
}

pub(super) async fn d19_a_copy_from_before_stays_worthless_without_the_store(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| {
        binds(builder.danger_admit_without_store())
    });
    let (tab, offer) = offered(&world).await;
    let copy = world.cookie_header();
    let mut bound = bind(&world, tab, &offer).await;
    for life in [YOUNG, LIFE] {
        world.advance(life);
        bound.prove(&world.app()).await;
        // The instance reads what was revoked.
        is_anonymous(&world, &world.app(), &copy).await;
        store.set_down(true);
        is_anonymous(&world, &world.app(), &copy).await;
        store.set_down(false);
    }
}

pub(super) async fn d19_a_copy_from_before_signs_nobody_out(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, binds);
    let (tab, offer) = offered(&world).await;
    let copy = world.cookie_header();
    let mut bound = bind(&world, tab, &offer).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    world.advance(YOUNG);
    is_anonymous(&world, &world.app(), &copy).await;
    for is_down in [false, true] {
        store.set_down(is_down);
        // Until the instance doubts what it knows of the bound copies.
        sleep(if is_down { STALE } else { Duration::ZERO }).await;
        world.raw(post("/auth/logout", &copy)).await;
    }
    store.set_down(false);
    sleep(HEARD).await;
    assert_eq!(bound.text("/page").await, "user=alex");
}
