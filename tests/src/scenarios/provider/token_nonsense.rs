//! Nothing of an unusable answer is used: a sign-in fails, and a session stays (rows P6, P8 to P12, P15, P22).

use fncy_dev_server::Fault;

use crate::harness::Harness;
use crate::steps::token_answer::{ACCESS_TOKEN, assert_nobody_is_signed_out, sign_in_anew, tokens};
use crate::world::{SCRIPTED, World};

async fn assert_unreadable(harness: Harness, answers: &[Fault]) {
    let world = World::new(harness);
    sign_in_anew(&world).await;
    for answer in answers {
        assert_nobody_is_signed_out(&world, answer, 502, "invalid_response").await;
    }
}

/// Bodies that are announced as JSON.
fn json<B: AsRef<[u8]>>(bodies: impl IntoIterator<Item = B>) -> Vec<Fault> {
    let answer = |body: B| Fault {
        body: Some(body.as_ref().to_vec()),
        ..Fault::status(200).json("")
    };
    bodies.into_iter().map(answer).collect()
}

pub(super) async fn p06_a_page_instead_of_tokens_is_unreadable(harness: Harness) {
    let page = Fault {
        body: Some(b"<!doctype html><title>Maintenance</title>".to_vec()),
        ..Fault::status(200).header("content-type", "text/html")
    };
    assert_unreadable(harness, &[page]).await;
}

pub(super) async fn p08_tokens_in_a_form_are_unreadable(harness: Harness) {
    let body = format!("access_token={SCRIPTED}&token_type=bearer&expires_in=3600");
    let form = Fault {
        body: Some(body.into_bytes()),
        ..Fault::status(200).header("content-type", "application/x-www-form-urlencoded")
    };
    assert_unreadable(harness, &[form]).await;
}

pub(super) async fn p09_what_is_not_quite_json_is_unreadable(harness: Harness) {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let answers = json([
        format!("{{{ACCESS_TOKEN}").as_bytes(),
        format!("{{{ACCESS_TOKEN}}} x").as_bytes(),
        format!("{{{ACCESS_TOKEN}}}{{}}").as_bytes(),
        format!("{{{ACCESS_TOKEN},\"expires_in\":NaN}}").as_bytes(),
        format!("{{{ACCESS_TOKEN},\"expires_in\":1e999}}").as_bytes(),
        format!("{{{ACCESS_TOKEN},\"x\":{deep}}}").as_bytes(),
        &[format!("{{{ACCESS_TOKEN},\"x\":\"").as_bytes(), b"\xff\"}"].concat(),
        b"",
    ]);
    assert_unreadable(harness, &answers).await;
}

pub(super) async fn p10_json_that_is_no_object_with_a_token_is_unreadable(harness: Harness) {
    let array = format!("[{{{ACCESS_TOKEN}}}]");
    let answers = json([&array, "\"scripted-token\"", "null", "7", "{}"]);
    assert_unreadable(harness, &answers).await;
}

pub(super) async fn p11_a_repeated_member_is_unreadable(harness: Harness) {
    let answers = [
        r#","access_token":"scripted-token-2""#,
        r#","access\u005ftoken":"scripted-token-2""#,
        r#","refresh_token":"scripted-token-3","refresh_token":"scripted-token-4""#,
        r#","x":{"a":1,"a":2}"#,
    ];
    assert_unreadable(harness, &answers.map(tokens)).await;
}

pub(super) async fn p12_no_access_token_is_guessed(harness: Harness) {
    let long = format!("\"{}\"", "x".repeat(100_000));
    let missing = r#"{"token_type":"bearer","expires_in":3600}"#.to_owned();
    let values = [
        r#""""#,
        "null",
        "123",
        r#"["scripted-token"]"#,
        r#""scripted token""#,
        r#""scripted-token\r\nx: y""#,
        r#""scripted-token\u0000""#,
        r#""scripted-t\u00f6ken""#,
        &long,
    ];
    let with = |value| format!(r#"{{"access_token":{value},"token_type":"bearer"}}"#);
    let bodies = values.into_iter().map(with).chain([missing]);
    assert_unreadable(harness, &json(bodies)).await;
}

pub(super) async fn p15_only_bearer_tokens_are_used(harness: Harness) {
    let types = [
        r#""mac""#,
        r#""DPoP""#,
        r#""Application Access Token""#,
        r#""Bearer ""#,
        r#""""#,
        "7",
        "[\"bearer\"]",
    ];
    let with = |kind| format!(r#"{{"access_token":"scripted-token","token_type":{kind}}}"#);
    assert_unreadable(harness, &json(types.map(with))).await;
}

pub(super) async fn p22_no_refresh_token_is_guessed(harness: Harness) {
    let values = ["123", "{}", r#""scripted token""#, r#""scripted-token\n""#];
    let answers = values.map(|value| tokens(&format!(",\"refresh_token\":{value}")));
    assert_unreadable(harness, &answers).await;
}
