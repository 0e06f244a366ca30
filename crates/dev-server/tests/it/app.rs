//! The application: its authorization URL and its token requests.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fncy_dev_server::{DevServer, Endpoint};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::client::{Reply, form, query, send};

pub(crate) const CALLBACK: &str = "http://localhost:3000/login/callback?app=1";
pub(crate) const VERIFIER: &str = "a-code-verifier-which-is-long-enough-to-be-one";

pub(crate) fn authorize(more: &[(&str, &str)]) -> String {
    let hash = ring::digest::digest(&ring::digest::SHA256, VERIFIER.as_bytes());
    let challenge = URL_SAFE_NO_PAD.encode(hash);
    let mut pairs = vec![
        ("client_id", "demo-app"),
        ("redirect_uri", CALLBACK),
        ("redirect_url", CALLBACK),
        ("response_type", "code"),
        ("scope", "profile email"),
        ("state", "a state & more"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    pairs.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    format!("{}?{}", Endpoint::Authorize.path(), form(&pairs))
}

pub(crate) fn code_request(code: &str) -> Value {
    json!({
        "client_id": "demo-app",
        "client_secret": "demo-secret",
        "grant_type": "authorization_code",
        "redirect_uri": CALLBACK,
        "redirect_url": CALLBACK,
        "code": code,
        "code_verifier": VERIFIER,
    })
}

pub(crate) fn refresh_request(refresh_token: &str) -> Value {
    json!({
        "client_id": "demo-app",
        "client_secret": "demo-secret",
        "grant_type": "refresh_token",
        "refresh_token": refresh_token,
    })
}

pub(crate) fn post_json(server: &DevServer, endpoint: Endpoint, body: &Value) -> Option<Reply> {
    let headers = [("Content-Type", "application/json")];
    send(
        server.base_url(),
        "POST",
        endpoint.path(),
        &headers,
        &body.to_string(),
    )
}

pub(crate) fn token(server: &DevServer, body: &Value) -> Reply {
    post_json(server, Endpoint::Token, body).unwrap()
}

pub(crate) fn user_data(server: &DevServer, access_token: &str) -> Reply {
    let bearer = format!("Bearer {access_token}");
    let headers = [("Authorization", bearer.as_str())];
    send(
        server.base_url(),
        "GET",
        Endpoint::UserData.path(),
        &headers,
        "",
    )
    .unwrap()
}

pub(crate) fn code(server: &DevServer) -> String {
    let answer = Browser::new(server).allow(&authorize(&[]), "alex");
    query(&answer, "code").unwrap()
}

/// A member of a token response.
pub(crate) fn text<'a>(tokens: &'a Value, name: &str) -> &'a str {
    tokens[name].as_str().unwrap()
}

pub(crate) fn tokens(server: &DevServer) -> Value {
    token(server, &code_request(&code(server))).json()
}
