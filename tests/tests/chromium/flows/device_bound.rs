//! Sessions that are bound to a device key, in a browser that knows Device Bound Session Credentials.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use fncy_login::{ConfigError, LoginBuilder};
use fncy_login_tests::real_server::redis::Redis;
use fncy_login_tower::{CurrentUser, FncyLoginLayer, WrappedRouter};
use tokio::time::{Instant, sleep};

use crate::place::{Place, Site};
use crate::tab::Tab;

/// What the login believes a device cookie for, and a second, in seconds.
const LATER: u64 = 361;
/// A browser binds a session within this.
const SOON: Duration = Duration::from_secs(10);

/// The names of the login's events.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<&'static str>>>);

impl Events {
    /// Waits until there were so many events of this name.
    async fn until(&self, name: &str, count: usize) {
        let began = Instant::now();
        let seen = || self.0.lock().unwrap().clone();
        while seen().iter().filter(|seen| **seen == name).count() < count {
            assert!(began.elapsed() < SOON, "no {name}: {:?}", seen());
            sleep(Duration::from_millis(20)).await;
        }
    }
}

fn app(login: LoginBuilder, events: &Events) -> Result<WrappedRouter, ConfigError> {
    let events = events.clone();
    let login = login.device_bound().public_path("/");
    let login = login.require_device_bound_prefix("/vault");
    let login = login.on_event(move |event| {
        events.0.lock().unwrap().push(event.name());
        async {}
    });
    let routes = Router::new()
        .route("/", get(async || page("Front")))
        .fallback(async |user: CurrentUser| {
            page(if user.is_device_bound() {
                "Bound"
            } else {
                "Unbound"
            })
        });
    Ok(FncyLoginLayer::new(login.build()?).wrap(routes))
}

fn page(heading: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang='en'><title>A page</title><main><h1>{heading}</h1>
        <form method='post' action='/auth/logout'><button>Sign out</button></form></main></html>"
    ))
}

/// A person whose browser has bound the session.
async fn bound(site: &Site, events: &Events) -> Tab {
    let tab = site.tab().await;
    tab.visit("/page").await;
    tab.sign_in().await;
    events.until("session_bound", 1).await;
    tab.visit("/page").await;
    tab.shows("/page", "Bound").await;
    assert_eq!(device_cookies(&tab).await, 1);
    tab
}

async fn device_cookies(tab: &Tab) -> usize {
    let cookies = tab.cookies().await;
    let devices = cookies.iter().filter(|name| name.contains("_device_"));
    devices.count()
}

/// The device cookie is gone, and the login believes no copy of it.
async fn later(site: &Site, tab: &Tab) {
    tab.drop_cookies("_device_").await;
    assert_eq!(device_cookies(tab).await, 0);
    site.world.advance(LATER);
}

pub(super) async fn d02_the_browser_binds_its_session_and_proves_its_key_by_itself(place: Place) {
    let events = Events::default();
    let site = place.app(|login| app(login, &events));
    let tab = bound(&site, &events).await;
    later(&site, &tab).await;
    tab.visit("/page").await;
    tab.shows("/page", "Bound").await;
    assert_eq!(device_cookies(&tab).await, 1);
    later(&site, &tab).await;
    for (status, body) in tab.fetch("/data", 5).await {
        assert_eq!(status, 200, "{body}");
        assert!(body.contains("Bound"), "{body}");
    }
}

/// Chromium proves a key a few times within minutes, and then sends requests without.
pub(super) async fn d11_what_the_browser_skips_is_a_page_to_try_again(place: Place) {
    let events = Events::default();
    let site = place.app(|login| app(login, &events));
    let tab = bound(&site, &events).await;
    let is_skipped = async || {
        later(&site, &tab).await;
        tab.visit("/page").await;
        let text = tab.text().await;
        assert!(
            text.contains("Bound") || text.contains("device_unproven"),
            "{text}"
        );
        text.contains("device_unproven")
    };
    let mut proofs = 0;
    while !is_skipped().await {
        proofs += 1;
        assert!(proofs < 20, "it never skips");
    }
    tab.shows("/page", "Your device can't be confirmed at the moment")
        .await;
    let cookies = tab.cookies().await;
    assert!(cookies.contains(&site.session_cookie), "{cookies:?}");
}

pub(super) async fn d03_copies_of_all_cookies_die_in_another_browser(place: Place) {
    let events = Events::default();
    let site = place.app(|login| app(login, &events));
    let tab = bound(&site, &events).await;
    let thief = tab.copy().await;
    thief.visit("/page").await;
    thief.shows("/page", "Bound").await;
    site.world.advance(LATER);
    tab.drop_cookies("_device_").await;
    for _ in 0..2 {
        thief.visit("/page").await;
        thief.shows_provider("Sign in").await;
    }
    tab.visit("/page").await;
    tab.shows("/page", "Bound").await;
    thief.visit("/page").await;
    thief.shows_provider("Sign in").await;
}

pub(super) async fn d04_a_link_of_another_site_leads_in_after_a_proof(place: Place) {
    let events = Events::default();
    let site = place.app(|login| app(login, &events));
    let tab = bound(&site, &events).await;
    later(&site, &tab).await;
    tab.visit_elsewhere("/page", "To the site").await;
    tab.follow("To the site").await;
    tab.shows("/page", "Bound").await;
}

pub(super) async fn d14_a_sign_out_ends_it_in_the_browser(place: Place) {
    let events = Events::default();
    let site = place.app(|login| app(login, &events));
    let tab = bound(&site, &events).await;
    let thief = tab.copy().await;
    tab.press("Sign out").await;
    tab.shows_provider("A stand-in for FNCY, on your machine")
        .await;
    assert_eq!(tab.cookies().await, [""; 0]);
    thief.visit("/page").await;
    thief.shows_provider("Sign in").await;
    tab.visit("/page").await;
    tab.shows_provider("Sign in").await;
    tab.press("Alex Martin").await;
    events.until("session_bound", 2).await;
    tab.visit("/page").await;
    tab.shows("/page", "Bound").await;
}

pub(super) async fn d17_two_tabs_go_on_together(place: Place) {
    let events = Events::default();
    let site = place.app(|login| app(login, &events));
    let tab = bound(&site, &events).await;
    let other = tab.another().await;
    other.visit("/page").await;
    other.shows("/page", "Bound").await;
    for _ in 0..2 {
        later(&site, &tab).await;
        tokio::join!(tab.visit("/page"), other.visit("/other"));
        tab.shows("/page", "Bound").await;
        other.shows("/other", "Bound").await;
    }
}

pub(super) async fn d18_two_instances_are_one_to_the_browser(place: Place) {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let events = Events::default();
    let (site, _proxy) = place
        .two_instances(&redis, |login| app(login, &events))
        .await;
    let tab = bound(&site, &events).await;
    let thief = tab.copy().await;
    for _ in 0..2 {
        later(&site, &tab).await;
        tab.visit("/page").await;
        tab.shows("/page", "Bound").await;
        thief.visit("/page").await;
        thief.shows_provider("Sign in").await;
    }
}

pub(super) async fn d20_a_guarded_page_opens_once_the_session_is_bound(place: Place) {
    let events = Events::default();
    let site = place.app(|login| app(login, &events));
    let tab = site.tab().await;
    tab.visit("/vault").await;
    tab.sign_in().await;
    events.until("session_bound", 1).await;
    tab.reload().await;
    tab.shows("/vault", "Bound").await;
}
