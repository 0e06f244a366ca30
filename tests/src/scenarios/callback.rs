//! Rows C2 to C5 and C9 to C20: what the callback makes of what it is told.

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::Setting;
use url::Url;

use crate::browser::{Page, RawRequest, Tab};
use crate::harness::Harness;
use crate::world::{APP, World, usual};

/// A failure's page: its status and its code; nothing is stored, and there is a way on.
fn assert_failure(page: &Page, status: u16, code: &str) {
    assert_eq!(page.status, status, "{}", page.text());
    assert!(
        page.text().contains(&format!("<code>{code}</code>")),
        "{}",
        page.text()
    );
    assert_eq!(page.header("cache-control"), Some("private, no-store"));
    assert_eq!(page.header("location"), None);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
}

fn state_of(location: &str) -> String {
    let url = Url::parse(location).unwrap();
    let mut state = url.query_pairs().filter(|(name, _)| name == "state");
    state.next().unwrap().1.into_owned()
}

async fn callback(tab: &mut Tab, query: &str) -> Page {
    tab.get(&format!("{APP}/auth/callback?{query}")).await
}

pub(super) async fn c02_a_malformed_callback_asks_nobody(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let state = state_of(&location);
    for query in [
        "",
        "code=c",
        "code=c&state=",
        &format!("code=c&state={}", "s".repeat(20_000)),
        "code=c&state=%ff",
        &format!("code=%ff&state={state}"),
        &format!("code=c&code=d&state={state}"),
        &format!("code=c&state={state}&state={state}"),
        &format!("code[]=c&state={state}"),
        &format!("code=c&state={state}&id_token=x"),
        &format!("code=c&state={state}&access_token=x"),
        &format!("response=x&state={state}"),
    ] {
        let page = callback(&mut tab, query).await;
        assert_failure(&page, 400, "invalid_callback");
        assert_eq!(page.header("set-cookie"), None, "{query}");
    }
    assert_eq!(world.token_requests(), 0);
    let finished = world.approve(&location, "alex").await;
    assert_eq!(tab.visit(&finished).await.text(), "user=alex");
}

pub(super) async fn c03_another_browsers_state_is_refused(harness: Harness) {
    let world = World::new(harness);
    let mut attacker = world.stranger().tab();
    let location = world.start(&mut attacker, "/page").await;
    let link = world.approve(&location, "alex").await;
    let mut victim = world.tab();
    world.start(&mut victim, "/other").await;
    let page = victim.get(&link).await;
    assert_failure(&page, 400, "login_expired");
    assert_eq!(page.header("set-cookie"), None);
    assert_eq!(world.token_requests(), 0);
    assert_eq!(
        world.cookies("__Host-fncy_login").len(),
        1,
        "the victim's own login stays"
    );
}

pub(super) async fn c04_state_differs_in_one_bit(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let state = state_of(&location);
    let name = world.cookies("__Host-fncy_login").remove(0);
    let value = world.browser.jar().get(&name).unwrap().value().into_owned();
    for index in [0, 20, 41] {
        let mut other = state.clone().into_bytes();
        other[index] ^= 1;
        let other = String::from_utf8(other).unwrap();
        let page = callback(&mut tab, &format!("code=c&state={other}")).await;
        assert_failure(&page, 400, "login_expired");
        // The login's cookie under the name that the other state hashes to is still not its own.
        let moved = login_cookie_name(&other);
        let url = Url::parse(APP).unwrap();
        world
            .browser
            .jar()
            .insert(&url, moved.as_bytes(), value.as_bytes());
        let page = callback(&mut tab, &format!("code=c&state={other}")).await;
        assert_failure(&page, 400, "login_expired");
    }
    assert_eq!(world.token_requests(), 0);
}

/// The name of a login's cookie, worked out apart from the code under test.
fn login_cookie_name(state: &str) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, state.as_bytes());
    let hex = hash.as_ref()[..8].iter().map(|byte| format!("{byte:02x}"));
    std::iter::once("__Host-fncy_login_".to_owned())
        .chain(hex)
        .collect()
}

pub(super) async fn c05_two_tabs_finish_in_either_order(harness: Harness) {
    for order in [[0, 1], [1, 0]] {
        let world = World::new(harness);
        let mut tabs = [world.tab(), world.tab()];
        let mut callbacks = Vec::new();
        for (tab, path) in tabs.iter_mut().zip(["/first", "/second"]) {
            let location = world.start(tab, path).await;
            callbacks.push(world.approve(&location, "alex").await);
        }
        for index in order {
            let page = tabs[index].visit(&callbacks[index]).await;
            assert_eq!(page.url.path(), ["/first", "/second"][index]);
            assert_eq!(page.text(), "user=alex");
        }
        assert_eq!(world.cookies("__Host-fncy_login"), [""; 0]);
    }
}

pub(super) async fn c09_a_cancelled_sign_in_shows_its_page(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/", "alex").await;
    let before = world
        .browser
        .jar()
        .get("__Host-fncy_session")
        .cloned()
        .unwrap();
    let location = world.start(&mut tab, "/auth/login?return_to=/page").await;
    let other = world
        .start(&mut tab.clone(), "/auth/login?return_to=/x")
        .await;
    let cancelled = world.cancel(&location, "haneul").await;
    let page = tab.visit(&cancelled).await;
    assert_failure(&page, 403, "access_denied");
    assert_eq!(page.links()[0].href, "/auth/login?return_to=%2Fpage");
    let after = world
        .browser
        .jar()
        .get("__Host-fncy_session")
        .cloned()
        .unwrap();
    assert_eq!(
        before.value(),
        after.value(),
        "an older session stays as it was"
    );
    assert_eq!(
        world.cookies("__Host-fncy_login").len(),
        1,
        "only its own login is cleared"
    );

    world.browser.jar().remove("__Host-fncy_session");
    let unknown = callback(&mut tab, "error=access_denied&state=unknown").await;
    assert_failure(&unknown, 400, "login_expired");
    assert_eq!(unknown.header("set-cookie"), None);
    let finished = world.approve(&other, "alex").await;
    assert_eq!(tab.visit(&finished).await.url.path(), "/x");
}

pub(super) async fn c11_nothing_of_an_error_is_reflected(harness: Harness) {
    let world = World::new(harness);
    for error in [
        "server_error",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "access_denied",
    ] {
        let mut tab = world.stranger().tab();
        let state = state_of(&world.start(&mut tab, "/page").await);
        let query = format!(
            "error={error}&error_description=%3Cscript%3Eevil&error_uri=javascript:evil&code=c&state={state}"
        );
        let page = callback(&mut tab, &query).await;
        let text = page.text();
        assert!(
            matches!(page.status, 403 | 502) && !text.contains("evil") && !text.contains("<script")
        );
        assert!(!world.logged().contains("javascript:evil"));
    }
    assert_eq!(world.token_requests(), 0, "an error wins over a code");
}

pub(super) async fn c14_another_issuer_is_refused(harness: Harness) {
    let issuer = "https://fncy.example";
    for (sent, status) in [
        (None, 400),
        (Some("https://evil.example"), 400),
        (Some(issuer), 303),
    ] {
        let world = World::with(harness, |setup| {
            setup.provider = setup.provider.clone().issuer(sent.map(str::to_owned));
            setup.login = Box::new(move |builder| builder.set(Setting::Issuer, issuer));
        });
        let mut tab = world.tab();
        let location = world.start(&mut tab, "/page").await;
        let answer = world.approve(&location, "alex").await;
        let page = tab.get(&answer).await;
        assert_eq!(page.status, status, "{sent:?}");
        assert_eq!(world.token_requests(), u64::from(status == 303));
        if status == 400 {
            assert_failure(&page, 400, "wrong_issuer");
        }
    }
}

pub(super) async fn c15_only_get_redeems(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let answer = world.approve(&location, "alex").await;
    let target = answer.strip_prefix(APP).unwrap();
    let url = Url::parse(&answer).unwrap();
    let cookies = world
        .browser
        .jar()
        .header(&url, crate::browser::Context::SameSite)
        .unwrap();
    for (method, purpose, status) in [
        ("POST", None, 405),
        ("HEAD", None, 405),
        ("PUT", None, 405),
        ("GET", Some("prefetch"), 401),
    ] {
        let mut request = RawRequest::new(method, target)
            .with_header("host", "app.example")
            .with_header("accept", "text/html")
            .with_header("cookie", &cookies);
        if let Some(purpose) = purpose {
            request = request.with_header("sec-purpose", purpose);
        }
        let response = world.raw(request).await;
        assert_eq!(response.status, status, "{method}");
        assert_eq!(response.header("set-cookie"), None, "{method}");
    }
    assert_eq!(world.token_requests(), 0);
    assert_eq!(tab.visit(&answer).await.text(), "user=alex");
}

pub(super) async fn c17_a_login_of_another_provider_is_refused(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let answer = world.approve(&location, "alex").await;
    let redirect_uri = format!("{APP}/auth/callback");
    let other = fncy_dev_server::DevServer::builder()
        .redirect_uri(&redirect_uri)
        .start()
        .unwrap();
    world.serve(
        usual(&other, &redirect_uri)
            .clock(world.clock())
            .build()
            .unwrap(),
    );
    let page = tab.get(&answer).await;
    assert_failure(&page, 400, "wrong_provider");
    assert_eq!(
        other.request_count(Endpoint::Token) + world.token_requests(),
        0
    );
}

pub(super) async fn c18_another_user_replaces_the_session_wholly(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/", "alex").await;
    let first = world
        .browser
        .jar()
        .get("__Host-fncy_session")
        .cloned()
        .unwrap();
    for (user, revocations) in [("alex", 0), ("jun", 1)] {
        let location = world.start(&mut tab, "/auth/login?return_to=/page").await;
        let answer = world.approve(&location, user).await;
        let page = tab.visit(&answer).await;
        assert_eq!(page.text(), format!("user={user}"));
        assert_eq!(world.provider.request_count(Endpoint::Revoke), revocations);
    }
    let second = world
        .browser
        .jar()
        .get("__Host-fncy_session")
        .cloned()
        .unwrap();
    assert_ne!(first.value(), second.value());
    let revoked = &world.provider.requests(Endpoint::Revoke)[0];
    assert_eq!(revoked.status, Some(200));
}

pub(super) async fn c19_a_login_survives_a_rotation(harness: Harness) {
    let new = "a-new-secret-that-nobody-has-guessed-before-0123";
    let redirect_uri = format!("{APP}/auth/callback");
    for (secrets, is_kept) in [
        (format!("{new},{}", crate::world::COOKIE_SECRET), true),
        (new.to_owned(), false),
    ] {
        let world = World::new(harness);
        let mut tab = world.tab();
        let location = world.start(&mut tab, "/page").await;
        let answer = world.approve(&location, "alex").await;
        let rotated = usual(&world.provider, &redirect_uri)
            .set(Setting::CookieSecret, secrets)
            .clock(world.clock());
        world.serve(rotated.build().unwrap());
        let page = tab.get(&answer).await;
        if is_kept {
            assert_eq!(page.status, 303);
            assert_eq!(tab.follow(&page).await.text(), "user=alex");
        } else {
            assert_failure(&page, 400, "login_expired");
        }
    }
}

pub(super) async fn no_cookie_at_all_names_the_likely_causes(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let answer = world.approve(&location, "alex").await;
    world.browser.jar().clear();
    let page = tab.get(&answer).await;
    assert_failure(&page, 400, "login_cookie_missing");
    assert!(page.text().contains("Cookies may be blocked"));
}

pub(super) async fn failures_of_the_provider_end_on_their_page(harness: Harness) {
    let json = |status, body: &str| Fault::json(status, body);
    let tokens = r#"{"access_token":"at-of-a-test","token_type":"bearer","expires_in":60}"#;
    for (endpoint, fault, status, code) in [
        (
            Endpoint::Token,
            Fault::status(500),
            503,
            "provider_unavailable",
        ),
        (
            Endpoint::Token,
            Fault::status(429).header("retry-after", "7"),
            503,
            "provider_unavailable",
        ),
        (
            Endpoint::Token,
            Fault::lost_answer(),
            503,
            "provider_unavailable",
        ),
        (
            Endpoint::Token,
            json(200, "<html>"),
            502,
            "invalid_response",
        ),
        (
            Endpoint::Token,
            json(200, tokens).header("content-encoding", "gzip"),
            502,
            "invalid_response",
        ),
        (
            Endpoint::Token,
            json(302, "{}").header("location", "http://127.0.0.1:1/"),
            502,
            "invalid_response",
        ),
        (
            Endpoint::Token,
            json(200, r#"{"access_token":"a b"}"#),
            502,
            "invalid_response",
        ),
        (
            Endpoint::Token,
            json(200, r#"{"access_token":"at-of-a-test","expires_in":0}"#),
            502,
            "token_expired",
        ),
        (
            Endpoint::Token,
            json(400, r#"{"error":"invalid_grant"}"#),
            400,
            "login_expired",
        ),
        (
            Endpoint::Token,
            json(401, r#"{"error":"invalid_client"}"#),
            500,
            "client_rejected",
        ),
        (
            Endpoint::Token,
            json(400, r#"{"error":"invalid_request"}"#),
            502,
            "provider_refused",
        ),
        (
            Endpoint::UserData,
            Fault::status(401),
            502,
            "user_data_refused",
        ),
        (
            Endpoint::UserData,
            Fault::status(503),
            503,
            "provider_unavailable",
        ),
        (
            Endpoint::UserData,
            json(200, r#"{"name":"x"}"#),
            502,
            "user_id_missing",
        ),
        (
            Endpoint::UserData,
            json(200, &format!(r#"{{"id":"{}"}}"#, "x".repeat(300_000))),
            502,
            "invalid_response",
        ),
    ] {
        let world = World::new(harness);
        let mut tab = world.tab();
        let location = world.start(&mut tab, "/page").await;
        let answer = world.approve(&location, "alex").await;
        world.provider.fault(endpoint, fault);
        let page = tab.get(&answer).await;
        assert_failure(&page, status, code);
        assert_eq!(
            page.header("retry-after").is_some(),
            status == 503,
            "{code}"
        );
        assert_eq!(world.cookies("__Host-"), [""; 0], "{code}");
        assert_eq!(page.links()[0].href, "/auth/login?return_to=%2Fpage");
        assert!(world.logged().contains(code));
    }
}
