//! The whole of a login by hand, to know what the provider does before an application meets it.

use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

use super::{OidcProvider, sign_in};
use crate::browser::{Browser, RawRequest, RawResponse, wire};

const CALLBACK: &str = "https://app.example/auth/callback";
const NOW: u64 = 1_700_000_000;

/// The pair of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn authorize(provider: &OidcProvider, challenge: &str) -> String {
    let parameters = [
        ("client_id", OidcProvider::CLIENT_ID),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid offline_access email"),
        ("prompt", "consent"),
        ("state", "a state"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ];
    Url::parse_with_params(&provider.authorize_url(), parameters)
        .unwrap()
        .into()
}

async fn post(provider: &OidcProvider, url: &str, fields: &[(&str, &str)]) -> RawResponse {
    let client = [
        ("client_id", OidcProvider::CLIENT_ID),
        ("client_secret", OidcProvider::CLIENT_SECRET),
    ];
    let mut body = Serializer::new(String::new());
    body.extend_pairs(fields.iter().chain(&client));
    let request = RawRequest::new("POST", Url::parse(url).unwrap().path())
        .with_header("Host", provider.address().to_string())
        .with_header("Content-Type", "application/x-www-form-urlencoded")
        .with_body(body.finish());
    wire::send(provider.address(), &request).await.unwrap()
}

fn browser() -> Browser {
    let browser = Browser::new(NOW);
    browser.route("https://app.example", |_: &RawRequest| {
        RawResponse::new(200)
    });
    browser
}

#[tokio::test]
async fn a_code_becomes_tokens_and_they_tell_who_it_is() {
    let Some(provider) = OidcProvider::start(CALLBACK) else {
        return;
    };
    let mut tab = browser().tab();
    let page = tab.visit(&authorize(&provider, CHALLENGE)).await;
    let page = sign_in(&mut tab, page, "alice").await;
    assert!(page.url.as_str().starts_with(CALLBACK), "{}", page.url);
    assert_eq!(page.query("state").as_deref(), Some("a state"));
    assert_eq!(page.query("iss").as_deref(), Some(provider.issuer()));

    let code = page.query("code").unwrap();
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let response = post(&provider, &provider.token_url(), &exchange).await;
    assert_eq!(response.status, 200, "{}", response.text());
    let tokens: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(tokens["expires_in"], 60);

    let access_token = tokens["access_token"].as_str().unwrap();
    assert!(
        !access_token.contains('.'),
        "an opaque token: {access_token}"
    );
    let me = RawRequest::new("GET", "/me")
        .with_header("Host", provider.address().to_string())
        .with_header("Authorization", format!("Bearer {access_token}"));
    let me = wire::send(provider.address(), &me).await.unwrap();
    let person: Value = serde_json::from_slice(&me.body).unwrap();
    assert_eq!((me.status, &person["sub"]), (200, &Value::from("alice")));
    assert_eq!(person["email"], "alice@people.example");

    let first = tokens["refresh_token"].as_str().unwrap();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", first)];
    let response = post(&provider, &provider.token_url(), &refresh).await;
    let rotated: Value = serde_json::from_slice(&response.body).unwrap();
    assert!(rotated["refresh_token"].is_string() && rotated["refresh_token"] != first);
    let reused = post(&provider, &provider.token_url(), &refresh).await;
    assert_eq!(
        reused.status,
        400,
        "a refresh token is good once: {}",
        reused.text()
    );
    let revoked = post(
        &provider,
        &provider.revocation_url(),
        &[("token", access_token)],
    )
    .await;
    assert_eq!(revoked.status, 200);
}

#[tokio::test]
async fn the_basic_client_s_secret_is_escaped() {
    let Some(provider) = OidcProvider::start(CALLBACK) else {
        return;
    };
    // `secret +/:%& of tests`, form-encoded, then `id:secret` in base64.
    let credentials = "Zm5jeS10ZXN0cy1iYXNpYzpzZWNyZXQrJTJCJTJGJTNBJTI1JTI2K29mK3Rlc3Rz";
    let request = RawRequest::new("POST", "/token")
        .with_header("Host", provider.address().to_string())
        .with_header("Authorization", format!("Basic {credentials}"))
        .with_header("Content-Type", "application/x-www-form-urlencoded")
        .with_body("grant_type=refresh_token&refresh_token=none");
    let response = wire::send(provider.address(), &request).await.unwrap();
    assert!(
        response.text().contains("invalid_grant"),
        "{}",
        response.text()
    );
}

#[tokio::test]
async fn a_cancelled_login_comes_back_as_access_denied() {
    let Some(provider) = OidcProvider::start(CALLBACK) else {
        return;
    };
    let mut tab = browser().tab();
    let page = tab.visit(&authorize(&provider, CHALLENGE)).await;
    let page = tab.click_link(&page, "Cancel").await;
    assert_eq!(page.query("error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn a_login_without_pkce_is_refused() {
    let Some(provider) = OidcProvider::start(CALLBACK) else {
        return;
    };
    let without = authorize(&provider, CHALLENGE).replace("code_challenge", "ignored");
    let page = browser().tab().visit(&without).await;
    assert_eq!(page.query("error").as_deref(), Some("invalid_request"));
}
