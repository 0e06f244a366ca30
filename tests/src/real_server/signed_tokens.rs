//! JWTs of `oidc-provider`, as a mobile application gets them for an API (row B2; RFC 8252, RFC 8707).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fncy_login::{BearerCheck, JwtKeys};
use form_urlencoded::Serializer;
use ring::digest::{SHA256, digest};
use serde_json::Value;

use super::oidc_provider::OIDC_PROVIDER;
use super::provider::{CLIENT_ID, CLIENT_SECRET, Provider};
use super::site::Site;
use crate::browser::{RawRequest, wire};
use crate::harness::Harness;
use crate::steps::bearer::assert_refused;
use crate::world::APP;

/// The API for which the provider issues JWTs.
const API: &str = "https://shop.example/api";
const VERIFIER: &str = "a-code-verifier-which-is-long-enough-to-be-one";

fn form(pairs: &[(&str, &str)]) -> String {
    let mut form = Serializer::new(String::new());
    form.extend_pairs(pairs).finish()
}

/// An access token for the API, by the code grant of another application of the person.
async fn token_for_api(provider: &Provider, site: &Site<'_>) -> String {
    let callback = format!("{APP}/auth/callback");
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
    let query = form(&[
        ("client_id", CLIENT_ID),
        ("response_type", "code"),
        ("redirect_uri", &callback),
        ("scope", "openid api"),
        ("resource", API),
        ("state", "of-the-mobile-application"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    let mut tab = site.browser.tab();
    let address = provider.address();
    let page = tab.visit(&format!("http://{address}/auth?{query}")).await;
    // This application did not ask for the code, so it leaves it alone.
    let page = provider.sign_in(&mut tab, page, "sumin").await;
    let body = form(&[
        ("grant_type", "authorization_code"),
        ("code", &page.query("code").unwrap()),
        ("redirect_uri", &callback),
        ("code_verifier", VERIFIER),
        ("client_id", CLIENT_ID),
        ("client_secret", CLIENT_SECRET),
        ("resource", API),
    ]);
    let request = RawRequest::new("POST", OIDC_PROVIDER.token)
        .with_header("host", address.to_string())
        .with_header("content-type", "application/x-www-form-urlencoded")
        .with_header("content-length", body.len().to_string())
        .with_body(body);
    let answer = wire::send(address, &request).await.unwrap();
    let answer: Value = serde_json::from_str(&answer.text()).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn b02_a_jwt_of_another_provider_is_a_user() {
    let Some(provider) = OIDC_PROVIDER.shared() else {
        return;
    };
    let issuer = format!("http://{}", provider.address());
    let site = |audience: &str, client: &str| {
        let keys = JwtKeys::from_url(format!("{issuer}/jwks"));
        let check = BearerCheck::jwt(&issuer, keys).audience(audience);
        Site::with(provider, Harness::Tower, |builder| {
            builder.bearer_prefix("/page", check.client(client))
        })
    };
    let own = site(API, CLIENT_ID);
    let token = token_for_api(provider, &own).await;
    assert_eq!(token.split('.').count(), 3, "a JWT");
    let answer = own.ask_by(&token, "/page").await;
    assert_eq!((answer.status, &*answer.text()), (200, "user=sumin"));
    for other in [site("https://other.example", CLIENT_ID), site(API, "other")] {
        let answer = other.ask_by(&token, "/page").await;
        assert_refused(
            &answer,
            401,
            "invalid_token",
            "Bearer error=\"invalid_token\"",
        );
    }
    // An opaque token of the same person.
    let opaque = own.signed_in_token(&mut own.browser.tab()).await;
    let answer = own.ask_by(&opaque, "/page").await;
    assert_refused(
        &answer,
        401,
        "invalid_token",
        "Bearer error=\"invalid_token\"",
    );
}
