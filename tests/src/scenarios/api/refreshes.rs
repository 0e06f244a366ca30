//! The tokens are refreshed once for all calls that FNCY's API refuses, and each response brings the new cookie (row T1).

use std::collections::HashSet;
use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::{BearerCheck, RefreshedLogin, Refusal, Setting};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::browser::{Backend as _, RawRequest, RawResponse};
use crate::harness::{Harness, Served};
use crate::steps::api::{Api, session_of, token_of};
use crate::steps::session::{LIFE, page_with, refreshes, request, sets_session, signed_in};
use crate::store::Store;
use crate::world::wire_provider::{Wire, WireProvider};
use crate::world::{APP, SCRIPTED, World};

/// The time until an old copy is outdated, in these scenarios.
const SHORTLY: Duration = Duration::from_millis(100);

/// Two instances with one store, and a signed-in user.
struct Two {
    api: Api,
    store: Store,
    world: World,
    other: Served,
}

impl Two {
    async fn new(harness: Harness) -> Self {
        let (api, store) = (Api::start(), Store::default());
        let (first, second) = (store.instance(), store.instance());
        let world = api.world(harness, |builder| builder.store(first));
        let other = world.instance(|builder| builder.store(second).api_origin(api.origin()));
        signed_in(&world).await;
        Self {
            api,
            store,
            world,
            other,
        }
    }

    /// Sends a hundred requests with the browser's session, every other one to the second instance.
    fn hundred(&self, target: &str) -> JoinSet<RawResponse> {
        let asked = request(&self.world, target);
        let instances = [self.world.app(), self.other.clone()];
        let mut requests = JoinSet::new();
        for app in instances.iter().cycle().take(100) {
            let (app, asked) = (app.clone(), asked.clone());
            requests.spawn(async move { app.send(asked).await });
        }
        requests
    }

    /// Each response has an order and the cookie of the new tokens, which the API has not refused.
    async fn all_succeed(&self, mut requests: JoinSet<RawResponse>, old: &str) {
        let mut tokens = HashSet::new();
        while let Some(response) = requests.join_next().await {
            let response = response.unwrap();
            assert_eq!(response.text(), "200 an order");
            tokens.insert(token_of(&self.world, session_of(&response)).await);
        }
        assert_eq!(refreshes(&self.world), 1);
        let [new] = tokens.into_iter().collect::<Vec<_>>().try_into().unwrap();
        assert_ne!(new, old);
        assert_eq!(self.api.asked_with(&new), 100);
    }
}

pub(super) async fn t01_a_hundred_refused_calls_are_one_refresh(harness: Harness) {
    let two = Two::new(harness).await;
    let old = token_of(&two.world, two.world.cookie_header()).await;
    two.api.refuse(&old);
    let requests = two.hundred(&two.api.step("get", "/orders"));
    two.all_succeed(requests, &old).await;
    assert_eq!(two.api.asked_with(&old), 100, "each is tried once more");
}

pub(super) async fn t01_a_hundred_calls_at_expiry_are_one_refresh(harness: Harness) {
    let two = Two::new(harness).await;
    let old = token_of(&two.world, two.world.cookie_header()).await;
    let target = format!("/api?wait=3000&{}", two.api.more("get", "/orders"));
    let requests = two.hundred(&target);
    while two
        .world
        .calls
        .all()
        .iter()
        .filter(|call| call.path == "/api")
        .count()
        < 100
    {
        sleep(Duration::from_millis(10)).await;
    }
    two.world.advance(LIFE + 1);
    two.all_succeed(requests, &old).await;
    assert_eq!(two.api.asked_with(&old), 0, "an expired token is not sent");
}

pub(super) async fn t01_newer_tokens_are_taken_without_an_exchange(harness: Harness) {
    let Two {
        api, world, other, ..
    } = Two::new(harness).await;
    let calls = request(&world, &api.step("get", "/orders"));
    let first = token_of(&world, world.cookie_header()).await;
    api.refuse(&first);
    let answer = world.raw(calls.clone()).await;
    let second = token_of(&world, session_of(&answer)).await;
    for app in [&world.app(), &other] {
        let late = app.send(calls.clone()).await;
        assert_eq!(late.text(), "200 an order");
        assert_eq!(token_of(&world, session_of(&late)).await, second);
    }
    assert_eq!(refreshes(&world), 1);
    // Of several newer generations, the newest is taken.
    api.refuse(&second);
    let target = api.step("get", "/orders");
    let answer = other.send(page_with(&target, session_of(&answer))).await;
    assert_eq!(answer.text(), "200 an order");
    for app in [&world.app(), &other] {
        let late = app.send(calls.clone()).await;
        assert_eq!(late.text(), "200 an order");
    }
    assert_eq!((refreshes(&world), api.asked_with(&second)), (2, 4));
}

pub(super) async fn t01_an_old_copy_uses_no_refresh_token(harness: Harness) {
    let Two {
        api,
        store,
        world,
        other,
    } = Two::new(harness).await;
    store.outdates_after(SHORTLY);
    let calls = request(&world, &api.step("get", "/orders"));
    api.refuse(&token_of(&world, world.cookie_header()).await);
    let answer = world.raw(calls.clone()).await;
    token_of(&world, session_of(&answer)).await;
    sleep(2 * SHORTLY).await;
    for app in [&world.app(), &other] {
        let copy = app.send(calls.clone()).await;
        assert_eq!(copy.status, 303, "{}", copy.text());
        assert!(!sets_session(&copy));
    }
    assert_eq!(refreshes(&world), 1);
    // The owner's session goes on.
    token_of(&world, session_of(&answer)).await;
}

pub(super) async fn t01_a_change_of_the_same_request_stays(harness: Harness) {
    let api = Api::start();
    let world = api.world(harness, |builder| builder);
    let mut tab = signed_in(&world).await;
    let call = api.more("get", "/orders");
    for target in [
        format!("/api?set=red&{call}&set=blue"),
        format!("/api?set=blue&{call}"),
    ] {
        let old = token_of(&world, world.cookie_header()).await;
        api.refuse(&old);
        assert_eq!(
            tab.get(&format!("{APP}{target}")).await.text(),
            "200 an order"
        );
        let next = tab.get(&format!("{APP}/session")).await;
        assert_eq!(next.text(), "Alex Martin blue");
        assert_ne!(token_of(&world, world.cookie_header()).await, old);
    }
    // Without a change, an accepted call brings no cookie.
    let accepted = tab
        .get(&format!("{APP}{}", api.step("get", "/orders")))
        .await;
    assert_eq!(accepted.header("set-cookie"), None);
    // A client of the handler's own asks for tokens.
    assert_eq!(
        tab.get(&format!("{APP}/api?refresh")).await.text(),
        "refreshed"
    );
    assert_eq!(refreshes(&world), 3);
}

pub(super) async fn t01_a_change_of_another_request_keeps_the_new_tokens(harness: Harness) {
    let api = Api::start();
    let world = api.world(harness, |builder| builder);
    signed_in(&world).await;
    let old = token_of(&world, world.cookie_header()).await;
    api.refuse(&old);
    let (app, slow) = (world.app(), request(&world, "/session?wait=500&set=red"));
    let slow = tokio::spawn(async move { app.send(slow).await });
    sleep(Duration::from_millis(200)).await;
    let call = request(&world, &api.step("get", "/orders"));
    let called = world.raw(call).await;
    let slow = slow.await.unwrap();
    assert_eq!(slow.text(), "Alex Martin red");
    let [new, same] = [&called, &slow].map(session_of);
    let (new, same) = (token_of(&world, new).await, token_of(&world, same).await);
    assert_eq!(new, same);
    assert_ne!(new, old);
}

pub(super) async fn t01_a_cookie_from_before_more_scopes_uses_no_refresh_token(harness: Harness) {
    let api = Api::start();
    let world = api.world(harness, |builder| builder.scopes(["profile"]));
    let mut tab = signed_in(&world).await;
    let old = world.cookie_header();
    api.refuse(&token_of(&world, &old).await);
    let location = world
        .start_by_link(&mut tab, "/start?scope=calendar.read")
        .await;
    let callback = world.provider.approve(&location, "alex").unwrap();
    tab.visit(&callback).await;
    let sign_ins = world.token_requests();
    let target = format!("/api?caught&{}", api.more("get", "/orders"));
    let late = world.raw(page_with(&target, &old)).await;
    assert_eq!(late.text(), "Api(SessionEnded)");
    assert!(!sets_session(&late));
    assert_eq!(world.token_requests(), sign_ins);
}

/// A provider that gives all users the same tokens.
pub(super) async fn t01_tokens_of_another_user_end_the_session(harness: Harness) {
    let (api, world) = (Api::start(), World::new(harness));
    let body = format!(
        r#"{{"access_token":"a-{SCRIPTED}","refresh_token":"r-{SCRIPTED}","token_type":"Bearer","expires_in":300}}"#
    );
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    let tokens = WireProvider::start(Wire::bytes(head + &body));
    let login = world.usual().set(Setting::TokenUrl, tokens.url());
    world.serve(login.api_origin(api.origin()).build().unwrap());
    api.refuse_all(true);
    let mut answers = Vec::new();
    for user in ["alex", "jun"] {
        let data = Fault::status(200).json(&format!(r#"{{"sub":"{user}"}}"#));
        world.provider.fault(Endpoint::UserData, data);
        let browser = world.stranger();
        let mut tab = browser.tab();
        world.visit_and_sign_in(&mut tab, "/page", user).await;
        let target = format!("{APP}/api?caught&{}", api.more("get", "/orders"));
        answers.push(tab.get(&target).await.text().into_owned());
        world.provider.clear_faults();
    }
    assert_eq!(answers, ["Api(Refused)", "Api(SessionEnded)"]);
}

pub(super) async fn t01_a_hook_that_refuses_ends_the_session(harness: Harness) {
    let api = Api::start();
    let world = api.world(harness, |builder| {
        builder.on_refresh(async |login: RefreshedLogin| {
            assert_eq!(login.request().path(), "/api");
            Err(Refusal::new("You have left."))
        })
    });
    signed_in(&world).await;
    api.refuse(&token_of(&world, world.cookie_header()).await);
    let caught = format!("/api?caught&{}", api.more("get", "/orders"));
    let caught = world.raw(request(&world, &caught)).await;
    assert_eq!(caught.text(), "Api(SessionEnded)");
    assert!(!sets_session(&caught));
    let next = world
        .raw(request(&world, &api.step("get", "/orders")))
        .await;
    assert_eq!(next.status, 303);
    world.until_revocations(1).await;
}

pub(super) async fn t01_a_bearer_token_is_not_refreshed(harness: Harness) {
    let (api, world) = (Api::start(), World::new(harness));
    signed_in(&world).await;
    let token = token_of(&world, world.cookie_header()).await;
    let check = BearerCheck::introspection(world.provider.url(Endpoint::Introspect));
    let check = check.client(world.provider.client_id());
    let app = world.instance(|builder| {
        let builder = builder.api_origin(api.origin());
        builder.bearer_prefix("/api", check)
    });
    let call = RawRequest::new("GET", &api.step("get", "/orders"))
        .with_header("host", "app.example")
        .with_header("authorization", format!("Bearer {token}"));
    let answer = app.send(call.clone()).await;
    assert_eq!(answer.text(), "200 an order");
    assert_eq!(api.asked_with(&token), 1);
    api.refuse(&token);
    let refused = app.send(call).await;
    assert_eq!(refused.status, 401);
    let challenge = refused.header("www-authenticate").unwrap();
    assert!(
        challenge.contains(r#"error="invalid_token""#),
        "{challenge}"
    );
    assert_eq!(refused.header("set-cookie"), None);
    assert_eq!((api.asked().len(), refreshes(&world)), (2, 0));
}
