//! JWTs that the npm package `jose` makes: good ones, and ones that no check may accept (row B2).

use std::path::Path;
use std::process::Command;

use fncy_login::{BearerCheck, JwtKeys};
use serde_json::{Value, json};

use super::oidc_provider::OIDC_PROVIDER;
use super::provider::FOLDER;
use super::skip;
use crate::harness::Harness;
use crate::steps::bearer::{accept, assert_refused, with_token};
use crate::world::World;

/// The number of tokens that must be accepted, and that must be refused.
const TOKENS: [usize; 2] = [9, 54];

/// The key set and the tokens. `None` if the package is not installed.
fn made(issuer: &str, audience: &str, now: u64) -> Option<Value> {
    if !Path::new(FOLDER).join("node_modules/jose").exists() {
        return skip(OIDC_PROVIDER.missing);
    }
    let settings = json!({ "issuer": issuer, "audience": audience, "now": now });
    let output = Command::new("node")
        .current_dir(FOLDER)
        .args(["hostile-jwts.mjs", &settings.to_string()])
        .output()
        .ok()
        .or_else(|| skip(OIDC_PROVIDER.missing))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

#[tokio::test]
async fn b02_jwts_of_another_library() {
    let world = World::new(Harness::Tower);
    let (issuer, audience) = (world.provider.issuer(), world.provider.audience());
    let Some(made) = made(issuer, audience, world.clock().now().as_unix()) else {
        return;
    };
    let keys = JwtKeys::from_set(json!({ "keys": made["keys"] }).to_string());
    accept(
        &world,
        BearerCheck::jwt(issuer, keys).audience(audience),
        |login| login,
    );
    let mut counts = [0, 0];
    for token in made["tokens"].as_array().unwrap() {
        let (name, text) = (&token["name"], token["token"].as_str().unwrap());
        let answer = world.raw(with_token("/page", text)).await;
        if token["isAccepted"] == true {
            assert_eq!(&*answer.text(), "user=alex", "{name}");
            counts[0] += 1;
        } else {
            assert_eq!(answer.status, 401, "{name}");
            assert_refused(
                &answer,
                401,
                "invalid_token",
                "Bearer error=\"invalid_token\"",
            );
            counts[1] += 1;
        }
    }
    assert_eq!(counts, TOKENS);
}
