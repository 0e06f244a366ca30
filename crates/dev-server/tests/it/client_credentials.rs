//! The tokens of a client.

use fncy_dev_server::{DevServer, Endpoint};
use serde_json::{Value, json};

use crate::app::{post_json, text, token, user_data};

fn request(secret: &str, scope: Option<&str>) -> Value {
    let mut request = json!({
        "client_id": "demo-app",
        "client_secret": secret,
        "grant_type": "client_credentials",
    });
    if let Some(scope) = scope {
        request["scope"] = json!(scope);
    }
    request
}

#[test]
fn a_client_token_has_no_user() {
    let server = DevServer::start().unwrap();
    let reply = token(&server, &request("demo-secret", Some("stats jobs stats")));
    let answer = reply.json();
    assert_eq!(
        (reply.status, &answer["scope"]),
        (200, &json!(["stats", "jobs"]))
    );
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(
        (&answer["expires_in"], &answer["token_type"]),
        (&json!(300), &json!("bearer"))
    );
    assert!(answer.get("refresh_token").is_none());
    let access_token = text(&answer, "access_token");
    assert_eq!(user_data(&server, access_token).status, 403);
    assert!(
        server
            .issued_secrets()
            .iter()
            .any(|secret| secret == access_token)
    );
}

#[test]
fn each_token_is_revoked_alone() {
    let server = DevServer::start().unwrap();
    let [first, second] = [(); 2].map(|()| token(&server, &request("demo-secret", None)).json());
    assert_eq!(first["scope"], json!(["profile"]));
    let mut revocation = request("demo-secret", None);
    revocation["token"] = first["access_token"].clone();
    assert_eq!(
        post_json(&server, Endpoint::Revoke, &revocation)
            .unwrap()
            .status,
        200
    );
    assert_eq!(user_data(&server, text(&first, "access_token")).status, 401);
    assert_eq!(
        user_data(&server, text(&second, "access_token")).status,
        403
    );
}

#[test]
fn unknown_clients_and_malformed_scopes_are_refused() {
    let server = DevServer::start().unwrap();
    let stranger = token(&server, &request("wrong", None));
    assert_eq!(
        (stranger.status, stranger.error().as_str()),
        (401, "invalid_client")
    );
    let malformed = token(&server, &request("demo-secret", Some("a\\b")));
    assert_eq!(
        (malformed.status, malformed.error().as_str()),
        (400, "invalid_scope")
    );
    assert!(server.issued_secrets().is_empty());
}
