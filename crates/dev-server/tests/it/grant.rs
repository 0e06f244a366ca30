//! The authorization code and refresh token grants.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use fncy_dev_server::{DevServer, Endpoint, ScopeFormat, TokenBody};
use serde_json::json;

use crate::app::{
    CALLBACK, authorize, code, code_request, post_json, refresh_request, text, token, tokens,
    user_data,
};
use crate::browser::Browser;
use crate::client::{form, query, send};

#[test]
fn the_code_grant_in_json_with_pkce() {
    let server = DevServer::builder()
        .issuer(Some("https://fncy.test".to_owned()))
        .start()
        .unwrap();
    let answer = Browser::new(&server).allow(&authorize(&[]), "haneul");
    assert!(answer.starts_with(&format!("{CALLBACK}&code=")), "{answer}");
    assert_eq!(query(&answer, "state").as_deref(), Some("a state & more"));
    assert_eq!(query(&answer, "iss").as_deref(), Some("https://fncy.test"));

    let code = query(&answer, "code").unwrap();
    let reply = token(&server, &code_request(&code));
    assert_eq!(
        (reply.status, reply.header("cache-control")),
        (200, Some("no-store"))
    );
    let tokens = reply.json();
    assert_eq!(tokens["token_type"], "bearer");
    assert_eq!(tokens["expires_in"], 300);
    assert_eq!(tokens["scope"], json!(["profile", "email"]));
    assert!(tokens["jti"].is_string());

    let reply = user_data(&server, text(&tokens, "access_token"));
    assert_eq!(reply.json()["id"], "haneul");
    assert_eq!(reply.json()["name"], "김하늘");

    let secrets = server.issued_secrets();
    let (access, refresh) = (
        text(&tokens, "access_token"),
        text(&tokens, "refresh_token"),
    );
    assert_eq!(secrets.len(), 3);
    assert!(
        [&code, access, refresh]
            .iter()
            .all(|secret| secrets.iter().any(|s| s == secret))
    );
    let recorded = server.requests(Endpoint::Token);
    assert_eq!(
        recorded[0].content_type.as_deref(),
        Some("application/json")
    );
    assert_eq!((recorded.len(), recorded[0].status), (1, Some(200)));
    assert!(String::from_utf8_lossy(&recorded[0].body).contains(&code));
}

#[test]
fn two_spellings_of_the_redirect_uri_have_one_value() {
    let server = DevServer::start().unwrap();
    for (gone, status) in [("redirect_uri", 200), ("redirect_url", 200), ("none", 200)] {
        let answer = Browser::new(&server).allow(&authorize(&[(gone, "")]), "alex");
        let mut request = code_request(&query(&answer, "code").unwrap());
        request.as_object_mut().unwrap().remove(gone);
        assert_eq!(token(&server, &request).status, status);
    }
    let mut request = code_request(&code(&server));
    request["redirect_url"] = json!("http://localhost:3000/other");
    assert_eq!(token(&server, &request).error(), "invalid_request");
    let target = authorize(&[("redirect_url", "http://localhost:3000/other")]);
    assert_eq!(Browser::new(&server).get(&target).status, 400);
}

#[test]
fn a_replayed_code_revokes_its_tokens() {
    let server = DevServer::start().unwrap();
    let request = code_request(&code(&server));
    let tokens = token(&server, &request).json();
    assert_eq!(token(&server, &request).error(), "invalid_grant");
    let reply = user_data(&server, text(&tokens, "access_token"));
    assert_eq!(reply.status, 401);
    assert!(
        reply
            .header("www-authenticate")
            .unwrap()
            .contains("invalid_token")
    );
    let refresh = refresh_request(text(&tokens, "refresh_token"));
    assert_eq!(token(&server, &refresh).error(), "invalid_grant");
}

#[test]
fn a_wrong_or_missing_verifier_is_refused() {
    let server = DevServer::start().unwrap();
    for verifier in ["another-code-verifier-that-is-also-long-enough", ""] {
        let mut request = code_request(&code(&server));
        request["code_verifier"] = json!(verifier);
        assert_eq!(token(&server, &request).error(), "invalid_grant");
    }
    let strict = DevServer::builder().pkce_required(true).start().unwrap();
    let target = authorize(&[("code_challenge", ""), ("code_challenge_method", "")]);
    let answer = Browser::new(&strict).get(&target).location().to_owned();
    assert_eq!(query(&answer, "error").as_deref(), Some("invalid_request"));
}

#[test]
fn a_refresh_token_used_twice_revokes_the_family() {
    let server = DevServer::start().unwrap();
    let first = tokens(&server);
    let request = refresh_request(text(&first, "refresh_token"));
    let second = token(&server, &request).json();
    assert_eq!(
        user_data(&server, text(&second, "access_token")).status,
        200
    );
    assert_eq!(token(&server, &request).error(), "invalid_grant");
    assert_eq!(
        user_data(&server, text(&second, "access_token")).status,
        401
    );
    let newest = refresh_request(text(&second, "refresh_token"));
    assert_eq!(token(&server, &newest).error(), "invalid_grant");
}

#[test]
fn without_rotation_the_refresh_token_stays_good() {
    let server = DevServer::builder()
        .refresh_token_rotation(false)
        .start()
        .unwrap();
    let request = refresh_request(text(&tokens(&server), "refresh_token"));
    for _ in 0..2 {
        let reply = token(&server, &request);
        assert_eq!(reply.status, 200);
        assert!(reply.json().get("refresh_token").is_none());
    }
}

#[test]
fn revoking_a_refresh_token_revokes_the_family() {
    let server = DevServer::start().unwrap();
    let tokens = tokens(&server);
    let mut request = json!({ "client_id": "demo-app", "client_secret": "demo-secret" });
    request["token"] = tokens["refresh_token"].clone();
    assert_eq!(
        post_json(&server, Endpoint::Revoke, &request)
            .unwrap()
            .status,
        200
    );
    assert_eq!(
        user_data(&server, text(&tokens, "access_token")).status,
        401
    );
    request["token"] = json!("never issued");
    assert_eq!(
        post_json(&server, Endpoint::Revoke, &request)
            .unwrap()
            .status,
        200
    );
    request["client_secret"] = json!("wrong");
    let reply = post_json(&server, Endpoint::Revoke, &request).unwrap();
    assert_eq!(
        (reply.status, reply.error().as_str()),
        (401, "invalid_client")
    );
}

#[test]
fn a_client_can_authenticate_with_basic() {
    let server = DevServer::builder()
        .client("an app", "a:secret+")
        .start()
        .unwrap();
    let ask = |credentials: &str| {
        let basic = format!("Basic {}", STANDARD.encode(credentials));
        let headers = [
            ("Content-Type", "application/json"),
            ("Authorization", basic.as_str()),
        ];
        let body = r#"{"grant_type":"client_credentials","scope":"stats"}"#;
        send(
            server.base_url(),
            "POST",
            Endpoint::Token.path(),
            &headers,
            body,
        )
        .unwrap()
    };
    let good = ask("an+app:a%3Asecret%2B");
    assert_eq!(
        (good.status, &good.json()["scope"]),
        (200, &json!(["stats"]))
    );
    assert!(good.json().get("refresh_token").is_none());
    assert_eq!(
        user_data(&server, text(&good.json(), "access_token")).status,
        403
    );
    let bad = ask("an app:a:secret+");
    assert_eq!((bad.status, bad.error().as_str()), (401, "invalid_client"));
    assert!(
        bad.header("www-authenticate")
            .unwrap()
            .starts_with("Basic ")
    );
}

#[test]
fn bodies_are_accepted_as_configured() {
    let credentials = [("client_id", "demo-app"), ("client_secret", "demo-secret")];
    let body = form(&[
        ("grant_type", "client_credentials"),
        credentials[0],
        credentials[1],
    ]);
    let ask = |server: &DevServer| {
        let headers = [(
            "Content-Type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )];
        send(
            server.base_url(),
            "POST",
            Endpoint::Token.path(),
            &headers,
            &body,
        )
        .unwrap()
    };
    let refused = ask(&DevServer::start().unwrap());
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (415, "invalid_request")
    );
    for accepted in [TokenBody::Form, TokenBody::Either] {
        let builder = DevServer::builder().token_body(accepted);
        let server = builder
            .scope_format(ScopeFormat::SpaceSeparated)
            .start()
            .unwrap();
        let reply = ask(&server);
        assert_eq!(
            (reply.status, &reply.json()["scope"]),
            (200, &json!("profile"))
        );
    }
}

#[test]
fn other_grants_are_not_supported() {
    let server = DevServer::start().unwrap();
    for (grant, error) in [
        ("password", "unsupported_grant_type"),
        ("", "invalid_request"),
    ] {
        let mut request = refresh_request("x");
        request["grant_type"] = json!(grant);
        assert_eq!(token(&server, &request).error(), error);
    }
}
