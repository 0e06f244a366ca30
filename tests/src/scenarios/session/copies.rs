//! A copy of a session from before a refresh is worth nothing a minute later (row K24). All sessions of a user can end at
//! once (row L14).

use std::time::Duration;

use tokio::time::sleep;

use crate::browser::{Backend, Tab};
use crate::harness::Harness;
use crate::steps::session::{
    LIFE, clears_session, page_with, post, refreshes, request, revoked, sets_session, signed_in,
    with_store,
};
use crate::store::Store;
use crate::world::{APP, World};

const HOUR: u64 = 3_600;

/// A world with a public page that greets its user, and a provider that gives a new refresh token each
/// time, or never.
fn with_public_page(harness: Harness, rotates: bool) -> World {
    World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_path("/maybe"));
        setup.provider = setup.provider.clone().refresh_token_rotation(rotates);
    })
}

/// Somebody whose tokens were refreshed, and whose browser has shown the new cookie: their tab, and a copy
/// of the cookies from before.
async fn refreshed(world: &World) -> (Tab, Vec<u8>) {
    let mut tab = signed_in(world).await;
    let copy = world.cookie_header();
    world.advance(LIFE + 1);
    for _ in 0..2 {
        assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    }
    (tab, copy)
}

/// With these cookies nobody is signed in where the application doesn't insist on it, and they end nothing.
async fn is_nobody_and_ends_nothing(world: &World, app: &dyn Backend, cookies: &[u8]) {
    world.may_be_anonymous();
    let greeted = app.send(page_with("/maybe", cookies)).await;
    assert_eq!(greeted.text(), "user=-");
    let asked = app.send(page_with("/auth/session", cookies)).await;
    assert_eq!(asked.status, 401, "{}", asked.text());
    for answer in [greeted, asked] {
        assert_eq!(answer.header("set-cookie"), None);
    }
    let before = revoked(world);
    let signed_out = app.send(post("/auth/logout", cookies)).await;
    assert_eq!(signed_out.status, 303);
    assert!(clears_session(&signed_out), "its own browser's cookies go");
    assert_eq!(revoked(world), before);
}

/// The same where the application does.
async fn is_sent_to_sign_in(app: &dyn Backend, cookies: &[u8]) {
    for path in ["/page", "/live"] {
        let answer = app.send(page_with(path, cookies)).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
        assert!(!clears_session(&answer) && !sets_session(&answer), "{path}");
    }
}

async fn is_signed_in(tab: &mut Tab) {
    for path in ["/page", "/maybe"] {
        let page = tab.get(&format!("{APP}{path}")).await;
        assert_eq!(page.text(), "user=alex", "{path}");
    }
}

pub(super) async fn k24_a_copy_from_before_a_refresh_is_nobody_a_minute_later(harness: Harness) {
    let worlds = [true, false].map(|rotates| with_public_page(harness, rotates));
    let mut people = Vec::new();
    for world in &worlds {
        let (mut tab, copy) = refreshed(world).await;
        // Another tab of the browser may still have sent the old one.
        let answer = world.raw(page_with("/maybe", &copy)).await;
        assert_eq!(answer.text(), "user=alex");
        is_signed_in(&mut tab).await;
        people.push((tab, copy));
    }
    sleep(Duration::from_secs(61)).await;
    for (world, (mut tab, copy)) in worlds.iter().zip(people) {
        let before = refreshes(world);
        is_sent_to_sign_in(&world.app(), &copy).await;
        is_nobody_and_ends_nothing(world, &world.app(), &copy).await;
        assert_eq!(refreshes(world), before, "nothing is tried with its token");
        is_signed_in(&mut tab).await;
    }
}

pub(super) async fn k24_other_instances_know_it_too(harness: Harness) {
    let store = Store::default();
    store.outdates_after(Duration::from_millis(600));
    let world = with_store(harness, &store, |builder| builder.public_path("/maybe"));
    let other = world.instance(|builder| builder.store(store.instance()).public_path("/maybe"));
    let (mut tab, copy) = refreshed(&world).await;
    assert_eq!(
        other.send(page_with("/maybe", &copy)).await.text(),
        "user=alex"
    );
    sleep(Duration::from_millis(700)).await;
    for app in [&other, &world.app()] {
        is_sent_to_sign_in(app, &copy).await;
        is_nobody_and_ends_nothing(&world, app, &copy).await;
    }
    is_signed_in(&mut tab).await;
    store.set_down(true);
    let unknown = other.send(page_with("/maybe", &copy)).await;
    assert_eq!(unknown.text(), "user=-", "nothing is guessed");
}

pub(super) async fn k24_two_copies_are_no_more_than_one(harness: Harness) {
    let store = Store::default();
    store.outdates_after(Duration::from_millis(600));
    let world = with_store(harness, &store, |builder| builder.public_path("/maybe"));
    let (mut tab, first) = refreshed(&world).await;
    let second = world.cookie_header();
    world.advance(LIFE + 1);
    is_signed_in(&mut tab).await;
    is_signed_in(&mut tab).await;
    sleep(Duration::from_millis(700)).await;
    let before = refreshes(&world);
    for copies in [[&*first, &second], [&second, &first]] {
        let copies = copies.join(&b"; "[..]);
        is_nobody_and_ends_nothing(&world, &world.app(), &copies).await;
        is_sent_to_sign_in(&world.app(), &copies).await;
    }
    assert_eq!(
        refreshes(&world),
        before,
        "nothing is tried with their tokens"
    );
    is_signed_in(&mut tab).await;
}

pub(super) async fn k24_what_nobody_remembers_ends_nothing(harness: Harness) {
    let world = with_public_page(harness, true);
    let (mut tab, copy) = refreshed(&world).await;
    let login = world.usual().public_path("/maybe").build().unwrap();
    world.serve(login);
    let early = world.raw(page_with("/maybe", &copy)).await;
    assert_eq!(early.text(), "user=alex", "nobody knows better yet");
    world.advance(HOUR);
    is_nobody_and_ends_nothing(&world, &world.app(), &copy).await;
    // The owner's is as old, and still refreshed where they open a page that needs them.
    is_signed_in(&mut tab).await;
    assert_eq!(refreshes(&world), 2);
    let copies_sign_out = world.raw(post("/auth/logout", &copy)).await;
    assert_eq!(copies_sign_out.status, 303);
    is_signed_in(&mut tab).await;
}

pub(super) async fn k24_a_sign_out_after_hours_still_ends_its_copies(harness: Harness) {
    let world = with_public_page(harness, true);
    let (mut tab, _) = refreshed(&world).await;
    let copy = world.cookie_header();
    world.advance(2 * HOUR);
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    let page = tab.submit(&page, "form", None).await;
    assert!(page.text().contains("You are signed out"));
    assert_eq!(world.cookies("__Host-fncy_session"), [""; 0]);
    let asked = refreshes(&world);
    let answer = world.raw(page_with("/page", &copy)).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(refreshes(&world), asked);
    world.may_be_anonymous();
}

pub(super) async fn l14_a_users_end_reaches_sessions_of_a_clock_that_is_ahead(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let other = world.instance(|builder| builder.store(store.instance()));
    // The first instance's clock is ahead when it begins the session, by what is accepted.
    world.advance(60);
    let mut tab = signed_in(&world).await;
    let copy = request(&world, "/page");
    world.turn_server_back(60);
    for app in [&world.app(), &other] {
        assert_eq!(app.send(copy.clone()).await.text(), "user=alex");
    }
    world.login.end_all_sessions("alex").await.unwrap();
    sleep(Duration::from_millis(400)).await;
    for app in [&world.app(), &other] {
        assert_eq!(app.send(copy.clone()).await.status, 303);
    }
    // Who may sign in again can do so at once: that session has begun since.
    let page = tab.visit(&format!("{APP}/page")).await;
    assert_eq!(page.text(), "user=alex");
    let new = request(&world, "/page");
    sleep(Duration::from_millis(400)).await;
    for app in [&world.app(), &other] {
        assert_eq!(app.send(new.clone()).await.text(), "user=alex");
    }
    world.login.end_all_sessions("alex").await.unwrap();
    sleep(Duration::from_millis(400)).await;
    for app in [&world.app(), &other] {
        assert_eq!(app.send(new.clone()).await.status, 303);
    }
}
