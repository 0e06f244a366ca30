//! The application's own tokens (RFC 6749, section 4.4).

use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault, TokenBody};
use fncy_login::Setting;
use fncy_login::client_token::{ClientToken, ClientTokenError, ClientTokenErrorKind};
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::harness::Harness;
use crate::world::World;

const WORD: &str = "client_credentials";

async fn ask(world: &World) -> Result<ClientToken, ClientTokenError> {
    world.login.client_token(Some("stats")).await
}

/// The results of many callers at once, each in a task of its own.
async fn ask_at_once(world: &World, count: usize) -> Vec<Result<ClientToken, ClientTokenError>> {
    let mut callers = JoinSet::new();
    for _ in 0..count {
        let login = world.login.clone();
        callers.spawn(async move { login.client_token(Some("stats")).await });
    }
    callers.join_all().await
}

fn kind(got: Result<ClientToken, ClientTokenError>) -> ClientTokenErrorKind {
    got.unwrap_err().kind()
}

#[tokio::test]
async fn fncy_is_asked_in_json_and_once_for_each_scope() {
    let world = World::new(Harness::Bare);
    let token = world
        .login
        .client_token(Some("stats  jobs stats"))
        .await
        .unwrap();
    let again = world.login.client_token(Some("jobs stats")).await.unwrap();
    assert_eq!(token.access_token(), again.access_token());
    let other = world.login.client_token(None).await.unwrap();
    assert_ne!(token.access_token(), other.access_token());

    let requests = world.provider.requests(Endpoint::Token);
    assert_eq!(requests.len(), 2);
    assert_eq!(
        requests[0].content_type.as_deref(),
        Some("application/json")
    );
    let body: Value = serde_json::from_slice(&requests[0].body).unwrap();
    let (id, secret) = (world.provider.client_id(), world.provider.client_secret());
    let expected = json!({
        "grant_type": WORD, "scope": "jobs stats", "client_id": id, "client_secret": secret,
    });
    assert_eq!(body, expected);
    let body: Value = serde_json::from_slice(&requests[1].body).unwrap();
    assert!(
        body.get("scope").is_none(),
        "the provider's default is its own"
    );
}

#[tokio::test]
async fn a_provider_of_the_rfc_is_asked_with_a_form_and_basic() {
    let world = World::with(Harness::Bare, |setup| {
        setup.provider = fncy_dev_server::DevServer::builder().token_body(TokenBody::Form);
        setup.login = Box::new(|builder| {
            let builder = builder.set(Setting::TokenBody, "form");
            builder.set(Setting::ClientAuth, "basic")
        });
    });
    ask(&world).await.unwrap();
    let requests = world.provider.requests(Endpoint::Token);
    let form = Some("application/x-www-form-urlencoded");
    assert_eq!(requests[0].content_type.as_deref(), form);
    assert!(requests[0].authorization.is_some());
    let mut pairs: Vec<_> = form_urlencoded::parse(&requests[0].body).collect();
    pairs.sort_unstable();
    assert_eq!(
        pairs,
        [
            ("grant_type".into(), WORD.into()),
            ("scope".into(), "stats".into())
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_callers_at_once_are_one_request() {
    let world = World::new(Harness::Bare);
    let got = ask_at_once(&world, 50).await;
    let first = got[0].as_ref().unwrap().access_token();
    assert_eq!(got.len(), 50);
    assert!(
        got.iter()
            .all(|token| token.as_ref().unwrap().access_token() == first)
    );
    assert_eq!(world.token_requests(), 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_leaves_its_token_to_the_next() {
    let world = World::new(Harness::Bare);
    let held = world.provider.hold(Endpoint::Token);
    let login = world.login.clone();
    let caller = tokio::spawn(async move { login.client_token(Some("stats")).await });
    world.until_token_requests(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    drop(held);
    ask(&world).await.unwrap();
    assert_eq!(world.token_requests(), 1);
}

#[tokio::test]
async fn a_token_is_replaced_before_it_expires() {
    let world = World::new(Harness::Bare);
    let first = ask(&world).await.unwrap();
    world.advance(300 - 30 - 1);
    assert_eq!(
        ask(&world).await.unwrap().access_token(),
        first.access_token()
    );
    world.advance(1);
    let second = ask(&world).await.unwrap();
    assert_ne!(second.access_token(), first.access_token());
    assert_eq!(second.expires_at().seconds_since(first.expires_at()), 270);
    assert_eq!(world.token_requests(), 2);
}

#[tokio::test]
async fn a_number_as_a_string_is_a_lifetime() {
    let world = World::new(Harness::Bare);
    let body = r#"{"access_token":"at-of-a-test","token_type":"bearer","expires_in":"100",
        "scope":["stats"],"refresh_token":"rt-of-a-test"}"#;
    world
        .provider
        .fault(Endpoint::Token, Fault::status(200).json(body).once());
    assert_eq!(ask(&world).await.unwrap().access_token(), "at-of-a-test");
    world.advance(74);
    ask(&world).await.unwrap();
    assert_eq!(world.token_requests(), 1);
    world.advance(1);
    assert_ne!(ask(&world).await.unwrap().access_token(), "at-of-a-test");
}

#[tokio::test]
async fn an_overloaded_provider_is_left_alone_as_long_as_it_says() {
    let world = World::new(Harness::Bare);
    let busy = Fault::status(503).header("retry-after", "2");
    world.provider.fault(Endpoint::Token, busy.once());
    for got in ask_at_once(&world, 50).await {
        let ClientTokenErrorKind::Unavailable { retry_after } = kind(got) else {
            panic!("another kind");
        };
        assert!((1..=2).contains(&retry_after.as_secs()), "{retry_after:?}");
    }
    let other_scope = world.login.client_token(None).await.unwrap_err();
    assert!(other_scope.to_string().contains("503"), "{other_scope}");
    assert_eq!(world.token_requests(), 1);
    sleep(Duration::from_millis(2_100)).await;
    ask(&world).await.unwrap();
    assert_eq!(world.token_requests(), 2);
}

#[tokio::test]
async fn an_outage_is_bridged_while_the_token_lives() {
    let world = World::new(Harness::Bare);
    let first = ask(&world).await.unwrap();
    world.provider.fault(Endpoint::Token, Fault::status(503));
    world.advance(290);
    for got in ask_at_once(&world, 50).await {
        assert_eq!(got.unwrap().access_token(), first.access_token());
    }
    assert_eq!(world.token_requests(), 2);
    world.advance(10);
    let unavailable = matches!(
        kind(ask(&world).await),
        ClientTokenErrorKind::Unavailable { .. }
    );
    assert!(unavailable, "it has expired");
}

#[tokio::test]
async fn a_wrong_secret_is_the_operators_and_is_shown_nowhere() {
    let wrong = "a-wrong-secret-that-is-nowhere-else";
    let world = World::with(Harness::Bare, |setup| {
        setup.login = Box::new(move |builder| builder.set(Setting::ClientSecret, wrong));
    });
    for _ in 0..3 {
        let error = ask(&world).await.unwrap_err();
        assert_eq!(error.kind(), ClientTokenErrorKind::Refused);
        let shown = format!("{error} {error:?}");
        assert!(
            shown.contains("FNCY_CLIENT_SECRET") && shown.contains("invalid_client"),
            "{shown}"
        );
        assert!(!shown.contains(wrong), "{shown}");
    }
    assert_eq!(world.token_requests(), 1);
    assert!(!world.logged().contains(wrong));
    assert!(world.logged().contains("received no token of its own"));
}

#[tokio::test]
async fn nonsense_and_a_stillborn_token_are_unreadable() {
    for body in [
        "<html>",
        r#"{"access_token":"at-dead-on-arrival","expires_in":"0"}"#,
    ] {
        let world = World::new(Harness::Bare);
        world
            .provider
            .fault(Endpoint::Token, Fault::status(200).json(body));
        for _ in 0..2 {
            assert_eq!(
                kind(ask(&world).await),
                ClientTokenErrorKind::Unreadable,
                "{body}"
            );
        }
        assert_eq!(world.token_requests(), 1, "{body}");
    }
}

#[tokio::test]
async fn a_scope_that_is_none_is_refused_here() {
    let world = World::new(Harness::Bare);
    let got = world.login.client_token(Some("a\"b")).await;
    assert_eq!(kind(got), ClientTokenErrorKind::Refused);
    assert_eq!(world.token_requests(), 0);
}
