//! A recent sign-in, which a handler, a route or a path needs (row S3).

use std::time::Duration;

use fncy_login::{Approval, LoginBuilder, NewLogin};
use serde_json::{Value, json};

use crate::browser::{RawRequest, Tab};
use crate::harness::{Harness, RECENT};
use crate::steps::callback::{assert_failure, callback, query, state_of};
use crate::steps::session::{Shown, page_with, post, shown, signed_in};
use crate::world::{APP, ThreadLogs, World};

/// The clocks of servers may differ by this, in seconds.
const SKEW: u64 = 60;

fn with_data(builder: LoginBuilder) -> LoginBuilder {
    builder
        .scopes(["profile", "email"])
        .recent_sign_in_prefix("/safe", Duration::from_secs(RECENT))
        .require_prefix("/safe/admin", |_| false)
        .on_login(async |login: NewLogin| Ok(Approval::with_data(&json!(login.keeps_session()))?))
}

/// A user whose sign-in is no longer recent.
async fn stale(harness: Harness) -> (World, Tab, Shown) {
    let world = World::with(harness, |setup| setup.login = Box::new(with_data));
    let mut tab = signed_in(&world).await;
    assert_eq!(
        tab.visit(&format!("{APP}/recent")).await.text(),
        "user=alex"
    );
    world.advance(RECENT + SKEW);
    assert_eq!(
        tab.visit(&format!("{APP}/recent")).await.text(),
        "user=alex"
    );
    world.advance(1);
    let before = shown(&mut tab).await;
    (world, tab, before)
}

pub(super) async fn s03_a_page_is_sent_to_sign_in_again_and_back(harness: Harness) {
    let (world, mut tab, before) = stale(harness).await;
    let location = world.start(&mut tab, "/recent?x=1").await;
    assert_eq!(query(&location, "prompt"), "login");
    assert_eq!(query(&location, "max_age"), RECENT.to_string());
    assert_eq!(query(&location, "scope"), "email profile");
    let form = tab.visit(&location).await;
    let page = world.sign_in(&mut tab, form, "alex").await;
    assert_eq!(page.url.as_str(), format!("{APP}/recent?x=1"));
    assert_eq!(page.text(), "user=alex");
    let after = shown(&mut tab).await;
    assert_eq!(after.kept, before.kept);
    assert_eq!(after.generation, before.generation + 2);
    assert_eq!(after.signed_in, before.signed_in + RECENT + SKEW + 1);
    // Cancelled: a page with a way on, and nothing has changed.
    world.advance(RECENT + SKEW + 1);
    let before = shown(&mut tab).await;
    let location = world.start(&mut tab, "/recent").await;
    let refused = format!("error=access_denied&state={}", state_of(&location));
    let cancelled = callback(&mut tab, &refused).await;
    assert_failure(&cancelled, 403, "sign_in_not_recent");
    assert_eq!(cancelled.links()[0].href, "/recent");
    assert_eq!(shown(&mut tab).await, before);
}

pub(super) async fn s03_a_script_gets_rfc_9470(harness: Harness) {
    let (world, tab, _) = stale(harness).await;
    let told = tab.fetch(&format!("{APP}/recent")).await;
    assert_eq!(told.status, 401);
    let json: Value = serde_json::from_str(&told.text()).unwrap();
    assert_eq!(json["code"], "insufficient_user_authentication");
    assert_eq!(
        json["login_url"],
        "/auth/login?return_to=%2Fabout&max_age=300"
    );
    let challenge = r#"FncyLogin login_url="/auth/login", error="insufficient_user_authentication", max_age="300""#;
    assert_eq!(told.header("www-authenticate"), Some(challenge));
    assert_eq!(told.header("set-cookie"), None);
    let script = |name, target| {
        RawRequest::new("GET", target)
            .with_header("host", "app.example")
            .with_header("cookie", world.cookie_header())
            .with_header(name, "true")
    };
    let by_htmx = world.raw(script("hx-request", "/recent")).await;
    assert_eq!(by_htmx.status, 401);
    let way = "/auth/login?return_to=%2F&max_age=300";
    assert_eq!(by_htmx.header("hx-redirect"), Some(way));
    let by_inertia = world.raw(script("x-inertia", "/recent?x=1")).await;
    assert_eq!(by_inertia.status, 409);
    let way = "/auth/login?return_to=%2Frecent%3Fx%3D1&max_age=300";
    assert_eq!(by_inertia.header("x-inertia-location"), Some(way));
}

pub(super) async fn s03_a_form_gets_a_page_and_is_not_sent_again(harness: Harness) {
    let (world, mut tab, before) = stale(harness).await;
    let form = post("/recent", &world.cookie_header())
        .with_header("accept", "text/html")
        .with_header("referer", format!("{APP}/form?x=1"));
    let page = world.raw(form).await;
    assert_eq!(page.status, 401);
    assert!(
        page.text()
            .contains("<code>insufficient_user_authentication</code>")
    );
    assert!(
        page.text().contains("Please confirm it&#39;s you"),
        "{}",
        page.text()
    );
    let link = "/auth/login?return_to=%2Fform%3Fx%3D1&amp;max_age=300";
    assert!(page.text().contains(link), "{}", page.text());
    let calls = world.calls.all().len();
    let link = link.replace("&amp;", "&");
    let location = world.start(&mut tab, &link).await;
    assert_eq!(query(&location, "prompt"), "login");
    let form = tab.visit(&location).await;
    let page = world.sign_in(&mut tab, form, "alex").await;
    assert_eq!(page.url.as_str(), format!("{APP}/form?x=1"));
    assert_eq!(world.calls.all().len(), calls + 1, "the page, and no form");
    assert_eq!(shown(&mut tab).await.kept, before.kept);
    // Now the form comes through.
    let form = post("/recent", &world.cookie_header()).with_header("accept", "text/html");
    assert_eq!(world.raw(form).await.text(), "user=alex");
}

pub(super) async fn s03_a_refresh_makes_no_sign_in_recent(harness: Harness) {
    let (world, mut tab, before) = stale(harness).await;
    assert!(before.generation > 0, "it was refreshed: {before:?}");
    world.advance(RECENT);
    let after = shown(&mut tab).await;
    assert!(after.generation > before.generation);
    assert_eq!(after.signed_in, before.signed_in);
    assert_eq!(tab.get(&format!("{APP}/recent")).await.status, 303);
}

pub(super) async fn s03_a_path_and_a_route_are_guarded_alike(harness: Harness) {
    let (world, mut tab, _) = stale(harness).await;
    let mut paths = vec!["/safe", "/safe/x?y=1", "/recent"];
    if harness != Harness::Poem {
        paths.push("/needs/recent");
    }
    for path in &paths {
        let location = world.start(&mut tab, path).await;
        assert_eq!(query(&location, "max_age"), "300", "{path}");
        let told = tab.fetch(&format!("{APP}{path}")).await;
        assert_eq!(told.status, 401, "{path}");
        assert!(told.text().contains("insufficient_user_authentication"));
    }
    // A visitor signs in as for any page. What no sign-in changes comes first.
    let visitor = world.stranger().tab().get(&format!("{APP}/safe")).await;
    assert!(!visitor.header("location").unwrap().contains("max_age"));
    let admin = tab.visit(&format!("{APP}/safe/admin")).await;
    assert_failure(&admin, 403, "forbidden");
    let location = world.start(&mut tab, "/safe").await;
    let form = tab.visit(&location).await;
    world.sign_in(&mut tab, form, "alex").await;
    for path in &paths {
        let page = tab.visit(&format!("{APP}{path}")).await;
        assert_eq!(
            (page.status, page.text()),
            (200, "user=alex".into()),
            "{path}"
        );
    }
    let other = world.raw(page_with("/page", world.cookie_header())).await;
    assert_eq!(other.status, 200);
}

pub(super) async fn s03_a_guard_without_a_proof_is_told(harness: Harness) {
    let world = World::new(harness);
    let line = "a guard needs a recent sign-in, and FNCY_AUTH_TIME is not set";
    for (path, time, is_told) in [
        ("/safe", "", true),
        ("/safe", "/auth_time", false),
        ("", "", false),
    ] {
        let logs = ThreadLogs::start();
        let builder = world.usual().auth_time(time);
        let builder = match path {
            "" => builder,
            path => builder.recent_sign_in_prefix(path, Duration::from_secs(1)),
        };
        builder.build().unwrap();
        assert_eq!(!logs.with(line).is_empty(), is_told, "{path} {time}");
    }
    for wrong in ["auth_time", "token:auth_time", "user:/auth_time"] {
        let error = world.usual().auth_time(wrong).build().unwrap_err();
        assert!(
            error.to_string().contains("such as token:/auth_time"),
            "{error}"
        );
    }
    signed_in(&world).await;
    world.raw(page_with("/recent", world.cookie_header())).await;
    assert!(world.logged().contains(line));
}
