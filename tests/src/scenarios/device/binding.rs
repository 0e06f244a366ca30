//! How a session is bound (rows D1, D2, D21 and D23).

use crate::harness::Harness;
use crate::steps::device_key::{
    DEVICE, GOOD, bind, binding, bound, is_anonymous, offered, only, take,
};
use crate::steps::session::{LIFE, page_with, sets_session, shown};
use crate::world::APP;

pub(super) async fn d01_a_sign_in_offers_it_and_other_browsers_work_as_before(harness: Harness) {
    let world = binding(harness);
    let (mut tab, _) = offered(&world).await;
    for seconds in [0, 60, GOOD, 3_600] {
        world.advance(seconds);
        let page = tab.visit(&format!("{APP}/page")).await;
        assert_eq!(page.text(), "user=alex");
        assert_eq!(page.header("secure-session-registration"), None);
    }
    assert!(!world.calls.user().is_device_bound());
    assert_eq!(world.cookies(DEVICE), [""; 0]);
}

pub(super) async fn d02_a_browser_binds_its_session(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(world.cookies(DEVICE).len(), 1);
    assert_eq!(bound.text("/page").await, "user=alex");
    assert!(world.calls.user().is_device_bound());
    for _ in 0..3 {
        world.advance(GOOD);
        bound.prove(&world.app()).await;
        assert_eq!(bound.text("/page").await, "user=alex");
    }
    assert!(world.calls.user().is_device_bound());
}

pub(super) async fn d02_the_next_page_seals_the_key_into_the_session(harness: Harness) {
    let world = binding(harness);
    let bound = bound(&world).await;
    let (unbound, device) = (
        only(&bound.copy(), "__Host-fncy_session"),
        only(&bound.copy(), DEVICE),
    );
    // A program's request in the background seals nothing.
    let both = [&unbound[..], &device].join(&b"; "[..]);
    let prefetch = page_with("/page", &both).with_header("sec-purpose", "prefetch");
    let answer = world.raw(prefetch).await;
    assert_eq!((answer.status, sets_session(&answer)), (200, false));
    let answer = world.raw(page_with("/page", &both)).await;
    assert!(sets_session(&answer), "the page seals the key");
    take(bound.tab.browser(), &answer);
    let sealed = only(&bound.copy(), "__Host-fncy_session");
    assert_ne!(sealed, unbound);
    let both = [&sealed[..], &device].join(&b"; "[..]);
    let answer = world.raw(page_with("/page", &both)).await;
    assert_eq!((answer.status, sets_session(&answer)), (200, false));
    // Without the device cookie, the sealed one has no user from then on.
    is_anonymous(&world, &world.app(), &sealed).await;
}

pub(super) async fn d02_a_refresh_of_the_tokens_and_new_data_keep_it(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    world.advance(LIFE + 1);
    bound.prove(&world.app()).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    assert_eq!(world.token_requests(), 2, "the tokens were refreshed");
    assert!(world.calls.user().is_device_bound());
    let page = bound.tab.get(&format!("{APP}/session?set=one")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(bound.text("/page").await, "user=alex");
    assert!(world.calls.user().is_device_bound());
    let session = only(&bound.copy(), "__Host-fncy_session");
    is_anonymous(&world, &world.app(), &session).await;
}

pub(super) async fn d02_there_is_room_for_the_key(harness: Harness) {
    let world = binding(harness);
    let (mut tab, offer) = offered(&world).await;
    let mut longest = 0;
    for length in (700..1_000).rev() {
        let data = "x".repeat(length);
        let page = tab.get(&format!("{APP}/session?set={data}")).await;
        if page.header("set-cookie").is_some() {
            longest = length;
            break;
        }
    }
    assert!((800..950).contains(&longest), "{longest}");
    let mut bound = bind(&world, tab, &offer).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    world.advance(LIFE + 1);
    bound.prove(&world.app()).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    let session = only(&bound.copy(), "__Host-fncy_session");
    is_anonymous(&world, &world.app(), &session).await;
}

pub(super) async fn d21_a_recent_sign_in_keeps_it(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    let before = shown(&mut bound.tab).await;
    world.advance(GOOD + 1);
    bound.prove(&world.app()).await;
    let location = world.start(&mut bound.tab, "/recent").await;
    let form = bound.tab.visit(&location).await;
    let page = world.sign_in(&mut bound.tab, form, "alex").await;
    assert_eq!(page.text(), "user=alex");
    let exchanges = world.calls.exchanges();
    let mut callbacks = exchanges.iter().rev();
    let arrived = callbacks.find(|exchange| exchange.url.path() == "/auth/callback");
    let arrived = &arrived.unwrap().response;
    assert_eq!(arrived.header("secure-session-registration"), None);
    assert_eq!(bound.text("/recent").await, "user=alex");
    assert!(world.calls.user().is_device_bound());
    assert_eq!(shown(&mut bound.tab).await.kept, before.kept);
    let session = only(&bound.copy(), "__Host-fncy_session");
    is_anonymous(&world, &world.app(), &session).await;
}

pub(super) async fn d23_where_it_is_turned_off_none_is_offered_and_the_bound_go_on(
    harness: Harness,
) {
    let world = binding(harness);
    let (tab, offer) = offered(&world).await;
    world.serve(world.usual().public_path("/maybe").build().unwrap());
    // The other instances still offer it, or this one did a moment ago.
    let mut bound = bind(&world, tab, &offer).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    let copy = bound.copy();
    world.advance(GOOD);
    is_anonymous(&world, &world.app(), &copy).await;
    bound.prove(&world.app()).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    assert!(world.calls.user().is_device_bound());
    let mut tab = bound.tab;
    world.advance(GOOD + 1);
    world.may_be_anonymous();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let arrived = tab.get(&callback).await;
    assert!(sets_session(&arrived));
    assert_eq!(arrived.header("secure-session-registration"), None);
}
