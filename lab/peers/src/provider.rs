//! An OpenID provider on loopback that signs the same person in at once, on each request.
//!
//! A code is the nonce that its ID token repeats, so that the provider remembers nothing. What peers
//! wait for from it is part of their figures: it answers on the same thread.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fncy_login_benches::sample::{EMAIL, NAME, REFRESH_TOKEN_LEN, TOKEN_LEN, USER_ID};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

pub(crate) const CLIENT_ID: &str = "client";
pub(crate) const CLIENT_SECRET: &str = "secret";

const KEY_ID: &str = "1";
const LIFE: u64 = 30 * 24 * 60 * 60;
/// 2023 and 2100: peers read the real clock.
const ISSUED: u64 = 1_700_000_000;
const EXPIRES: u64 = 4_102_444_800;

struct Shared {
    issuer: String,
    key: RsaKeyPair,
}

/// Listens in a task of the current runtime, and returns the issuer's URL.
pub(crate) async fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(discovery))
        .route("/jwks", get(jwks))
        .route("/token", post(token))
        .route("/userinfo", get(userinfo))
        .with_state(Arc::new(Shared {
            issuer: issuer.clone(),
            key: key(),
        }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    issuer
}

/// Where a browser that was sent to the provider comes back to.
pub(crate) fn callback(path: &str, location: &str) -> String {
    let location = Url::parse(location).unwrap();
    let parameter = |wanted: &str| {
        let found = location.query_pairs().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.into_owned())
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("code", &parameter("nonce").unwrap_or_default())
        .append_pair("state", &parameter("state").unwrap())
        .finish();
    format!("{path}?{query}")
}

fn key() -> RsaKeyPair {
    let lines = include_str!("test-key.pem")
        .lines()
        .skip_while(|line| !line.starts_with("-----"))
        .filter(|line| !line.starts_with("-----"));
    let der = STANDARD.decode(lines.collect::<String>()).unwrap();
    RsaKeyPair::from_pkcs8(&der).unwrap()
}

async fn discovery(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let issuer = &shared.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn jwks(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let public = RsaPublicKeyComponents::<Vec<u8>>::from(shared.key.public());
    Json(json!({
        "keys": [{
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": KEY_ID,
            "n": URL_SAFE_NO_PAD.encode(public.n),
            "e": URL_SAFE_NO_PAD.encode(public.e),
        }]
    }))
}

#[derive(Deserialize)]
struct Exchange {
    code: String,
}

async fn token(State(shared): State<Arc<Shared>>, Form(exchange): Form<Exchange>) -> Json<Value> {
    Json(json!({
        "access_token": "a".repeat(TOKEN_LEN),
        "token_type": "Bearer",
        "expires_in": LIFE,
        "refresh_token": "r".repeat(REFRESH_TOKEN_LEN),
        "id_token": id_token(&shared, &exchange.code),
    }))
}

async fn userinfo() -> Json<Value> {
    Json(json!({ "sub": USER_ID, "name": NAME, "email": EMAIL }))
}

fn id_token(shared: &Shared, nonce: &str) -> String {
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": KEY_ID });
    let claims = json!({
        "iss": shared.issuer,
        "aud": CLIENT_ID,
        "sub": USER_ID,
        "name": NAME,
        "email": EMAIL,
        "iat": ISSUED,
        "exp": EXPIRES,
        "nonce": nonce,
    });
    let encode = |part: Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let message = format!("{}.{}", encode(header), encode(claims));
    let mut signature = vec![0; shared.key.public().modulus_len()];
    shared
        .key
        .sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            message.as_bytes(),
            &mut signature,
        )
        .unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
