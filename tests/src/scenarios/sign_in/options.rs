//! The options of one sign-in, in a link and in a handler (row S1).

use fncy_login::{LoginBuilder, SignInOptions};
use serde_json::Value;

use crate::browser::{RawRequest, RawResponse};
use crate::harness::Harness;
use crate::steps::callback::{assert_failure, query};
use crate::steps::session::{page_request, page_with, post, signed_in};
use crate::world::{APP, World};

/// An intent with each option. `/start` is for visitors too.
fn calendar(builder: LoginBuilder) -> LoginBuilder {
    let options = SignInOptions::new()
        .scope("calendar.read")
        .login_hint("alex@example.com")
        .ui_locales("ko en")
        .prompt("consent")
        .param("tenant", "acme & co")
        .return_to("/calendar");
    builder
        .scopes(["profile", "email"])
        .authorize_params([("tenant", "none"), ("other", "stays")])
        .intent("calendar", options)
        .public_path("/start")
}

fn world(harness: Harness) -> World {
    World::with(harness, |setup| {
        setup.login = Box::new(calendar);
        setup.is_public = true;
    })
}

fn names(location: &str) -> Vec<String> {
    let url = url::Url::parse(location).unwrap();
    let mut names: Vec<_> = url
        .query_pairs()
        .map(|(name, _)| name.into_owned())
        .collect();
    names.sort_unstable();
    names
}

pub(super) async fn s01_options_that_cannot_be_sent_are_sentences(harness: Harness) {
    let world = world(harness);
    for (name, options, sentence) in [
        (
            "a b",
            SignInOptions::new(),
            "The name of the intent \"a b\" is not plain; write letters",
        ),
        (
            "calendar",
            SignInOptions::new(),
            "The intent \"calendar\" is there twice",
        ),
        (
            "x",
            SignInOptions::new().param("state", "x"),
            "The intent \"x\" can't be used: the parameter \"state\" is set by the login itself; leave it out.",
        ),
        (
            "x",
            SignInOptions::new().param("prompt", "x"),
            "call `SignInOptions::prompt`",
        ),
        (
            "x",
            SignInOptions::new().scope("a\"b"),
            "\"a\\\"b\" is not a valid scope",
        ),
        (
            "x",
            SignInOptions::new().login_hint("x".repeat(3_000)),
            "the options have 3010 bytes",
        ),
    ] {
        let error = calendar(world.usual()).intent(name, options).build();
        let error = error.unwrap_err().to_string();
        assert!(error.contains(sentence), "{error}");
    }
    let response = world.raw(page_request("/start?code_challenge=x")).await;
    assert_eq!(response.status, 500);
    assert_eq!(response.header("location"), None);
    let line = "a handler asked for a sign-in that can't be sent";
    assert!(world.logged().contains(line));
}

pub(super) async fn s01_an_unknown_intent_is_a_page(harness: Harness) {
    let world = world(harness);
    for query in [
        "with=other",
        "with=",
        "with=calendar&with=calendar",
        "with=calendar&with=other",
        "max_age=",
        "max_age=soon",
        "max_age=-1",
        "max_age=%2B1",
        "max_age=99999999999",
        "max_age=1&max_age=1",
    ] {
        let target = format!("/auth/login?{query}&return_to=/page");
        let page = world.tab().get(&format!("{APP}{target}")).await;
        assert_failure(&page, 400, "unknown_intent");
        assert_eq!(page.header("set-cookie"), None, "{query}");
        assert_eq!(page.links()[0].href, "/auth/login?return_to=%2Fpage");
        let request = RawRequest::new("GET", &target).with_header("host", "app.example");
        let told = world.raw(request).await;
        assert_eq!(told.status, 400);
        assert!(
            told.text().contains(r#""code":"unknown_intent""#),
            "{query}"
        );
    }
    // A name is compared after its escapes.
    let request = page_request("/auth/login?with=%63alendar");
    assert_eq!(world.raw(request).await.status, 303);
}

pub(super) async fn s01_a_link_passes_on_what_its_intent_names(harness: Harness) {
    let world = world(harness);
    let mut tab = world.tab();
    let others = "tenant=evil&scope=admin&prompt=none&login_hint=evil&ui_locales=en&state=x&client_id=y&acr_values=z";
    let plain = world
        .start(&mut tab, &format!("/auth/login?{others}"))
        .await;
    assert_eq!(query(&plain, "scope"), "profile email");
    assert_eq!(query(&plain, "tenant"), "none");
    let location = world
        .start(&mut tab, &format!("/auth/login?with=calendar&{others}"))
        .await;
    for (name, value) in [
        ("scope", "calendar.read email profile"),
        ("login_hint", "alex@example.com"),
        ("ui_locales", "ko en"),
        ("prompt", "consent"),
        ("tenant", "acme & co"),
        ("other", "stays"),
    ] {
        assert_eq!(query(&location, name), value);
    }
    let mut expected = names(&plain);
    expected.extend(["login_hint", "prompt", "ui_locales"].map(str::to_owned));
    expected.sort_unstable();
    assert_eq!(names(&location), expected);
    for (path, lands_on) in [
        ("/auth/login?with=calendar", "/calendar"),
        ("/auth/login?with=calendar&return_to=/page", "/page"),
    ] {
        let mut tab = world.stranger().tab();
        let location = world.start(&mut tab, path).await;
        let answer = world.provider.approve(&location, "alex").unwrap();
        let page = tab.visit(&answer).await;
        assert_eq!(page.url.path(), lands_on);
    }
}

pub(super) async fn s01_a_handlers_options_reach_the_provider(harness: Harness) {
    let world = world(harness);
    let target = "/start?scope=calendar.read&login_hint=jun&ui_locales=ko&prompt=login&max_age=60&tenant=a%26b&return_to=/after%3Fx%3D1";
    // A visitor: the setting's scopes and more.
    let mut tab = world.tab();
    let location = world.start(&mut tab, target).await;
    assert_eq!(query(&location, "scope"), "calendar.read email profile");
    for (name, value) in [
        ("login_hint", "jun"),
        ("ui_locales", "ko"),
        ("prompt", "login"),
        ("max_age", "60"),
        ("tenant", "a&b"),
    ] {
        assert_eq!(query(&location, name), value);
    }
    let answer = world.provider.approve(&location, "jun").unwrap();
    let page = tab.visit(&answer).await;
    assert_eq!(page.url.as_str(), format!("{APP}/after?x=1"));
    assert_eq!(page.text(), "user=jun");
    // An address of another origin is none.
    let location = world
        .start(&mut tab, "/start?return_to=//evil.example")
        .await;
    let answer = world.provider.approve(&location, "jun").unwrap();
    assert_eq!(tab.visit(&answer).await.url.path(), "/");
    // Without an address, the sign-in ends at the page itself.
    let location = world.start(&mut tab, "/start?prompt=login").await;
    let answer = world.provider.approve(&location, "jun").unwrap();
    let page = tab.get(&answer).await;
    assert_eq!(page.location().unwrap().path(), "/start");
}

pub(super) async fn s01_a_handlers_sign_in_is_no_endless_loop(harness: Harness) {
    let world = world(harness);
    let mut tab = world.tab();
    for _ in 0..3 {
        let location = world.start(&mut tab, "/start?tenant=a").await;
        let answer = world.provider.approve(&location, "alex").unwrap();
        assert_eq!(tab.get(&answer).await.status, 303);
        world.browser.jar().remove("__Host-fncy_session");
    }
    let page = tab.get(&format!("{APP}/start?tenant=a")).await;
    assert_failure(&page, 400, "login_loop");
    world.advance(60);
    world.start(&mut tab, "/start?tenant=a").await;
}

pub(super) async fn s01_each_kind_of_request_is_told_the_address(harness: Harness) {
    let world = world(harness);
    signed_in(&world).await;
    let cookies = world.cookie_header();
    let target = "/start?scope=calendar.read";
    let by_page = page_with(target, &cookies).with_header("sec-fetch-site", "same-origin");
    let by_page = world.raw(by_page).await;
    assert_eq!(by_page.status, 303);
    let by_form = post(target, &cookies).with_header("accept", "text/html");
    let by_form = world.raw(by_form).await;
    assert_eq!(by_form.status, 303);
    let script = || {
        RawRequest::new("GET", target)
            .with_header("host", "app.example")
            .with_header("cookie", &cookies)
            .with_header("sec-fetch-site", "same-origin")
    };
    let by_htmx = world.raw(script().with_header("hx-request", "true")).await;
    let by_inertia = world.raw(script().with_header("x-inertia", "true")).await;
    let by_script = world
        .raw(script().with_header("accept", "application/json"))
        .await;
    assert_eq!(
        (by_htmx.status, by_inertia.status, by_script.status),
        (401, 409, 401)
    );
    let json: Value = serde_json::from_slice(&by_script.body).unwrap();
    let frame = page_with(target, &cookies)
        .with_header("sec-fetch-mode", "navigate")
        .with_header("sec-fetch-dest", "iframe")
        .with_header("sec-fetch-site", "same-origin");
    let by_frame = world.raw(frame).await;
    assert_eq!(by_frame.status, 401);
    assert!(by_frame.text().contains("target=\"_top\""));
    let header = |response: &RawResponse, name| response.header(name).unwrap().to_owned();
    for (response, location) in [
        (&by_page, header(&by_page, "location")),
        (&by_form, header(&by_form, "location")),
        (&by_htmx, header(&by_htmx, "hx-redirect")),
        (&by_inertia, header(&by_inertia, "x-inertia-location")),
        (&by_script, json["login_url"].as_str().unwrap().to_owned()),
    ] {
        assert!(
            location.starts_with(world.provider.base_url()),
            "{location}"
        );
        assert_eq!(query(&location, "scope"), "calendar.read email profile");
        assert!(header(response, "set-cookie").starts_with("__Host-fncy_login_"));
    }
    // A link of an intent stays one for a script.
    let link = RawRequest::new("GET", "/auth/login?with=calendar&max_age=5")
        .with_header("host", "app.example");
    let json: Value = serde_json::from_slice(&world.raw(link).await.body).unwrap();
    let login_url = json["login_url"].as_str().unwrap();
    assert_eq!(
        login_url,
        "/auth/login?return_to=%2F&with=calendar&max_age=5"
    );
}
