//! Proofs of a hostile client (rows D5, D6, D10 and D13).

use fncy_login_testing::DeviceKey;
use serde_json::json;

use crate::browser::Backend as _;
use crate::harness::Harness;
use crate::steps::device_key::{
    Bound, DEVICE, YOUNG, assert_challenged, assert_refused, bind, binding, bound, challenge_of,
    json_of, offered, only, refresh, refresh_request, register, sign_in,
};

fn key() -> DeviceKey {
    DeviceKey::generate().unwrap()
}

pub(super) async fn d05_a_proof_is_used_once(harness: Harness) {
    let world = binding(harness);
    let (_, offer) = offered(&world).await;
    let thief = key();
    let own = key();
    let proof = own.registration(&offer);
    let first = register(&world.app(), &proof).await;
    assert_eq!(first.status, 200, "{}", first.text());
    assert_refused(&register(&world.app(), &proof).await, "the same proof");
    let with_another = thief.registration(&offer);
    assert_refused(
        &register(&world.app(), &with_another).await,
        "another key for the same offer",
    );
    let name = json_of(&first)["session_identifier"].clone();
    let name = name.as_str().unwrap();
    let proof = own.proof(&challenge_of(&first));
    let refreshed = refresh(&world.app(), name, Some(&proof)).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.text());
    for _ in 0..2 {
        let again = refresh(&world.app(), name, Some(&proof)).await;
        assert_challenged(&again, "the same proof");
    }
}

pub(super) async fn d06_a_proof_of_another_key_or_session_is_refused(harness: Harness) {
    let world = binding(harness);
    let one = bound(&world).await;
    let mut tab = world.stranger().tab();
    let offer = sign_in(&world, &mut tab).await;
    let other = bind(&world, tab, &offer).await;
    let proof = key().proof(&one.challenge);
    let answer = refresh(&world.app(), &one.name, Some(&proof)).await;
    assert_refused(&answer, "another key");
    let proof = other.key.proof(&one.challenge);
    let answer = refresh(&world.app(), &one.name, Some(&proof)).await;
    assert_refused(&answer, "the key of another session");
    let proof = one.key.proof(&other.challenge);
    let answer = refresh(&world.app(), &one.name, Some(&proof)).await;
    assert_challenged(&answer, "the challenge of another session");
    let answer = refresh(&world.app(), &other.name, Some(&proof)).await;
    assert_refused(&answer, "the binding of another session");
    // The key in a refresh is not looked at.
    let thief = key();
    let header = json!({
        "alg": "ES256",
        "typ": "dbsc+jwt",
        "jwk": serde_json::from_str::<serde_json::Value>(&thief.public_jwk()).unwrap(),
    });
    let payload = json!({"jti": one.challenge});
    let proof = thief.jwt(&header.to_string(), &payload.to_string());
    let answer = refresh(&world.app(), &one.name, Some(&proof)).await;
    assert_refused(&answer, "a key that the proof brings");
}

/// Proofs that are not right, each with what is wrong. `jwk` is the member with the key, or an empty text.
fn wrong(key: &DeviceKey, challenge: &str, jwk: &str) -> Vec<(&'static str, String)> {
    let header = |start: &str| format!("{{{start}{jwk}}}");
    let payload = json!({"jti": challenge}).to_string();
    let right = header(r#""alg":"ES256","typ":"dbsc+jwt""#);
    let mut proofs: Vec<_> = [
        ("alg none", r#""alg":"none","typ":"dbsc+jwt""#),
        ("alg RS256", r#""alg":"RS256","typ":"dbsc+jwt""#),
        ("alg HS256", r#""alg":"HS256","typ":"dbsc+jwt""#),
        ("alg in small letters", r#""alg":"es256","typ":"dbsc+jwt""#),
        ("alg is no text", r#""alg":["ES256"],"typ":"dbsc+jwt""#),
        (
            "two algs",
            r#""alg":"ES256","alg":"ES256","typ":"dbsc+jwt""#,
        ),
        ("no alg", r#""typ":"dbsc+jwt""#),
        ("no typ", r#""alg":"ES256""#),
        ("another typ", r#""alg":"ES256","typ":"JWT""#),
        ("crit", r#""alg":"ES256","typ":"dbsc+jwt","crit":["b64"]"#),
    ]
    .map(|(what, start)| (what, key.jwt(&header(start), &payload)))
    .into();
    let payloads = [
        ("no challenge", "{}".to_owned()),
        ("no object", "[]".to_owned()),
        ("no JSON", challenge.to_owned()),
        (
            "a challenge that is no text",
            json!({"jti": [challenge]}).to_string(),
        ),
        (
            "two challenges",
            format!(r#"{{"jti":"{challenge}","jti":"{challenge}"}}"#),
        ),
    ];
    proofs.extend(payloads.map(|(what, payload)| (what, key.jwt(&right, &payload))));
    let whole = key.jwt(&right, &payload);
    let (signed, signature) = whole.rsplit_once('.').unwrap();
    let (header, body) = signed.split_once('.').unwrap();
    proofs.extend([
        ("no signature", format!("{signed}.")),
        ("two parts", signed.to_owned()),
        ("four parts", format!("{whole}.{signature}")),
        ("a cut signature", format!("{signed}.{}", &signature[4..])),
        ("a padded signature", format!("{whole}==")),
        (
            "a signature of zeros",
            format!("{signed}.{}", "A".repeat(86)),
        ),
        (
            "a header that was not signed",
            format!("{header}IA.{body}.{signature}"),
        ),
        ("an empty text", String::new()),
        ("a long text", format!("{whole}{}", "A".repeat(8_000))),
    ]);
    proofs
}

pub(super) async fn d10_a_proof_that_is_not_right_is_refused(harness: Harness) {
    let world = binding(harness);
    let (tab, offer) = offered(&world).await;
    let key = key();
    let jwk = format!(r#","jwk":{}"#, key.public_jwk());
    for (what, proof) in wrong(&key, &offer, &jwk) {
        assert_refused(&register(&world.app(), &proof).await, what);
    }
    assert_refused(
        &register(&world.app(), &key.proof(&offer)).await,
        "a registration without a key",
    );
    let Bound {
        key,
        name,
        challenge,
        mut tab,
        ..
    } = bind(&world, tab, &offer).await;
    for (what, proof) in wrong(&key, &challenge, "") {
        assert_refused(&refresh(&world.app(), &name, Some(&proof)).await, what);
    }
    let proof = key.proof(&challenge);
    let twice = refresh_request(&name, Some(&proof)).with_header("secure-session-response", &proof);
    assert_refused(&world.app().send(twice).await, "two proofs");
    for name in ["", "x", &name[1..], &format!("{name}A")] {
        let answer = refresh(&world.app(), name, Some(&proof)).await;
        assert_refused(&answer, "no binding of ours");
    }
    for method in ["GET", "PUT"] {
        let mut request = refresh_request(&name, Some(&proof));
        request.method = method.to_owned();
        assert_eq!(world.app().send(request).await.status, 405, "{method}");
    }
    // None of it has used the challenge up.
    let answer = refresh(&world.app(), &name, Some(&proof)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let page = tab.get("https://app.example/page").await;
    assert_eq!(page.text(), "user=alex");
}

pub(super) async fn d10_sealed_texts_dont_take_each_others_place(harness: Harness) {
    let world = binding(harness);
    let (tab, offer) = offered(&world).await;
    let bound = bind(&world, tab, &offer).await;
    let device = String::from_utf8(only(&bound.copy(), DEVICE)).unwrap();
    let (cookie, device) = device.split_once('=').unwrap();
    let session = world.session_cookie();
    let first = session.split('.').next().unwrap();
    // From now on the session needs its device cookie.
    world.advance(YOUNG);
    for text in [&offer, &bound.challenge, &bound.name, device, first] {
        if text != offer {
            let answer = register(&world.app(), &key().registration(text)).await;
            assert_refused(&answer, "not an offer");
        }
        if text != bound.challenge {
            let proof = bound.key.proof(text);
            let answer = refresh(&world.app(), &bound.name, Some(&proof)).await;
            assert_challenged(&answer, "not a challenge");
        }
        if text != bound.name {
            assert_refused(&refresh(&world.app(), text, None).await, "not a binding");
        }
        for cookies in [
            format!("__Host-fncy_session={text}."),
            format!("__Host-fncy_session={session}; {cookie}={text}"),
        ] {
            let is_own = text == device && cookies.contains(&session);
            let answer = world.ask("/page", &cookies).await;
            assert_eq!(answer.status, if is_own { 200 } else { 401 });
        }
    }
}

pub(super) async fn d13_a_key_of_another_kind_is_refused(harness: Harness) {
    let world = binding(harness);
    let (tab, offer) = offered(&world).await;
    let key = key();
    let own = key.public_jwk();
    let x = "6_GB2voQ0qroMh6OlDFCFS_SJriQi1PTvvBOhGZ3bHI";
    for (what, jwk) in [
        ("no object", "\"key\"".to_owned()),
        (
            "RSA",
            json!({"kty": "RSA", "n": x, "e": "AQAB"}).to_string(),
        ),
        ("another curve", own.replace("P-256", "P-384")),
        ("a secret", json!({"kty": "oct", "k": x}).to_string()),
        (
            "no point",
            json!({"kty": "EC", "crv": "P-256", "x": x, "y": x}).to_string(),
        ),
        (
            "a missing coordinate",
            json!({"kty": "EC", "crv": "P-256", "x": x}).to_string(),
        ),
        ("another key", self::key().public_jwk()),
    ] {
        let header = format!(r#"{{"alg":"ES256","typ":"dbsc+jwt","jwk":{jwk}}}"#);
        let proof = key.jwt(&header, &json!({"jti": offer}).to_string());
        assert_refused(&register(&world.app(), &proof).await, what);
    }
    let mut bound = bind(&world, tab, &offer).await;
    assert_eq!(bound.text("/page").await, "user=alex");
}
