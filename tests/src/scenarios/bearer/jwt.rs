//! Tokens that are JWTs, checked by FNCY's keys (row B2).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fncy_dev_server::{AccessTokenFormat, DevServer, Endpoint, Fault};
use fncy_login::{BearerCheck, JwtAlgorithm, JwtKeys};
use ring::hmac;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::browser::Backend as _;
use crate::harness::Harness;
use crate::steps::bearer::{accept, assert_refused, with_token};
use crate::world::World;

const INVALID: &str = "Bearer error=\"invalid_token\"";

/// FNCY issues JWTs.
fn world(harness: Harness) -> World {
    World::with(harness, |setup| {
        let provider = std::mem::take(&mut setup.provider);
        setup.provider = provider.access_token_format(AccessTokenFormat::Jwt);
    })
}

fn by_keys(provider: &DevServer) -> BearerCheck {
    let keys = JwtKeys::from_url(provider.jwks_url());
    BearerCheck::jwt(provider.issuer(), keys).audience(provider.audience())
}

fn token(world: &World) -> String {
    world
        .provider
        .token_for("alex", "mobile", "profile")
        .unwrap()
}

/// The claims of a good token.
fn claims(world: &World) -> Value {
    let now = world.clock().now().as_unix();
    json!({
        "iss": world.provider.issuer(), "aud": world.provider.audience(), "sub": "alex",
        "client_id": "mobile", "scope": "profile", "iat": now, "exp": now + 300,
    })
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn changed(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

pub(super) async fn b02_a_jwt_is_checked_without_a_question_about_it(harness: Harness) {
    let world = world(harness);
    accept(&world, by_keys(&world.provider), |login| login);
    for user in ["alex", "jun"] {
        let token = world.provider.token_for(user, "mobile", "profile").unwrap();
        let answer = world.raw(with_token("/page", &token)).await;
        assert_eq!(&*answer.text(), format!("user={user}"));
    }
    for (endpoint, asked) in [
        (Endpoint::Jwks, 1),
        (Endpoint::Introspect, 0),
        (Endpoint::UserData, 0),
    ] {
        assert_eq!(
            world.provider.request_count(endpoint),
            asked,
            "{endpoint:?}"
        );
    }
    accept(&world, by_keys(&world.provider).client("other"), |login| {
        login
    });
    let answer = world.raw(with_token("/page", &token(&world))).await;
    assert_refused(&answer, 401, "invalid_token", INVALID);
}

pub(super) async fn b02_a_jwt_must_be_for_us_and_valid_now(harness: Harness) {
    let world = world(harness);
    accept(&world, by_keys(&world.provider), |login| login);
    let now = world.clock().now().as_unix();
    let header = json!({ "typ": "at+jwt" });
    let good = claims(&world);
    for (name, value, is_accepted) in [
        ("x", json!(1), true),
        ("aud", json!(["other", world.provider.audience()]), true),
        // Clocks may differ by a minute.
        ("exp", json!(now - 59), true),
        ("nbf", json!(now + 59), true),
        ("exp", json!(now - 61), false),
        ("exp", json!(now.to_string()), false),
        ("exp", json!(null), false),
        ("nbf", json!(now + 61), false),
        ("nbf", json!("0"), false),
        ("iss", json!("https://other.example"), false),
        ("iss", json!([world.provider.issuer()]), false),
        ("iss", json!(null), false),
        ("aud", json!("other"), false),
        ("aud", json!(null), false),
        ("sub", json!(null), false),
        ("sub", json!("mobile"), false),
    ] {
        let token = world
            .provider
            .sign_jwt(&header, &changed(good.clone(), name, value.clone()));
        let answer = world.raw(with_token("/page", &token)).await;
        if is_accepted {
            assert_eq!(&*answer.text(), "user=alex", "{name} {value}");
        } else {
            assert_eq!(answer.status, 401, "{name} {value}");
            assert_refused(&answer, 401, "invalid_token", INVALID);
        }
    }
    for name in ["iss", "aud", "exp", "sub"] {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        let token = world.provider.sign_jwt(&header, &claims);
        let answer = world.raw(with_token("/page", &token)).await;
        assert_refused(&answer, 401, "invalid_token", INVALID);
    }
}

pub(super) async fn b02_a_forged_jwt_opens_nothing(harness: Harness) {
    let world = world(harness);
    accept(&world, by_keys(&world.provider), |login| login);
    let (claims, stranger) = (claims(&world), DevServer::start().unwrap());
    let jwks: Value = serde_json::from_str(&world.provider.jwks()).unwrap();
    let key = &jwks["keys"][0];
    let good = token(&world);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (head, payload) = signed.split_once('.').unwrap();
    let unsigned = |header: Value| format!("{}.{payload}", encode(header.to_string()));
    let none = unsigned(json!({ "alg": "none", "typ": "at+jwt", "kid": key["kid"] }));
    let mac = unsigned(json!({ "alg": "HS256", "typ": "at+jwt", "kid": key["kid"] }));
    let secret = hmac::Key::new(hmac::HMAC_SHA256, key.to_string().as_bytes());
    let tag = hmac::sign(&secret, mac.as_bytes());
    let twice = claims
        .to_string()
        .replace("\"sub\"", "\"sub\":\"jun\",\"sub\"");
    let by = |server: &DevServer, more: Value| {
        let mut header = json!({ "typ": "at+jwt" });
        header
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        server.sign_jwt(&header, &claims)
    };
    let stranger_jwks: Value = serde_json::from_str(&stranger.jwks()).unwrap();
    let mut forged = vec![
        format!("{none}."),
        format!("{none}.{signature}"),
        format!("{mac}.{}", encode(tag)),
        by(&world.provider, json!({ "typ": "JWT" })),
        by(&world.provider, json!({ "typ": null })),
        by(&world.provider, json!({ "alg": "RS256" })),
        by(&world.provider, json!({ "alg": "ES384" })),
        by(&world.provider, json!({ "crit": ["exp"] })),
        by(&world.provider, json!({ "kid": "../../etc/passwd" })),
        by(&world.provider, json!({ "kid": world.provider.jwks_url() })),
        by(&stranger, json!({})),
        by(&stranger, json!({ "kid": key["kid"] })),
        by(
            &stranger,
            json!({ "kid": key["kid"], "jwk": stranger_jwks["keys"][0] }),
        ),
        by(&stranger, json!({ "jku": stranger.jwks_url() })),
        format!("{head}.{}.{signature}", encode(twice)),
        format!("{signed}.{}", encode([0; 64])),
        format!("{signed}."),
        signed.to_owned(),
        good[..good.len() - 2].to_owned(),
        format!("{good}.{signature}"),
        format!("{head}.{payload}{}.{signature}", "A".repeat(20_000)),
    ];
    // A socket of a framework may take no more than 64 KB of headers at all.
    if harness == Harness::Bare {
        forged.push(format!(
            "{head}.{payload}{}.{signature}",
            "A".repeat(64 * 1024)
        ));
    }
    for forged in forged {
        let answer = world.raw(with_token("/page", &forged)).await;
        assert_refused(&answer, 401, "invalid_token", INVALID);
    }
    assert_eq!(world.provider.request_count(Endpoint::Jwks), 1);
    assert_eq!(stranger.request_count(Endpoint::Jwks), 0);
    let answer = world.raw(with_token("/page", &good)).await;
    assert_eq!(&*answer.text(), "user=alex");
}

pub(super) async fn b02_keys_are_read_once_for_all_who_wait(harness: Harness) {
    let world = world(harness);
    accept(&world, by_keys(&world.provider), |login| login);
    let slow = Fault::delay(Duration::from_millis(300));
    world.provider.fault(Endpoint::Jwks, slow);
    let mut answers = JoinSet::new();
    for number in 0..20 {
        let token = match number % 2 {
            0 => token(&world),
            _ => {
                let header = json!({ "typ": "at+jwt", "kid": format!("invented-{number}") });
                world.provider.sign_jwt(&header, &claims(&world))
            }
        };
        let (app, request) = (world.app(), with_token("/page", &token));
        let status = if number % 2 == 0 { 200 } else { 401 };
        answers.spawn(async move { (app.send(request).await.status, status) });
    }
    for (found, expected) in answers.join_all().await {
        assert_eq!(found, expected);
    }
    assert_eq!(world.provider.request_count(Endpoint::Jwks), 1);
}

pub(super) async fn b02_without_keys_a_jwt_is_a_503(harness: Harness) {
    let world = world(harness);
    let other = DevServer::start().unwrap();
    let token = token(&world);
    for (fault, status) in [
        (Fault::status(503), 503),
        (
            Fault::status(302).header("location", &other.jwks_url()),
            503,
        ),
        (Fault::status(200).header("content-type", "text/html"), 503),
        (Fault::status(200).json("{\"keys\":[]}"), 503),
        (Fault::status(200).json("{\"keys\":[],\"keys\":[]}"), 503),
        (Fault::lost_response(), 503),
        // These keys are of another server.
        (Fault::status(200).json(&other.jwks()), 401),
    ] {
        // A login that has no keys yet.
        accept(&world, by_keys(&world.provider), |login| login);
        world.provider.fault(Endpoint::Jwks, fault.clone().once());
        let answer = world.raw(with_token("/page", &token)).await;
        assert_eq!(answer.status, status, "{fault:?}");
        if status == 503 {
            assert_refused(&answer, 503, "provider_unavailable", "");
            assert_eq!(answer.header("retry-after"), Some("10"), "{fault:?}");
            let before = world.provider.request_count(Endpoint::Jwks);
            assert_eq!(world.raw(with_token("/page", &token)).await.status, 503);
            assert_eq!(
                world.provider.request_count(Endpoint::Jwks),
                before,
                "too early"
            );
        } else {
            assert_refused(&answer, 401, "invalid_token", INVALID);
        }
    }
    assert_eq!(other.request_count(Endpoint::Jwks), 0);
    assert!(world.calls.all().is_empty());
    let logged = world.logged();
    assert!(
        logged.contains("the keys of JWTs can't be read"),
        "{logged}"
    );
}

pub(super) async fn b02_keys_can_be_given(harness: Harness) {
    let world = world(harness);
    let keys = JwtKeys::from_set(world.provider.jwks());
    let check = |keys: JwtKeys| {
        BearerCheck::jwt(world.provider.issuer(), keys).audience(world.provider.audience())
    };
    let untyped = world
        .provider
        .sign_jwt(&json!({ "typ": "JWT" }), &claims(&world));
    for (keys, is_good, is_untyped_good) in [
        (keys.clone(), true, false),
        (keys.clone().danger_admit_typ_jwt(), true, true),
        (keys.clone().algorithms([JwtAlgorithm::Rs256]), false, false),
    ] {
        accept(&world, check(keys), |login| login);
        for (token, is_good) in [(&token(&world), is_good), (&untyped, is_untyped_good)] {
            let status = world.raw(with_token("/page", token)).await.status;
            assert_eq!(status, if is_good { 200 } else { 401 });
        }
    }
    world.provider.rotate_signing_key().unwrap();
    accept(&world, check(keys), |login| login);
    let answer = world.raw(with_token("/page", &token(&world))).await;
    assert_refused(&answer, 401, "invalid_token", INVALID);
    assert_eq!(world.provider.request_count(Endpoint::Jwks), 0);
}

pub(super) async fn b02_a_mistake_in_the_check_is_a_sentence_at_start(harness: Harness) {
    let world = world(harness);
    let keys = || JwtKeys::from_url("https://fncy.example/jwks");
    for (check, mistake) in [
        (
            BearerCheck::jwt("https://fncy.example", keys()),
            "it names no audience, which a JWT needs; call `audience`",
        ),
        (
            BearerCheck::jwt("https://fncy.example", keys()).client("shop"),
            "it names no audience, which a JWT needs; call `audience`",
        ),
        (
            BearerCheck::jwt("", keys()).audience("shop"),
            "its issuer is empty; write the `iss` of FNCY's tokens",
        ),
        (
            BearerCheck::jwt("i", JwtKeys::from_url("http://fncy.example")).audience("shop"),
            "the address of its keys must begin with https://",
        ),
        (
            BearerCheck::jwt("i", JwtKeys::from_set("{}")).audience("shop"),
            "its key set has no key that can be used",
        ),
        (
            BearerCheck::jwt("i", keys().algorithms([])).audience("shop"),
            "its list of algorithms is empty; name at least one",
        ),
    ] {
        let built = world.usual().bearer_prefix("/api", check).build();
        let error = built.unwrap_err().to_string();
        let sentence = format!("The check of bearer tokens for \"/api\" can't be used: {mistake}");
        assert!(error.contains(&sentence), "{error}");
    }
}
