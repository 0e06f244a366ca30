//! The vectors of Project Wycheproof for JSON web signatures and keys.
//!
//! `FNCY_CORPORA` names the folder of the corpora. The default is `../shared/corpora` from the workspace's root. If the
//! files are missing, the test says so and is skipped.
//!
//! Rule: a valid vector is accepted, with two exceptions. We don't have its algorithm (a MAC, or ECDSA on P-521). Or its
//! key is for another algorithm: `Figure20` is signed with PS384, and its key is for PS256 (RFC 7517, section 4.4).

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::bearer::jwt::algorithm::JwtAlgorithm;
use crate::bearer::jwt::key_set::KeySet;
use crate::bearer::jwt::signed_token::SignedToken;

const ALL: [JwtAlgorithm; 9] = [
    JwtAlgorithm::Es256,
    JwtAlgorithm::Es384,
    JwtAlgorithm::EdDsa,
    JwtAlgorithm::Ps256,
    JwtAlgorithm::Ps384,
    JwtAlgorithm::Ps512,
    JwtAlgorithm::Rs256,
    JwtAlgorithm::Rs384,
    JwtAlgorithm::Rs512,
];

#[expect(
    clippy::disallowed_methods,
    reason = "the folder is a setting of the tests alone"
)]
fn vectors(file: &str) -> Option<Value> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora");
    let folder = std::env::var("FNCY_CORPORA").map_or_else(|_| default.into(), PathBuf::from);
    let path = folder.join("wycheproof").join(file);
    let Ok(text) = fs::read(&path) else {
        eprintln!("skipped: no corpus at {}", path.display());
        return None;
    };
    Some(serde_json::from_slice(&text).unwrap())
}

fn is_accepted(token: &str, set: &Value) -> bool {
    let Some(keys) = KeySet::parse(set.to_string().as_bytes()) else {
        return false;
    };
    SignedToken::parse(token, &ALL).is_ok_and(|jws| {
        let key = keys.find(jws.key_id.as_deref(), jws.algorithm);
        key.is_ok_and(|key| jws.payload(key).is_ok())
    })
}

/// The numbers of vectors that are valid and accepted, valid and refused, and invalid and refused.
fn judge(file: &str) -> Option<[usize; 3]> {
    let mut counts = [0; 3];
    for group in vectors(file)?["testGroups"].as_array().unwrap() {
        let keys = group.get("public").unwrap_or(&group["private"]);
        let set = match keys.get("keys") {
            Some(_) => keys.clone(),
            None => json!({ "keys": [keys] }),
        };
        for test in group["tests"].as_array().unwrap() {
            let is_accepted = is_accepted(test["jws"].as_str().unwrap_or_default(), &set);
            let is_valid = test["result"] == "valid";
            let algorithm = set["keys"][0]["alg"].as_str().unwrap_or_default();
            let is_ours = !algorithm.starts_with("HS") && algorithm != "ES521";
            let is_for_key = test["comment"] != "Figure20";
            assert_eq!(
                is_accepted,
                is_valid && is_ours && is_for_key,
                "{file} {} {}: {}",
                group["comment"],
                test["tcId"],
                test["comment"]
            );
            counts[match (is_valid, is_accepted) {
                (true, true) => 0,
                (true, false) => 1,
                (false, _) => 2,
            }] += 1;
        }
    }
    Some(counts)
}

#[test]
fn signatures() {
    let counts = judge("json_web_signature_test.json");
    assert!(
        counts.is_none_or(|counts| counts == [32, 14, 355]),
        "{counts:?}"
    );
}

#[test]
fn keys() {
    let counts = judge("json_web_key_test.json");
    assert!(
        counts.is_none_or(|counts| counts == [1, 4, 21]),
        "{counts:?}"
    );
}
