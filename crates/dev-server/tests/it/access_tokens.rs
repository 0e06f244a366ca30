//! Access tokens as JWTs, their keys, and introspection.

use std::thread;
use std::time::{Duration, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fncy_dev_server::{
    AccessTokenFormat, ApproveError, DemoUser, DevServer, DevServerBuilder, Endpoint, Fault,
};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::app::{refresh_request, text, token, tokens, user_data};
use crate::client::{Reply, form, send};

const NOW: u64 = 1_800_000_000;

fn jwt_server() -> DevServerBuilder {
    let now = || UNIX_EPOCH + Duration::from_secs(NOW);
    let format = AccessTokenFormat::Jwt;
    DevServer::builder().access_token_format(format).clock(now)
}

fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn jwks(server: &DevServer) -> Value {
    let path = Endpoint::Jwks.path();
    send(server.base_url(), "GET", path, &[], "")
        .unwrap()
        .json()
}

fn is_signed_by(token: &str, key: &Value) -> bool {
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let [x, y] = ["x", "y"].map(|name| decode(text(key, name)));
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, [&[4][..], &x, &y].concat());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    key.verify(signed.as_bytes(), &decode(signature)).is_ok()
}

fn introspect(server: &DevServer, secret: &str, token: &str) -> Reply {
    let pairs = [
        ("client_id", "demo-app"),
        ("client_secret", secret),
        ("token", token),
    ];
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    let path = Endpoint::Introspect.path();
    send(server.base_url(), "POST", path, &headers, &form(&pairs)).unwrap()
}

fn introspected(server: &DevServer, token: &str) -> Value {
    introspect(server, "demo-secret", token).json()
}

#[test]
fn a_jwt_has_the_claims_of_rfc_9068_and_the_user_data() {
    let server = jwt_server().start().unwrap();
    let tokens = tokens(&server);
    let access_token = text(&tokens, "access_token");
    let key = &jwks(&server)["keys"][0];
    assert_eq!(
        part(access_token, 0),
        json!({ "typ": "at+jwt", "alg": "ES256", "kid": key["kid"] })
    );
    let claims = json!({
        "iss": server.base_url(), "aud": "demo-api", "sub": "alex", "client_id": "demo-app",
        "scope": "profile email", "iat": NOW, "exp": NOW + 300, "jti": tokens["jti"],
        "auth_time": NOW, "id": "alex", "name": "Alex Martin", "email": "alex@example.com",
        "locale": "en-US", "roles": ["player", "admin"],
    });
    assert_eq!(part(access_token, 1), claims);
    assert!(is_signed_by(access_token, key));
    assert_eq!(
        user_data(&server, access_token).json()["name"],
        "Alex Martin"
    );
    assert!(
        server
            .issued_secrets()
            .iter()
            .any(|secret| secret == access_token)
    );

    let refreshed = token(&server, &refresh_request(text(&tokens, "refresh_token"))).json();
    assert_ne!(refreshed["access_token"], tokens["access_token"]);
    assert!(is_signed_by(text(&refreshed, "access_token"), key));
}

#[test]
fn issuer_and_audience_are_settings_that_user_data_cannot_replace() {
    let user = DemoUser::new("u-1", "Mina")
        .with("aud", "other")
        .with("iss", "other");
    let server = jwt_server()
        .users(vec![user])
        .issuer(Some("https://fncy.test".to_owned()))
        .audience("shop-api");
    let server = server.start().unwrap();
    let claims = part(&server.token_for("u-1", "mobile", "profile").unwrap(), 1);
    assert_eq!(
        (server.issuer(), server.audience()),
        ("https://fncy.test", "shop-api")
    );
    assert_eq!(
        [&claims["iss"], &claims["aud"]],
        [server.issuer(), server.audience()]
    );
    assert_eq!(claims["client_id"], "mobile");
}

#[test]
fn introspection_says_what_a_jwt_says() {
    for format in [AccessTokenFormat::Jwt, AccessTokenFormat::Opaque] {
        let server = jwt_server().access_token_format(format).start().unwrap();
        let token = server.token_for("alex", "mobile", "profile stats").unwrap();
        assert_eq!(token.contains('.'), format == AccessTokenFormat::Jwt);
        let answer = introspected(&server, &token);
        for (name, value) in [
            ("active", json!(true)),
            ("token_type", json!("Bearer")),
            ("aud", json!("demo-api")),
            ("client_id", json!("mobile")),
            ("sub", json!("alex")),
            ("scope", json!("profile stats")),
            ("exp", json!(NOW + 300)),
            ("name", json!("Alex Martin")),
        ] {
            assert_eq!(answer[name], value, "{name}");
        }
        if format == AccessTokenFormat::Jwt {
            let mut claims = part(&token, 1);
            claims["active"] = json!(true);
            claims["token_type"] = json!("Bearer");
            assert_eq!(answer, claims);
        }
    }
}

#[test]
fn the_subject_of_a_clients_own_token_is_the_client() {
    let server = jwt_server().start().unwrap();
    let request = json!({
        "client_id": "demo-app", "client_secret": "demo-secret", "grant_type": "client_credentials",
    });
    let access_token = token(&server, &request).json()["access_token"].clone();
    let answer = introspected(&server, access_token.as_str().unwrap());
    assert_eq!([&answer["sub"], &answer["client_id"]], ["demo-app"; 2]);
    assert_eq!((answer.get("auth_time"), answer.get("name")), (None, None));
}

#[test]
fn unknown_expired_revoked_and_refresh_tokens_are_not_active() {
    let server = DevServer::builder().access_token_lifetime(Duration::from_millis(200));
    let server = server.start().unwrap();
    let expired = server.token_for("alex", "mobile", "profile").unwrap();
    thread::sleep(Duration::from_millis(200));
    let revoked = server.token_for("alex", "mobile", "profile").unwrap();
    assert_eq!(introspected(&server, &revoked)["active"], true);
    server.revoke(&revoked);
    let refresh_token = text(&tokens(&server), "refresh_token").to_owned();
    for token in ["invented", &expired, &revoked, &refresh_token] {
        assert_eq!(
            introspected(&server, token),
            json!({ "active": false }),
            "{token}"
        );
    }
}

#[test]
fn introspection_is_for_a_client_that_authenticates() {
    let server = DevServer::start().unwrap();
    let token = server.token_for("alex", "mobile", "profile").unwrap();
    let refused = introspect(&server, "wrong", &token);
    assert_eq!(
        (refused.status, refused.error().as_str()),
        (401, "invalid_client")
    );
}

#[test]
fn a_token_is_for_a_known_user_with_a_scope_that_the_user_can_grant() {
    let user = DemoUser::new("u-1", "Mina").with_scopes(["profile"]);
    let server = DevServer::builder().users(vec![user]).start().unwrap();
    let token = server.token_for("u-1", "mobile", "profile stats").unwrap();
    assert_eq!(introspected(&server, &token)["scope"], "profile");
    let refused = |user, scope| server.token_for(user, "mobile", scope).unwrap_err();
    assert!(matches!(
        refused("u-2", "profile"),
        ApproveError::UnknownUser { .. }
    ));
    assert!(matches!(refused("u-1", "stats"), ApproveError::NoScope(_)));
    assert!(matches!(
        refused("u-1", "a\\b"),
        ApproveError::InvalidRequest(_)
    ));
}

#[test]
fn a_new_key_signs_and_the_set_keeps_the_old_one() {
    let server = jwt_server().start().unwrap();
    let old = server.token_for("alex", "mobile", "profile").unwrap();
    server.rotate_signing_key().unwrap();
    let new = server.token_for("alex", "mobile", "profile").unwrap();
    let set = jwks(&server);
    assert_eq!(set, serde_json::from_str::<Value>(&server.jwks()).unwrap());
    assert!(is_signed_by(&new, &set["keys"][0]) && is_signed_by(&old, &set["keys"][1]));
    let forged = server.sign_jwt(
        &json!({ "alg": "none", "typ": "x" }),
        &json!({ "sub": "y" }),
    );
    assert_eq!(part(&forged, 0)["alg"], "none");
    assert!(is_signed_by(&forged, &set["keys"][0]));
}

#[test]
fn faults_change_members_of_the_answer() {
    let server = DevServer::start().unwrap();
    let token = server.token_for("alex", "mobile", "profile").unwrap();
    server.fault(
        Endpoint::Introspect,
        Fault::member("client_id", "other").once(),
    );
    server.fault(
        Endpoint::Introspect,
        Fault::member("exp", Value::Null).once(),
    );
    server.fault(Endpoint::Introspect, Fault::status(503).once());
    let mut expected = introspected(&server, &token);
    assert_eq!(expected["client_id"], "other");
    expected["client_id"] = json!("mobile");
    expected.as_object_mut().unwrap().remove("exp");
    assert_eq!(introspected(&server, &token), expected);
    assert_eq!(introspect(&server, "demo-secret", &token).status, 503);

    let other = DevServer::start().unwrap();
    server.fault(
        Endpoint::Jwks,
        Fault::status(200).json(&other.jwks()).once(),
    );
    assert_eq!(jwks(&server), jwks(&other));
    let fault = json!({ "members": { "keys": [] }, "count": 1 }).to_string();
    let put = send(server.base_url(), "PUT", "/_dev/faults/jwks", &[], &fault);
    assert_eq!(put.unwrap().status, 204);
    assert_eq!(jwks(&server), json!({ "keys": [] }));
}
