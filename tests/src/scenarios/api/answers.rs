//! What a handler and its user get of FNCY's API (row T2).

use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::browser::{Backend as _, RawRequest};
use crate::harness::Harness;
use crate::steps::api::{Api, session_of, token_of};
use crate::steps::session::{
    LIFE, clears_session, page_with, refreshes, request, sets_session, signed_in,
};
use crate::world::{APP, SCRIPTED, World};

/// A world with an API and a signed-in user.
async fn called(harness: Harness) -> (Api, World) {
    let api = Api::start();
    let world = api.world(harness, |builder| builder);
    signed_in(&world).await;
    (api, world)
}

pub(super) async fn t02_a_second_401_is_our_sign_in(harness: Harness) {
    let (api, world) = called(harness).await;
    let target = api.step("get", "/orders");
    api.refuse_all(true);
    world.advance(60);
    let page = world.raw(request(&world, &target)).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let location = page.header("location").unwrap();
    assert!(location.starts_with(world.provider.base_url()));
    assert!(sets_session(&page), "the new cookie leaves all the same");
    assert_eq!((api.asked().len(), refreshes(&world)), (2, 1));

    let script = RawRequest::new("GET", &target)
        .with_header("host", "app.example")
        .with_header("cookie", session_of(&page))
        .with_header("accept", "application/json");
    let script = world.raw(script).await;
    assert_eq!(script.status, 401);
    assert!(
        script.text().contains(r#""login_url":"/auth/login"#),
        "{}",
        script.text()
    );
    // The session is not over.
    api.refuse_all(false);
    let again = world.raw(page_with(&target, session_of(&script))).await;
    assert_eq!(again.text(), "200 an order");
}

pub(super) async fn t02_an_api_that_refuses_everything_is_no_loop(harness: Harness) {
    let (api, world) = called(harness).await;
    let target = api.step("get", "/orders");
    api.refuse_all(true);
    world.advance(60);
    let mut tab = world.tab();
    let location = world.start(&mut tab, &target).await;
    let callback = world.approve(&location, "alex").await;
    let page = tab.visit(&callback).await;
    assert_eq!(page.status, 401, "{}", page.text());
    assert!(
        page.text()
            .contains(&format!("/auth/login?return_to={}", escaped(&target)))
    );
    assert!(
        world
            .logged()
            .contains("refuses a token that was just refreshed")
    );
    let other = tab.get(&format!("{APP}/page")).await;
    assert_eq!(other.text(), "user=alex", "other pages go on");
}

fn escaped(target: &str) -> String {
    form_urlencoded::byte_serialize(target.as_bytes()).collect()
}

pub(super) async fn t02_other_answers_are_passed_on(harness: Harness) {
    let (api, world) = called(harness).await;
    for (path, answer) in [
        ("/status/403", "403 said the API"),
        ("/status/404", "404 said the API"),
        ("/status/500", "500 said the API"),
        ("/status/503", "503 said the API"),
        ("/elsewhere", "302 "),
        ("/orders?a=b%20c", "200 an order"),
    ] {
        let passed = world.raw(request(&world, &api.step("get", path))).await;
        assert_eq!(passed.text(), answer);
        assert_eq!(passed.header("set-cookie"), None);
    }
    assert_eq!((api.asked().len(), refreshes(&world)), (6, 0));
}

pub(super) async fn t02_another_origin_is_refused_before_a_token_is_attached(harness: Harness) {
    let (other, (api, world)) = (Api::start(), called(harness).await);
    let refused = world
        .raw(request(&world, &other.step("get", "/orders")))
        .await;
    assert_eq!(refused.status, 500);
    assert_eq!(refused.text(), "");
    let relative = world.raw(request(&world, "/api?caught&get=/orders")).await;
    assert_eq!(relative.text(), "Api(OtherOrigin)");
    assert!(world.logged().contains("`api_origin`"));
    assert_eq!((api.asked().len(), other.asked().len()), (0, 0));
}

pub(super) async fn t02_a_header_of_the_login_is_refused(harness: Harness) {
    let (api, world) = called(harness).await;
    for name in ["Authorization", "cookie", "HOST", "content-length"] {
        let target = format!("/api?header={name}&{}", api.more("get", "/orders"));
        let refused = world.raw(request(&world, &target)).await;
        assert_eq!(refused.status, 500, "{name}");
    }
    assert_eq!(api.asked().len(), 0);
    let target = format!("/api?header=x-shop&{}", api.more("get", "/orders"));
    let passed = world.raw(request(&world, &target)).await;
    assert_eq!(passed.text(), "200 an order");
}

pub(super) async fn t02_without_an_answer_it_is_a_503(harness: Harness) {
    let (api, world) = called(harness).await;
    let began = Instant::now();
    let hangs = world.raw(request(&world, &api.step("get", "/hangs"))).await;
    assert_eq!(hangs.status, 503);
    assert_eq!(hangs.header("retry-after"), Some("1"));
    assert!(hangs.text().contains("<code>provider_unavailable</code>"));
    let took = began.elapsed().as_secs();
    assert!((9..15).contains(&took), "{took}");
    // The API refuses the token, and the token endpoint is down.
    api.refuse_all(true);
    let down = Fault::status(503).header("retry-after", "7");
    world.provider.fault(Endpoint::Token, down);
    let target = api.step("get", "/orders");
    let down = world.raw(request(&world, &target)).await;
    assert_eq!((down.status, down.header("retry-after")), (503, Some("7")));
    assert!(!sets_session(&down) && !clears_session(&down));
    world.provider.clear_faults();
    api.refuse_all(false);
    let origin = api.origin().to_owned();
    drop(api);
    sleep(Duration::from_millis(200)).await;
    let gone = world.raw(request(&world, &target)).await;
    assert_eq!(gone.status, 503, "{origin}: {}", gone.text());
}

pub(super) async fn t02_a_long_answer_is_a_502(harness: Harness) {
    let api = Api::start();
    let world = api.world(harness, |builder| builder.api_answer_limit(1_000));
    signed_in(&world).await;
    let fits = world
        .raw(request(&world, &api.step("get", "/large/1000")))
        .await;
    assert_eq!(fits.status, 200);
    let long = world
        .raw(request(&world, &api.step("get", "/large/1001")))
        .await;
    assert_eq!(long.status, 502);
    assert!(long.text().contains("<code>invalid_response</code>"));
}

pub(super) async fn t02_each_user_has_their_own_token(harness: Harness) {
    let (api, world) = called(harness).await;
    let alex = world.cookie_header();
    let browser = world.stranger();
    world
        .visit_and_sign_in(&mut browser.tab(), "/page", "jun")
        .await;
    let url = url::Url::parse(APP).unwrap();
    let context = crate::browser::Context::SameSite;
    let jun = browser.jar().header(&url, context).unwrap();
    api.refuse(&token_of(&world, &alex).await);
    api.refuse(&token_of(&world, &jun).await);
    let mut requests = JoinSet::new();
    for number in 0..40 {
        let (user, cookies) = if number % 2 == 0 {
            ("alex", &alex)
        } else {
            ("jun", &jun)
        };
        let request = page_with(&api.step("get", &format!("/of-{user}")), cookies);
        let app = world.app();
        requests.spawn(async move { (user, app.send(request).await) });
    }
    let mut tokens = std::collections::HashSet::new();
    while let Some(answered) = requests.join_next().await {
        let (user, response) = answered.unwrap();
        assert_eq!(response.text(), "200 an order");
        let token = token_of(&world, session_of(&response)).await;
        let with = api.asked().into_iter().filter(|asked| asked.token == token);
        assert!(with.clone().count() > 0);
        assert!(
            with.into_iter()
                .all(|asked| asked.path == format!("/of-{user}"))
        );
        tokens.insert((user, token));
    }
    assert_eq!(tokens.len(), 2);
}

pub(super) async fn t02_calls_that_hang_delay_no_refresh(harness: Harness) {
    let (api, world) = called(harness).await;
    let browser = world.stranger();
    let mut jun = browser.tab();
    world.visit_and_sign_in(&mut jun, "/page", "jun").await;
    let mut hanging = JoinSet::new();
    for _ in 0..40 {
        let (app, request) = (world.app(), request(&world, &api.step("get", "/hangs")));
        hanging.spawn(async move { app.send(request).await });
    }
    while api.asked().len() < 8 {
        sleep(Duration::from_millis(10)).await;
    }
    let began = Instant::now();
    let call = jun
        .get(&format!("{APP}{}", api.step("get", "/orders")))
        .await;
    assert_eq!(
        call.text(),
        "200 an order",
        "one user's calls leave room for others"
    );
    world.advance(LIFE + 1);
    assert_eq!(
        world.raw(request(&world, "/page")).await.text(),
        "user=alex"
    );
    let stranger = world.stranger();
    let page = world
        .visit_and_sign_in(&mut stranger.tab(), "/page", "haneul")
        .await;
    assert_eq!(page.text(), "user=haneul");
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(
        api.asked()
            .iter()
            .filter(|asked| asked.path == "/hangs")
            .count(),
        8
    );
    hanging.abort_all();
}

pub(super) async fn t02_an_error_says_which_it_is(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.sign_in_only());
    });
    let mut tab = signed_in(&world).await;
    let discarded = tab.get(&format!("{APP}/api?caught")).await;
    assert_eq!(discarded.status, 500);
    assert!(discarded.text().contains("<code>tokens_discarded</code>"));

    let api = Api::start();
    let world = api.world(harness, |builder| builder);
    let token =
        format!(r#"{{"access_token":"{SCRIPTED}","token_type":"Bearer","expires_in":300}}"#);
    let token = Fault::status(200).json(&token);
    world.provider.fault(Endpoint::Token, token.once());
    let user = Fault::status(200).json(r#"{"sub":"alex"}"#);
    world.provider.fault(Endpoint::UserData, user.once());
    let mut tab = signed_in(&world).await;
    api.refuse_all(true);
    let caught = format!("{APP}/api?caught&{}", api.more("get", "/orders"));
    assert_eq!(tab.get(&caught).await.text(), "Api(NotRefreshable)");
    assert_eq!((api.asked().len(), refreshes(&world)), (1, 0));

    let api = Api::start();
    let world = api.world(harness, |builder| builder.public_path("/api"));
    world.resends("a failed exchange is tried again");
    let mut tab = signed_in(&world).await;
    let caught = format!("{APP}/api?caught&{}", api.more("get", "/orders"));
    api.refuse_all(true);
    assert_eq!(tab.get(&caught).await.text(), "Api(Refused)");
    let down = Fault::status(503);
    world.provider.fault(Endpoint::Token, down.once());
    assert_eq!(
        tab.get(&caught).await.text(),
        "Api(Unavailable { retry_after: 1 })"
    );
    sleep(Duration::from_millis(1_100)).await;
    let refused = Fault::status(400).json(r#"{"error":"invalid_grant"}"#);
    world.provider.fault(Endpoint::Token, refused.once());
    assert_eq!(tab.get(&caught).await.text(), "Api(Refused)");
    world.advance(LIFE + 1);
    let expired = tab.get(&caught).await;
    assert_eq!(expired.status, 401);
    assert!(expired.text().contains("<code>tokens_expired</code>"));
}
