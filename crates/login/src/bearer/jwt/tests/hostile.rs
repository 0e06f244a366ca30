//! Tokens that no check may accept (RFC 8725), signed by the right key where a signature can be right.

use ring::hmac;
use serde_json::{Value, json};

use super::signer::{CLAIMS, Setup, Signer, encode, set_of};
use crate::bearer::jwt::algorithm::JwtAlgorithm;
use crate::bearer::jwt::jwt_keys::JwtKeys;

/// The header of a good token, with these members changed or added.
fn header(more: Value) -> String {
    let mut header = json!({ "typ": "at+jwt", "alg": "ES256", "kid": "a" });
    if let (Value::Object(header), Value::Object(more)) = (&mut header, more) {
        header.extend(more);
    }
    header.to_string()
}

#[tokio::test]
async fn a_good_token_gives_its_claims() {
    let signer = Signer::new("a");
    let setup = Setup::given(&[signer.jwk()]);
    let claims = Value::Object(setup.check(&signer.token()).await.unwrap());
    assert_eq!(claims, json!({ "sub": "alex" }));
    for kind in ["application/at+jwt", "AT+JWT"] {
        let token = signer.token_of(&header(json!({ "typ": kind })), CLAIMS);
        assert!(setup.accepts(&token).await, "{kind}");
    }
}

#[tokio::test]
async fn members_of_the_header_lead_nowhere() {
    let signer = Signer::new("a");
    let setup = Setup::given(&[signer.jwk()]);
    let foreign = Signer::new("a");
    let url = "https://evil.example/jwks";
    // A signature of the right key is still right beside them.
    for more in [
        json!({ "jwk": foreign.jwk() }),
        json!({ "jku": url }),
        json!({ "x5u": url, "x5c": ["AAAA"] }),
    ] {
        let header = header(more);
        assert!(
            setup.accepts(&signer.token_of(&header, CLAIMS)).await,
            "{header}"
        );
        let reason = setup.reason(&foreign.token_of(&header, CLAIMS)).await;
        assert_eq!(
            reason, "the signature of the token is not valid",
            "{header}"
        );
    }
    for id in [
        "../../dev/null",
        "/dev/null",
        url,
        "a' or '1'='1",
        "",
        "A",
        "a\0",
    ] {
        let token = signer.token_of(&header(json!({ "kid": id })), CLAIMS);
        assert_eq!(
            setup.reason(&token).await,
            "no key has the key ID of the token",
            "{id}"
        );
    }
    assert_eq!(setup.provider.asked(), 0);
}

#[tokio::test]
async fn headers_that_are_not_accepted() {
    let signer = Signer::new("a");
    let setup = Setup::given(&[signer.jwk()]);
    let algorithm = "the algorithm of the token is not accepted";
    let text = "a member of the token's header is no text";
    for (more, reason) in [
        (json!({ "alg": "none" }), algorithm),
        (json!({ "alg": "None" }), algorithm),
        (json!({ "alg": "es256" }), algorithm),
        (json!({ "alg": "" }), algorithm),
        (json!({ "alg": "HS256" }), algorithm),
        (json!({ "alg": "ES512" }), algorithm),
        (json!({ "alg": null }), text),
        (json!({ "alg": ["ES256"] }), text),
        (json!({ "kid": 7 }), text),
        (json!({ "typ": ["at+jwt"] }), text),
        (
            json!({ "alg": "RS256" }),
            "not one key fits the algorithm of the token",
        ),
        (
            json!({ "alg": "EdDSA" }),
            "not one key fits the algorithm of the token",
        ),
        (json!({ "typ": "JWT" }), "typ is not at+jwt"),
        (json!({ "typ": "id+jwt" }), "typ is not at+jwt"),
        (json!({ "typ": "" }), "typ is not at+jwt"),
        (
            json!({ "crit": ["exp"], "exp": 1 }),
            "the token has crit, and no extension is known",
        ),
        (
            json!({ "crit": [] }),
            "the token has crit, and no extension is known",
        ),
    ] {
        let header = header(more);
        assert_eq!(
            setup.reason(&signer.token_of(&header, CLAIMS)).await,
            reason,
            "{header}"
        );
    }
    let no_kind = json!({ "alg": "ES256", "kid": "a" }).to_string();
    assert_eq!(
        setup.reason(&signer.token_of(&no_kind, CLAIMS)).await,
        "typ is not at+jwt"
    );
    for header in [
        r#"{"typ":"at+jwt","alg":"none","alg":"ES256","kid":"a"}"#,
        r#"{"typ":"at+jwt","alg":"ES256","kid":"a","x":{"y":1,"y":2}}"#,
        r#"["at+jwt","ES256"]"#,
        "",
    ] {
        let reason = setup.reason(&signer.token_of(header, CLAIMS)).await;
        assert_eq!(
            reason, "the header of the token is no JSON object",
            "{header}"
        );
    }
}

#[tokio::test]
async fn claims_are_one_object_without_repeated_members() {
    let signer = Signer::new("a");
    let setup = Setup::given(&[signer.jwk()]);
    for claims in [
        r#"{"sub":"alex","sub":"jun"}"#,
        r#"{"sub":"alex","x":{"\u0061":1,"a":2}}"#,
        "[1]",
        r#"{"sub":"alex"} {}"#,
        "",
    ] {
        let token = signer.token_of(&header(json!({})), claims);
        assert_eq!(
            setup.reason(&token).await,
            "the claims of the token are no JSON object, or one is repeated",
            "{claims}"
        );
    }
}

#[tokio::test]
async fn a_published_key_is_no_secret() {
    let signer = Signer::new("a");
    let setup = Setup::given(&[signer.jwk()]);
    let signed = format!(
        "{}.{}",
        encode(header(json!({ "alg": "HS256" }))),
        encode(CLAIMS)
    );
    for secret in [signer.point(), signer.jwk().to_string().as_bytes()] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let token = format!("{signed}.{}", encode(hmac::sign(&key, signed.as_bytes())));
        assert_eq!(
            setup.reason(&token).await,
            "the algorithm of the token is not accepted"
        );
    }
}

#[tokio::test]
async fn signatures_that_are_not_accepted() {
    let signer = Signer::new("a");
    let setup = Setup::given(&[signer.jwk()]);
    let token = signer.token();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let (head, claims) = signed.split_once('.').unwrap();
    let mut good = signer.sign(signed);
    let other = Signer::new("a").sign(signed);
    let der = [&[0x30, 68, 2, 32][..], &good[..32], &[2, 32], &good[32..]].concat();
    for signature in [
        &[][..],
        &[0; 64],
        &[1],
        &good[..63],
        &[&good[..], &[0]].concat(),
        &der,
        &other,
    ] {
        let token = format!("{signed}.{}", encode(signature));
        assert_eq!(
            setup.reason(&token).await,
            "the signature of the token is not valid"
        );
    }
    good[40] ^= 1;
    assert!(!setup.accepts(&format!("{signed}.{}", encode(&good))).await);
    let changed = format!("{head}.{}.{signature}", encode(r#"{"sub":"jun"}"#));
    assert!(!setup.accepts(&changed).await);
    // 64 bytes leave four bits of their last character unused: another spelling of the same bytes.
    let last = signature.chars().last().unwrap();
    let spelled = char::from(last as u8 + 1);
    for text in [
        format!("{token}="),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.AAAA"),
        format!(" {token}"),
        format!("{token}\n"),
        signed.to_owned(),
        head.to_owned(),
        format!("{head}..{signature}"),
        format!(".{claims}.{signature}"),
        token[..token.len() - 1].to_owned() + &spelled.to_string(),
        token[..token.len() / 2].to_owned(),
        String::new(),
        ".".to_owned(),
        "..".to_owned(),
        json!({ "payload": claims, "protected": head, "signature": signature }).to_string(),
    ] {
        assert!(!setup.accepts(&text).await, "{text}");
    }
    for end in 0..token.len() {
        assert!(!setup.accepts(&token[..end]).await, "{end}");
    }
}

#[tokio::test]
async fn a_setting_admits_other_types_and_another_one_fewer_algorithms() {
    let signer = Signer::new("a");
    let keys = JwtKeys::from_set(set_of(&[signer.jwk()]));
    let open = Setup::new(&keys.clone().danger_admit_typ_jwt());
    for (kind, is_accepted) in [
        ("JWT", true),
        ("jwt", true),
        ("at+jwt", true),
        ("id+jwt", false),
    ] {
        let token = signer.token_of(&header(json!({ "typ": kind })), CLAIMS);
        assert_eq!(open.accepts(&token).await, is_accepted, "{kind}");
    }
    let no_kind = json!({ "alg": "ES256", "kid": "a" }).to_string();
    assert!(open.accepts(&signer.token_of(&no_kind, CLAIMS)).await);
    let strict = Setup::new(&keys.algorithms([JwtAlgorithm::Rs256]));
    let reason = strict.reason(&signer.token()).await;
    assert_eq!(reason, "the algorithm of the token is not accepted");
}
