//! A handler changes the session's data, beside other handlers, refreshes and sign-outs (row U1).

use std::time::Duration;

use fncy_dev_server::Endpoint;
use fncy_login::{Approval, NewLogin, User};
use tokio::time::sleep;

use crate::browser::{Backend as _, RawRequest, RawResponse};
use crate::harness::Harness;
use crate::steps::api::session_of;
use crate::steps::session::{
    LIFE, clears_session, page_with, post, refreshes, request, revoked, sets_session, signed_in,
    with_store,
};
use crate::store::Store;
use crate::world::{APP, World};

/// Long enough for what another request does meanwhile.
const A_MOMENT: Duration = Duration::from_millis(200);

/// The data in an answer's session.
async fn data_in(world: &World, response: &RawResponse) -> String {
    let answer = world.ask("/session", session_of(response)).await;
    answer.text().into_owned()
}

/// Sends a request of the browser's session in a task of its own, and waits until its handler has begun.
async fn begin(world: &World, target: &str) -> tokio::task::JoinHandle<RawResponse> {
    let (app, request) = (world.app(), request(world, target));
    let answer = tokio::spawn(async move { app.send(request).await });
    sleep(A_MOMENT).await;
    answer
}

pub(super) async fn u01_the_next_request_sees_what_a_handler_set(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    let unchanged = tab.get(&format!("{APP}/session")).await;
    assert_eq!(unchanged.text(), "Alex Martin -");
    assert_eq!(unchanged.header("set-cookie"), None);
    let set = tab.get(&format!("{APP}/session?set=red&set=blue")).await;
    assert_eq!(set.text(), "Alex Martin blue");
    assert_eq!(set.header("cache-control"), Some("private, no-store"));
    let mut other = world.tab();
    let next = other.get(&format!("{APP}/data")).await;
    assert!(next.text().contains(r#""blue""#), "{}", next.text());
    let cleared = other.get(&format!("{APP}/session?clear")).await;
    assert_eq!(cleared.text(), "Alex Martin -");
    assert_eq!(
        tab.get(&format!("{APP}/session")).await.text(),
        "Alex Martin -"
    );
}

pub(super) async fn u01_the_next_guard_sees_it(harness: Harness) {
    let is_blue = |user: &User| user.session_data::<String>() == Ok(Some("blue".to_owned()));
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| builder.require_prefix("/blue", is_blue));
    });
    let mut tab = signed_in(&world).await;
    assert_eq!(tab.get(&format!("{APP}/blue")).await.status, 403);
    tab.get(&format!("{APP}/session?set=blue")).await;
    assert_eq!(world.tab().get(&format!("{APP}/blue")).await.status, 200);
}

pub(super) async fn u01_what_is_too_large_changes_nothing(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    tab.get(&format!("{APP}/session?set=blue")).await;
    let large = tab.get(&format!("{APP}/session?large=1024")).await;
    assert_eq!(large.text(), "TooLarge, Alex Martin blue");
    assert_eq!(large.header("set-cookie"), None);
    let fits = tab.get(&format!("{APP}/session?large=700")).await;
    assert!(fits.text().ends_with("xxx"), "{}", fits.text());
    assert_eq!(tab.get(&format!("{APP}/session")).await.text(), fits.text());
}

pub(super) async fn u01_a_page_with_an_error_keeps_what_was_set(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    for (status, data) in [(404, "red"), (500, "blue")] {
        let page = format!("{APP}/session?set={data}&status={status}");
        assert_eq!(tab.get(&page).await.status, status);
        let next = tab.get(&format!("{APP}/session")).await;
        assert_eq!(next.text(), format!("Alex Martin {data}"));
    }
}

pub(super) async fn u01_of_two_changes_the_last_one_stays(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    let first = begin(&world, "/session?set=red&wait=500").await;
    let second = world.raw(request(&world, "/session?set=blue")).await;
    assert_eq!(data_in(&world, &second).await, "Alex Martin blue");
    // Its response leaves last, and brings the newer data.
    let first = first.await.unwrap();
    assert_eq!(data_in(&world, &first).await, "Alex Martin blue");
}

pub(super) async fn u01_a_session_that_has_ended_meanwhile_gets_no_cookie(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    let before = begin(&world, "/session?set=red&wait=600").await;
    let after = begin(&world, "/session?wait=600&set=blue").await;
    let sign_out = post("/auth/logout", &world.cookie_header());
    assert_eq!(world.raw(sign_out).await.status, 303);
    let (before, after) = (before.await.unwrap(), after.await.unwrap());
    assert!(!sets_session(&before) && !sets_session(&after));
    assert_eq!(before.text(), "Alex Martin red");
    assert_eq!(after.text(), "Ended, Alex Martin -");
}

pub(super) async fn u01_a_change_after_the_response_is_an_error(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    let page = tab.get(&format!("{APP}/session?late=blue")).await;
    assert_eq!(page.text(), "Alex Martin -");
    sleep(3 * A_MOMENT).await;
    assert_eq!(world.calls.notes(), ["Err(TooLate)"]);
}

pub(super) async fn u01_a_sign_in_of_the_same_user_keeps_the_data(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder.on_login(async |login: NewLogin| match login.id() {
                "jun" => Ok(Approval::with_data(&"new")?),
                _ => Ok(Approval::new()),
            })
        });
    });
    let mut tab = signed_in(&world).await;
    for (user, data) in [
        ("alex", "blue"),
        ("haneul", "-"),
        ("jun", "new"),
        ("jun", "new"),
    ] {
        tab.get(&format!("{APP}/session?set=blue")).await;
        let before = world.session_cookie();
        let location = world
            .start(&mut tab, "/auth/login?return_to=/session")
            .await;
        let answer = world.provider.approve(&location, user).unwrap();
        let page = tab.visit(&answer).await;
        assert!(page.text().ends_with(data), "{user}: {}", page.text());
        assert_ne!(world.session_cookie(), before);
    }
}

pub(super) async fn u01_a_visitor_has_no_session_to_change(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_path("/session"));
    });
    assert_eq!(world.ask("/session?set=blue", "").await.status, 401);
    let asked = RawRequest::new("GET", "/session?set=blue").with_header("accept", "text/html");
    let asked = world.raw(asked.with_header("host", "app.example")).await;
    assert_eq!(asked.status, 303);
}

pub(super) async fn u01_a_handler_ends_its_session(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    let copy = request(&world, "/page");
    let ended = tab
        .get(&format!("{APP}/session?set=red&end&set=blue"))
        .await;
    assert_eq!(ended.text(), "Ended, Alex Martin red");
    let exchanges = world.calls.exchanges();
    let response = &exchanges.last().unwrap().response;
    assert!(clears_session(response) && !sets_session(response));
    assert_eq!(world.raw(copy).await.status, 303);
    world.until_revocations(1).await;
    assert_eq!(revoked(&world).len(), 1);
    assert_eq!(world.cookies("__Host-fncy_session"), [""; 0]);
}

/// The answers of a handler that changed the data and of a request that refreshed the tokens. Both sessions must have
/// both. A fresh process, which remembers no refresh, reads them.
async fn both_kept(world: &World, changed: &RawResponse, refreshed: &RawResponse) {
    let tokens = world.provider.issued_secrets();
    let newest = tokens.iter().rfind(|secret| secret.contains("access"));
    for response in [changed, refreshed] {
        let fresh = world.instance(|builder| builder);
        let session = page_with("/session", session_of(response));
        assert_eq!(fresh.send(session).await.text(), "Alex Martin blue");
        let token = page_with("/token", session_of(response));
        assert_eq!(newest, Some(&fresh.send(token).await.text().into_owned()));
    }
    assert_eq!(refreshes(world), 1);
}

pub(super) async fn u01_a_refresh_after_the_change_keeps_both(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    let changed = begin(&world, "/session?set=blue&wait=800").await;
    world.advance(LIFE + 1);
    let refreshed = world.raw(request(&world, "/page")).await;
    // The change leaves last, with the new tokens.
    both_kept(&world, &changed.await.unwrap(), &refreshed).await;
}

pub(super) async fn u01_a_change_after_the_refresh_keeps_both(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    let changed = begin(&world, "/session?wait=600&set=blue").await;
    world.advance(LIFE + 1);
    let refreshed = begin(&world, "/session?wait=900").await;
    // The refresh leaves last, with the new data.
    let (changed, refreshed) = (changed.await.unwrap(), refreshed.await.unwrap());
    assert_eq!(refreshed.text(), "Alex Martin -", "as its handler began");
    both_kept(&world, &changed, &refreshed).await;
}

pub(super) async fn u01_a_change_before_the_provider_answers_keeps_both(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    let changed = begin(&world, "/session?wait=500&set=blue").await;
    world.advance(LIFE + 1);
    let held = world.provider.hold(Endpoint::Token);
    let refreshed = begin(&world, "/session").await;
    let changed = changed.await.unwrap();
    drop(held);
    let refreshed = refreshed.await.unwrap();
    assert_eq!(data_in(&world, &changed).await, "Alex Martin blue");
    assert_eq!(data_in(&world, &refreshed).await, "Alex Martin blue");
    assert_eq!(refreshes(&world), 1);
}

pub(super) async fn u01_a_refresh_with_an_older_cookie_keeps_the_change(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    let old = request(&world, "/session");
    // Its answer is lost, or still on its way.
    world.raw(request(&world, "/session?set=blue")).await;
    world.advance(LIFE + 1);
    let refreshed = world.raw(old).await;
    assert_eq!(data_in(&world, &refreshed).await, "Alex Martin blue");
}

pub(super) async fn u01_a_waiting_request_keeps_its_newer_data(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    let store = Store::default();
    let other = world.instance(|builder| builder.store(store.instance()));
    world.browser.route(APP, other.clone());
    let old = request(&world, "/session");
    tab.get(&format!("{APP}/session?set=blue")).await;
    let new = request(&world, "/session");
    world.advance(LIFE + 1);
    // This instance has not seen the change. The first request starts the refresh for both.
    let third = world.instance(|builder| builder.store(store.instance()));
    let held = world.provider.hold(Endpoint::Token);
    let app = third.clone();
    let old = tokio::spawn(async move { app.send(old).await });
    sleep(A_MOMENT).await;
    let new = tokio::spawn(async move { third.send(new).await });
    sleep(A_MOMENT).await;
    drop(held);
    assert_eq!(old.await.unwrap().text(), "Alex Martin -");
    assert_eq!(new.await.unwrap().text(), "Alex Martin blue");
    assert_eq!(refreshes(&world), 1);
}

pub(super) async fn u01_a_change_with_tokens_from_before_a_refresh_is_an_error(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_path("/session"));
    });
    signed_in(&world).await;
    let old = request(&world, "/session?set=blue");
    world.advance(LIFE + 1);
    let refreshed = world.raw(request(&world, "/page")).await;
    assert!(sets_session(&refreshed));
    // A public page refreshes nothing.
    let changed = world.raw(old).await;
    assert_eq!(changed.text(), "Outdated, Alex Martin -");
    assert_eq!(changed.header("set-cookie"), None);
}

pub(super) async fn u01_between_instances_the_last_response_wins(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let other = world.instance(|builder| builder.store(store.instance()));
    signed_in(&world).await;
    let (here, there) = ("/session?set=red", "/session?set=blue");
    let there = other.send(request(&world, there)).await;
    let here = world.raw(request(&world, here)).await;
    assert_eq!(data_in(&world, &here).await, "Alex Martin red");
    assert_eq!(data_in(&world, &there).await, "Alex Martin blue");
}
