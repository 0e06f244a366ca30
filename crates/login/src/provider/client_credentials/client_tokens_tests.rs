//! The table of the application's tokens, with a paused clock.

use std::time::Duration;

use fncy_login_core::{ClientGrant, NoClientGrant, ProviderAnswer, Timestamp, TokenDialect};
use tokio::time::{Instant, advance};

use super::{ClientTokens, Entered, MAX_SCOPES, Obtained};
use crate::provider::client_credentials::client_token::ClientToken;
use crate::provider::client_credentials::client_token_error::{
    ClientTokenError, ClientTokenErrorKind,
};

const NOW: Timestamp = Timestamp::from_unix(1_000_000);

fn key(scope: &str) -> Option<String> {
    Some(scope.to_owned())
}

fn judged(status: u16, body: &str) -> Result<ClientGrant, NoClientGrant> {
    let answer = ProviderAnswer {
        status,
        retry_after: Some("60".to_owned()),
        body: body.as_bytes().to_vec(),
        sent: Vec::new(),
    };
    ClientGrant::judge(Ok(answer), &TokenDialect::default(), NOW)
}

fn granted(life: u64) -> Obtained {
    let body = format!(r#"{{"access_token":"a","token_type":"bearer","expires_in":{life}}}"#);
    let grant = judged(200, &body).map_err(ClientTokenError::new)?;
    Ok(ClientToken::new(grant))
}

/// Records the outcome of an exchange.
fn fail(tokens: &ClientTokens, scope: &str, status: u16, body: &str) {
    let failure = judged(status, body).unwrap_err();
    let rest = Duration::from_secs(failure.rest);
    tokens.finish(&key(scope), &Err(ClientTokenError::new(failure)), rest);
}

fn keep(tokens: &ClientTokens, scope: &str, life: u64) {
    tokens.finish(&key(scope), &granted(life), Duration::ZERO);
}

/// The state that a caller finds for a scope. The first caller's exchange never ends.
fn finds(tokens: &ClientTokens, scope: &str, time: Timestamp) -> &'static str {
    match tokens.enter(&key(scope), time) {
        Entered::Known(_) => "a token",
        Entered::Joined(_) => "company",
        Entered::First(sender, _) => {
            std::mem::forget(sender);
            "nobody"
        }
        Entered::Failed(_) => "a closed door",
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_is_shared_until_its_leeway_begins() {
    for (life, leeway) in [(3_600, 30), (60, 15), (3, 0)] {
        let tokens = ClientTokens::default();
        assert_eq!(finds(&tokens, "a", NOW), "nobody");
        assert_eq!(finds(&tokens, "a", NOW), "company");
        assert_eq!(finds(&tokens, "b", NOW), "nobody", "scopes are told apart");
        keep(&tokens, "a", life);
        let last = NOW.plus(life - leeway - 1);
        assert_eq!(finds(&tokens, "a", last), "a token", "{life}");
        assert_eq!(finds(&tokens, "a", last.plus(1)), "nobody", "{life}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_not_replaced_is_used_until_it_expires() {
    let tokens = ClientTokens::default();
    assert_eq!(finds(&tokens, "a", NOW), "nobody");
    keep(&tokens, "a", 3_600);
    let late = NOW.plus(3_580);
    assert_eq!(finds(&tokens, "a", late), "nobody");
    fail(&tokens, "a", 503, "");
    assert_eq!(finds(&tokens, "a", late), "a token");
    assert!(tokens.living(&key("a"), late).is_some());
    assert_eq!(finds(&tokens, "a", NOW.plus(3_600)), "a closed door");
    assert!(tokens.living(&key("a"), NOW.plus(3_600)).is_none());
}

#[tokio::test(start_paused = true)]
async fn an_overloaded_provider_is_left_alone_by_all_scopes_as_long_as_it_says() {
    let tokens = ClientTokens::default();
    assert_eq!(finds(&tokens, "a", NOW), "nobody");
    fail(&tokens, "a", 503, "");
    advance(Duration::from_secs(59)).await;
    let Entered::Failed(error) = tokens.enter(&key("b"), NOW) else {
        panic!("the provider was asked");
    };
    let retry_after = Duration::from_secs(1);
    let kind = ClientTokenErrorKind::Unavailable { retry_after };
    assert_eq!(error.kind(), kind, "what is left of the rest");
    advance(Duration::from_secs(1)).await;
    assert_eq!(finds(&tokens, "b", NOW), "nobody");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_or_stillborn_concerns_one_scope_for_a_while() {
    for (status, body, rest) in [
        (400, r#"{"error":"invalid_scope"}"#, 5),
        (200, "no JSON", 5),
        (200, r#"{"access_token":"a","expires_in":0}"#, 10),
    ] {
        let tokens = ClientTokens::default();
        assert_eq!(finds(&tokens, "a", NOW), "nobody");
        fail(&tokens, "a", status, body);
        assert_eq!(finds(&tokens, "b", NOW), "nobody");
        advance(Duration::from_secs(rest - 1)).await;
        assert_eq!(finds(&tokens, "a", NOW), "a closed door", "{body}");
        advance(Duration::from_secs(1)).await;
        assert_eq!(finds(&tokens, "a", NOW), "nobody", "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_exchange_whose_runtime_went_is_begun_anew() {
    let tokens = ClientTokens::default();
    let Entered::First(sender, in_flight) = tokens.enter(&key("a"), NOW) else {
        panic!("somebody was there");
    };
    drop(sender);
    assert!(in_flight.outcome(Instant::now()).await.is_none());
    assert_eq!(finds(&tokens, "a", NOW), "nobody");
}

#[tokio::test(start_paused = true)]
async fn the_scope_asked_for_longest_ago_is_forgotten_first() {
    let tokens = ClientTokens::default();
    assert_eq!(finds(&tokens, "under way", NOW), "nobody");
    for index in 1..MAX_SCOPES {
        advance(Duration::from_millis(1)).await;
        let scope = index.to_string();
        assert_eq!(finds(&tokens, &scope, NOW), "nobody");
        keep(&tokens, &scope, 3_600);
    }
    advance(Duration::from_millis(1)).await;
    assert_eq!(finds(&tokens, "1", NOW), "a token");
    assert_eq!(finds(&tokens, "one more", NOW), "nobody");
    assert_eq!(finds(&tokens, "under way", NOW), "company");
    assert_eq!(finds(&tokens, "1", NOW), "a token");
    assert!(tokens.living(&key("2"), NOW).is_none());
}

#[tokio::test(start_paused = true)]
async fn where_all_are_under_way_one_more_scope_waits_outside() {
    let tokens = ClientTokens::default();
    for index in 0..MAX_SCOPES {
        assert_eq!(finds(&tokens, &index.to_string(), NOW), "nobody");
    }
    assert_eq!(finds(&tokens, "one more", NOW), "a closed door");
    assert_eq!(finds(&tokens, "0", NOW), "company");
}

#[test]
fn debug_shows_nothing_of_the_token() {
    let body = r#"{"access_token":"s3cr3t","expires_in":60}"#;
    let token = ClientToken::new(judged(200, body).unwrap());
    let shown = format!("{token:?}");
    assert!(
        !shown.contains("s3cr3t") && shown.contains("1000060"),
        "{shown}"
    );
}
