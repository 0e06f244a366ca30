//! What copies of a bound session's cookies are worth (rows D3, D7, D8 and D24).

use std::time::Duration;

use tokio::time::sleep;

use crate::harness::Harness;
use crate::steps::device::{Device, ends};
use crate::steps::device_key::{
    DEVICE, GOOD, YOUNG, bind, binding, binds, bound, is_anonymous, offered, only, sign_in,
};
use crate::steps::session::{LIFE, page_with, sets_session, with_store};
use crate::store::Store;
use crate::world::APP;

pub(super) async fn d03_a_copy_of_all_cookies_dies_with_the_device_cookie(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    world.advance(GOOD - 1);
    bound.prove(&world.app()).await;
    let copy = bound.copy();
    world.advance(GOOD - 1);
    let answer = world.raw(page_with("/page", &copy)).await;
    assert_eq!(answer.text(), "user=alex", "it is good for minutes");
    world.advance(1);
    is_anonymous(&world, &world.app(), &copy).await;
    bound.prove(&world.app()).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    is_anonymous(&world, &world.app(), &copy).await;
}

pub(super) async fn d03_the_device_cookie_of_another_session_or_key_proves_nothing(
    harness: Harness,
) {
    let world = binding(harness);
    let mut one = bound(&world).await;
    assert_eq!(one.text("/page").await, "user=alex");
    let stranger = world.stranger();
    let mut tab = stranger.tab();
    let offer = sign_in(&world, &mut tab).await;
    let mut other = bind(&world, tab, &offer).await;
    assert_eq!(other.text("/page").await, "user=alex");
    let [mine, theirs] = [&one, &other].map(|bound| only(&bound.copy(), DEVICE));
    let session = only(&one.copy(), "__Host-fncy_session");
    let value = |cookie: &[u8]| cookie.split(|byte| *byte == b'=').nth(1).unwrap().to_vec();
    let name = |cookie: &[u8]| cookie.split(|byte| *byte == b'=').next().unwrap().to_vec();
    // Under its own name, and under that of the first session.
    let moved = [&name(&mine)[..], b"=", &value(&theirs)].concat();
    for device in [theirs.clone(), moved] {
        let cookies = [&session[..], b"; ", &device].concat();
        is_anonymous(&world, &world.app(), &cookies).await;
    }
    let cookies = [&session[..], b"; ", &theirs, b"; ", &mine].concat();
    let answer = world.raw(page_with("/page", &cookies)).await;
    assert_eq!(answer.text(), "user=alex", "both, as a browser may have");
    let cookies = [&session[..], b"; ", &mine[..mine.len() - 1]].concat();
    is_anonymous(&world, &world.app(), &cookies).await;
}

pub(super) async fn d07_an_unbound_copy_of_a_bound_session_is_anonymous(harness: Harness) {
    let world = binding(harness);
    let (tab, offer) = offered(&world).await;
    let copy = world.cookie_header();
    let mut bound = bind(&world, tab, &offer).await;
    world.advance(YOUNG);
    is_anonymous(&world, &world.app(), &copy).await;
    // The browser itself has shown no bound cookie yet. Its device cookie is what counts.
    assert_eq!(bound.text("/page").await, "user=alex");
    is_anonymous(&world, &world.app(), &copy).await;
    assert_eq!(bound.text("/page").await, "user=alex");
}

pub(super) async fn d07_an_outdated_unbound_copy_is_anonymous_beside_the_device_cookie(
    harness: Harness,
) {
    let store = Store::default();
    store.outdates_after(Duration::from_millis(600));
    let world = with_store(harness, &store, binds);
    let (tab, offer) = offered(&world).await;
    let unbound = world.cookie_header();
    let mut bound = bind(&world, tab, &offer).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    world.advance(LIFE + 1);
    bound.prove(&world.app()).await;
    for _ in 0..2 {
        assert_eq!(bound.text("/page").await, "user=alex");
    }
    sleep(Duration::from_millis(900)).await;
    let device = only(&bound.copy(), DEVICE);
    let both = [&unbound, &b"; "[..], &device].concat();
    is_anonymous(&world, &world.app(), &both).await;
    assert_eq!(bound.text("/page").await, "user=alex");
}

pub(super) async fn d08_a_request_that_was_on_its_way_is_served(harness: Harness) {
    let world = binding(harness);
    let (tab, offer) = offered(&world).await;
    let copy = world.cookie_header();
    let bound = bind(&world, tab, &offer).await;
    world.advance(YOUNG - 1);
    let answer = world.raw(page_with("/page", &copy)).await;
    assert_eq!(answer.text(), "user=alex");
    assert!(!sets_session(&answer), "and no cookie is set");
    drop(bound);
}

pub(super) async fn d24_a_connection_from_before_ends(harness: Harness) {
    let world = binding(harness);
    let (tab, offer) = offered(&world).await;
    let page = tab.fetch(&format!("{APP}/page")).await;
    assert_eq!(page.status, 200);
    let device = Device {
        browser: tab.browser().clone(),
        user: world.calls.user(),
    };
    let before = device.stream(&world.app()).await;
    let mut bound = bind(&world, tab, &offer).await;
    let text = ends(before, Duration::from_secs(4)).await;
    assert!(text.contains("must be confirmed"), "{text}");
    assert_eq!(bound.text("/page").await, "user=alex");
    // The next one goes on until the person signs out.
    let next = device.stream(&world.app()).await;
    world.login.end_all_sessions("alex").await.unwrap();
    let text = ends(next, Duration::from_secs(4)).await;
    assert!(text.contains("you were signed out"), "{text}");
}

pub(super) async fn d24_a_connection_ends_when_its_proof_is_old(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    let device = Device {
        browser: bound.tab.browser().clone(),
        user: world.calls.user(),
    };
    let stream = device.stream(&world.app()).await;
    // The browser refreshes its device cookie, and a copy's connection gains nothing by it.
    world.advance(GOOD - 1);
    bound.prove(&world.app()).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    assert!(!stream.is_finished());
    world.advance(1);
    let text = ends(stream, Duration::from_secs(4)).await;
    assert!(text.contains("must be confirmed"), "{text}");
}
