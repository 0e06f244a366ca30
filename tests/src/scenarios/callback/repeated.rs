//! A callback that comes again, late or twice at once redeems its code once (rows C6 to C8, C21, C23).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fncy_dev_server::Endpoint;
use fncy_login::{Approval, NewLogin};
use tokio::time::sleep;

use crate::browser::{Backend as _, Context, RawRequest};
use crate::harness::Harness;
use crate::steps::session::page_with;
use crate::world::{APP, World};

/// A login that was started at `/page`, and its callback's URL.
async fn ready(world: &World) -> String {
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    world.approve(&location, "alex").await
}

/// The callback as this browser would send it now, cookies and all.
fn request(world: &World, callback: &str) -> RawRequest {
    let url = url::Url::parse(callback).unwrap();
    let cookies = world.browser.jar().header(&url, Context::SameSite);
    page_with(
        callback.strip_prefix(APP).unwrap(),
        cookies.unwrap_or_default(),
    )
}

fn session_of(response: &crate::browser::RawResponse) -> Option<String> {
    let lines = response.headers_named("set-cookie");
    lines
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .find(|line| line.starts_with("__Host-fncy_session="))
}

pub(super) async fn a_slash_behind_a_callback_changes_nothing(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let page = tab
        .visit(&callback.replace("/callback?", "/callback/?"))
        .await;
    assert_eq!(page.url.as_str(), format!("{APP}/page"));
    assert_eq!(page.text(), "user=alex");
}

pub(super) async fn c06_a_callback_again_leads_to_the_page(harness: Harness) {
    let world = World::new(harness);
    let callback = ready(&world).await;
    let mut tab = world.tab();
    assert_eq!(tab.visit(&callback).await.url.path(), "/page");
    let again = tab.get(&callback).await;
    assert_eq!(again.status, 303);
    assert_eq!(again.header("location"), Some("/"), "its login is gone");
    assert_eq!(world.token_requests(), 1);
}

pub(super) async fn c07_a_callback_again_without_a_session_says_expired(harness: Harness) {
    let world = World::new(harness);
    let callback = ready(&world).await;
    let old = request(&world, &callback);
    let mut tab = world.tab();
    tab.visit(&callback).await;
    world.browser.jar().clear();
    sleep(Duration::from_millis(2_500)).await;
    let again = world.raw(old).await;
    assert_eq!(again.status, 400);
    assert!(again.text().contains("<code>login_expired</code>"));
    assert!(again.text().contains("/auth/login?return_to=%2Fpage"));
    assert_eq!(world.token_requests(), 1);
}

pub(super) async fn c08_an_old_login_knows_its_way_back(harness: Harness) {
    let world = World::new(harness);
    let callback = ready(&world).await;
    world.advance(11 * 60);
    let mut tab = world.tab();
    let page = tab.get(&callback).await;
    assert_eq!(page.status, 400);
    assert!(page.text().contains("<code>login_expired</code>"));
    assert_eq!(page.links()[0].href, "/auth/login?return_to=%2Fpage");
    assert_eq!(world.token_requests(), 0);

    // The same, in a browser that has signed in meanwhile.
    let callback = ready(&world).await;
    world.advance(11 * 60);
    world.visit_and_sign_in(&mut tab, "/other", "alex").await;
    let late = tab.get(&callback).await;
    assert_eq!(late.status, 303);
    assert_eq!(late.header("location"), Some("/page"));
}

pub(super) async fn c21_the_exchange_outlives_its_browser(harness: Harness) {
    let world = World::new(harness);
    let callback = ready(&world).await;
    let held = world.provider.hold(Endpoint::Token);
    let request = request(&world, &callback);
    let (app, browser) = (world.app(), request.clone());
    let browser = tokio::spawn(async move { app.send(browser).await });
    world.until_token_requests(1).await;
    browser.abort();
    assert!(
        browser.await.unwrap_err().is_cancelled(),
        "it left before there was an answer"
    );
    drop(held);
    let reloaded = world.raw(request).await;
    assert_eq!(reloaded.status, 303, "{}", reloaded.text());
    assert!(session_of(&reloaded).is_some());
    assert_eq!(world.token_requests(), 1);
    assert_eq!(world.provider.request_count(Endpoint::UserData), 1);
}

pub(super) async fn c23_the_same_callback_at_once_is_one_redemption(harness: Harness) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            builder.on_login(move |_: NewLogin| {
                counter.fetch_add(1, Ordering::SeqCst);
                async { Ok(Approval::new()) }
            })
        });
    });
    let callback = ready(&world).await;
    let held = world.provider.hold(Endpoint::Token);
    let request = request(&world, &callback);
    let release = async {
        world.until_token_requests(1).await;
        sleep(Duration::from_millis(200)).await;
        drop(held);
    };
    let (first, second, ()) = tokio::join!(
        world.raw(request.clone()),
        world.raw(request.clone()),
        release
    );
    let third = world.raw(request).await;
    for response in [&first, &second, &third] {
        assert_eq!(response.status, 303, "{}", response.text());
        assert_eq!(response.header("location"), Some("/page"));
        assert!(session_of(response).is_some());
        assert_eq!(session_of(response), session_of(&first), "the same session");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    assert_eq!(world.token_requests(), 1);
    assert_eq!(world.provider.request_count(Endpoint::UserData), 1);
}

pub(super) async fn c23_the_same_callback_later_is_spent(harness: Harness) {
    let world = World::new(harness);
    let callback = ready(&world).await;
    let old = request(&world, &callback);
    let mut tab = world.tab();
    tab.visit(&callback).await;
    sleep(Duration::from_millis(2_500)).await;
    let url = url::Url::parse(&callback).unwrap();
    let now = world.browser.jar().header(&url, Context::SameSite).unwrap();
    let with_session = [old.headers[2].1.as_slice(), &now].join(&b"; "[..]);
    let mut both = old;
    both.headers[2].1 = with_session;
    let spent = world.raw(both).await;
    assert_eq!(spent.status, 303);
    assert_eq!(spent.header("location"), Some("/page"));
    assert_eq!(session_of(&spent), None);
    assert_eq!(world.token_requests(), 1);
}
