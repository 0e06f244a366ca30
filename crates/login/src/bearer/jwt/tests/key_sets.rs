//! Which keys of a set are used, and by which tokens.

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _,
};
use serde_json::{Value, json};

use super::signer::{CLAIMS, Setup, Signer, encode, set_of};
use crate::bearer::jwt::algorithm::JwtAlgorithm;
use crate::bearer::jwt::jwt_keys::JwtKeys;

fn changed(jwk: &Value, name: &str, value: Value) -> Value {
    let mut jwk = jwk.clone();
    jwk[name] = value;
    jwk
}

#[tokio::test]
async fn a_key_for_another_purpose_is_left_out() {
    let (signer, other) = (Signer::new("a"), Signer::new("other"));
    let jwk = signer.jwk();
    for (name, value) in [
        ("use", json!("enc")),
        ("use", json!(["sig"])),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!("verify")),
        ("alg", json!("ES384")),
        ("alg", json!("ES512")),
        ("alg", json!(7)),
        ("kid", json!(7)),
        ("kty", json!("RSA")),
        ("kty", json!("oct")),
        ("crv", json!("P-384")),
        ("x", json!("AAAA")),
        ("y", json!(jwk["x"])),
    ] {
        let setup = Setup::given(&[changed(&jwk, name, value.clone()), other.jwk()]);
        assert!(!setup.accepts(&signer.token()).await, "{name} {value}");
        assert!(setup.accepts(&other.token()).await, "{name} {value}");
    }
    let unnamed =
        json!({ "kty": jwk["kty"], "crv": jwk["crv"], "x": jwk["x"], "y": jwk["y"], "kid": "a" });
    for fine in [
        changed(&jwk, "key_ops", json!(["verify", "sign"])),
        changed(&jwk, "x5t", json!("AAAA")),
        unnamed,
    ] {
        assert!(Setup::given(&[fine]).accepts(&signer.token()).await);
    }
}

#[tokio::test]
async fn a_token_without_a_key_id_needs_a_single_key() {
    let (one, two) = (Signer::new("a"), Signer::new("b"));
    let token = one.token_of(r#"{"typ":"at+jwt","alg":"ES256"}"#, CLAIMS);
    assert!(Setup::given(&[one.jwk()]).accepts(&token).await);
    let both = Setup::given(&[one.jwk(), two.jwk()]);
    assert_eq!(
        both.reason(&token).await,
        "not one key fits the algorithm of the token"
    );
    assert!(both.accepts(&one.token()).await && both.accepts(&two.token()).await);
}

#[tokio::test]
async fn two_keys_of_one_id_sign_nothing() {
    let (one, two) = (Signer::new("a"), Signer::new("a"));
    let both = Setup::given(&[one.jwk(), two.jwk()]);
    assert!(!both.accepts(&one.token()).await && !both.accepts(&two.token()).await);
    // Keys of two kinds may have the same ID (RFC 7517, section 4.5).
    let x = &one.jwk()["x"];
    let ed25519 = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": "a" });
    assert!(
        Setup::given(&[one.jwk(), ed25519])
            .accepts(&one.token())
            .await
    );
}

#[tokio::test]
async fn ed25519_and_p384_are_accepted() {
    let random = SystemRandom::new();
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&random).unwrap();
    let ed25519 = Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap();
    let algorithm = &ECDSA_P384_SHA384_FIXED_SIGNING;
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    let p384 = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
    let (x, y) = p384.public_key().as_ref()[1..].split_at(48);
    let x_only = encode(ed25519.public_key());
    let set = set_of(&[
        json!({ "kty": "OKP", "crv": "Ed25519", "x": x_only, "kid": "ed" }),
        json!({ "kty": "EC", "crv": "P-384", "x": encode(x), "y": encode(y), "kid": "ec" }),
    ]);
    let algorithms = [JwtAlgorithm::EdDsa, JwtAlgorithm::Es384];
    let setup = Setup::new(&JwtKeys::from_set(set).algorithms(algorithms));
    for (name, id) in [("EdDSA", "ed"), ("Ed25519", "ed"), ("ES384", "ec")] {
        let header = json!({ "typ": "at+jwt", "alg": name, "kid": id }).to_string();
        let signed = format!("{}.{}", encode(header), encode(CLAIMS));
        let mut signature = match id {
            "ed" => ed25519.sign(signed.as_bytes()).as_ref().to_vec(),
            _ => p384
                .sign(&random, signed.as_bytes())
                .unwrap()
                .as_ref()
                .to_vec(),
        };
        let token = format!("{signed}.{}", encode(&signature));
        assert!(setup.accepts(&token).await, "{name}");
        signature[7] ^= 1;
        let token = format!("{signed}.{}", encode(&signature));
        assert!(!setup.accepts(&token).await, "{name}");
    }
}

#[test]
fn mistakes_are_sentences_at_start() {
    let jwk = Signer::new("a").jwk();
    let no_key = "its key set has no key that can be used; write JSON such as {\"keys\": [..]} with public keys, of which an RSA key has at least 2048 bits";
    let short = json!({ "kty": "RSA", "n": "-".repeat(170) + "A", "e": "AQAB" });
    let repeated = set_of(std::slice::from_ref(&jwk)).replace("{\"keys\"", "{\"keys\":[],\"keys\"");
    for set in [
        "",
        "{}",
        "[]",
        "{\"keys\":{}}",
        &set_of(&[]),
        &set_of(&[short]),
        &repeated,
    ] {
        assert_eq!(
            JwtKeys::from_set(set).verifier().unwrap_err(),
            no_key,
            "{set}"
        );
    }
    let mistake = |keys: JwtKeys| keys.verifier().unwrap_err();
    assert_eq!(
        mistake(JwtKeys::from_set(set_of(&[jwk])).algorithms([])),
        "its list of algorithms is empty; name at least one"
    );
    assert_eq!(
        mistake(JwtKeys::from_url("http://fncy.example/jwks")),
        "the address of its keys must begin with https:// (http:// is for localhost only)"
    );
}
