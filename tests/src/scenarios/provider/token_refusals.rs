//! A refusal ends a sign-in, and ends a session only if it is about the session's own token (rows P23 to P28, P37, P41,
//! F16).

use fncy_dev_server::{Endpoint, Fault};

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::steps::callback::assert_failure;
use crate::steps::session::LIFE;
use crate::steps::token_answer::{
    ACCESS_TOKEN, PAGE, assert_ends_in_sign_in, assert_kept, assert_no_sign_in,
    assert_nobody_is_signed_out, assert_unnoticed, sign_in_anew, sign_in_with_user_data,
};
use crate::world::World;

fn error(status: u16, code: &str) -> Fault {
    Fault::status(status).json(&format!(r#"{{"error":"{code}"}}"#))
}

/// A success and an error at once.
fn both(code: &str) -> Fault {
    Fault::status(200).json(&format!(r#"{{"error":"{code}",{ACCESS_TOKEN}}}"#))
}

pub(super) async fn p23_a_refused_grant_is_not_asked_for_again(harness: Harness) {
    for refused in [error(400, "invalid_grant"), both("invalid_grant")] {
        let world = World::new(harness);
        assert_no_sign_in(&world, &refused, 400, "login_expired").await;
        assert_unnoticed(&world, &refused).await;
        let mut tab = world.tab();
        let asked = world.token_requests();
        world.advance(10);
        for _ in 0..5 {
            assert_eq!(tab.get(PAGE).await.status, 303);
            assert_eq!(tab.fetch(PAGE).await.status, 401);
            assert_eq!(world.cookies("__Host-fncy_session").len(), 1, "not cleared");
        }
        assert_eq!(world.token_requests(), asked, "the dead token is known");
        world.advance(3601);
        assert_eq!(tab.get(PAGE).await.status, 303);
        let left = world.cookies("__Host-fncy_session");
        assert_eq!(left, [""; 0], "too old to have been replaced");
    }
}

pub(super) async fn p24_a_refused_client_is_the_operators_business(harness: Harness) {
    for answer in [
        error(401, "invalid_client"),
        error(400, "invalid_client"),
        error(400, "unauthorized_client"),
        error(200, "incorrect_client_credentials"),
        error(200, "invalid_client_id"),
        error(200, "bad_client_secret"),
        both("invalid_client"),
    ] {
        let world = World::new(harness);
        assert_kept(&world, &answer).await;
        assert!(world.logged().contains("client_rejected"), "of a refresh");
        assert!(world.logged().contains("FNCY_CLIENT_SECRET"));
        assert_nobody_is_signed_out(&world, &answer, 500, "client_rejected").await;
    }
}

/// What dead refresh tokens are answered with, where it is not `invalid_grant`.
fn dead() -> Vec<Fault> {
    let text = |status: u16, body: &str| Fault {
        body: Some(body.as_bytes().to_vec()),
        ..Fault::status(status)
    };
    vec![
        error(400, "invalid_request"),
        error(400, "unsupported_grant_type"),
        error(400, "interaction_required"),
        error(400, "invalid_token"),
        error(401, "invalid_token"),
        error(401, "no_code_of_any_standard"),
        error(200, "bad_refresh_token"),
        text(400, "invalid_grant"),
        text(400, "error=invalid_grant"),
        Fault::status(400).json(r#"{"errors":["invalid_grant"]}"#),
        Fault::status(400).json(r#"{"error":{"code":"invalid_grant"}}"#),
        Fault::status(401),
        text(403, "<html>"),
        Fault::status(404),
        Fault::status(410),
        Fault::status(422).json(r#"{"message":"no"}"#),
    ]
}

pub(super) async fn p25_another_refusal_is_not_noticed_while_the_token_lives(harness: Harness) {
    let world = World::new(harness);
    for answer in dead() {
        assert_no_sign_in(&world, &answer, 502, "provider_refused").await;
        assert_unnoticed(&world, &answer).await;
    }
}

pub(super) async fn p37_a_dead_refresh_token_ends_in_a_sign_in(harness: Harness) {
    for answer in dead() {
        let world = World::new(harness);
        assert_ends_in_sign_in(&world, &answer).await;
    }
}

pub(super) async fn p37_who_was_refused_before_the_end_does_not_wait(harness: Harness) {
    for answer in dead() {
        let world = World::new(harness);
        let mut tab = sign_in_anew(&world).await;
        world.advance(LIFE - 5);
        world.provider.fault(Endpoint::Token, answer);
        for _ in 0..3 {
            assert_eq!(tab.get(PAGE).await.text(), "user=alex");
        }
        world.advance(6);
        assert_eq!(tab.fetch(PAGE).await.status, 401);
        assert_eq!(tab.get(PAGE).await.status, 303);
        assert_eq!(
            world.token_requests(),
            3,
            "a sign-in, and twice for the token"
        );
        world.resends("the first answer need not be about the token");
    }
}

pub(super) async fn p26_an_error_wins_over_tokens(harness: Harness) {
    let world = World::new(harness);
    let truth = Fault::status(200).json(&format!(r#"{{"error":true,{ACCESS_TOKEN}}}"#));
    for answer in [both("invalid_request"), truth] {
        assert_no_sign_in(&world, &answer, 502, "provider_refused").await;
        assert_unnoticed(&world, &answer).await;
        assert_ends_in_sign_in(&World::new(harness), &answer).await;
    }
}

pub(super) async fn p27_an_overload_is_passed_on_in_our_own_words(harness: Harness) {
    for (theirs, ours) in [
        ("7", "7"),
        ("99999999", "300"),
        ("-1", "1"),
        ("soon", "1"),
        ("Wed, 21 Oct 2037 07:28:00 GMT", "1"),
        ("", "1"),
    ] {
        let world = World::new(harness);
        let answer = Fault::status(429).header("retry-after", theirs);
        let page = assert_no_sign_in(&world, &answer, 503, "provider_unavailable").await;
        assert_eq!(page.header("retry-after"), Some(ours), "{theirs}");
        assert_unnoticed(&world, &answer).await;
        let page = assert_kept(&world, &answer).await;
        assert_eq!(page.header("retry-after"), Some(ours), "{theirs}");
    }
}

pub(super) async fn p27_an_overload_is_respected(harness: Harness) {
    let world = World::new(harness);
    let mut tab = sign_in_anew(&world).await;
    world.advance(LIFE + 1);
    let asked = world.token_requests();
    let busy = Fault::status(429).header("retry-after", "60");
    world.provider.fault(Endpoint::Token, busy);
    for _ in 0..3 {
        assert_eq!(tab.get(PAGE).await.status, 503);
    }
    assert_eq!(world.token_requests(), asked + 1);
}

pub(super) async fn f16_p41_a_session_that_fails_rests_alone(harness: Harness) {
    for answer in [
        Fault::status(500),
        Fault::status(429).header("retry-after", "300"),
    ] {
        let world = World::new(harness);
        let mut tab = sign_in_anew(&world).await;
        let mut others = Vec::new();
        for user in ["haneul", "jun", "maximiliane"] {
            let mut other = world.stranger().tab();
            world.visit_and_sign_in(&mut other, "/page", user).await;
            others.push((user, other));
        }
        world.advance(LIFE + 1);
        world.provider.fault(Endpoint::Token, answer.once());
        assert_eq!(tab.get(PAGE).await.status, 503);
        for (user, mut other) in others {
            assert_eq!(other.get(PAGE).await.text(), format!("user={user}"));
        }
    }
}

pub(super) async fn p28_a_broken_provider_signs_nobody_out(harness: Harness) {
    let world = World::new(harness);
    let page = |status| Fault {
        body: Some(b"<html>Bad gateway</html>".to_vec()),
        ..Fault::status(status).header("content-type", "text/html")
    };
    let pages = [408, 425, 500, 502, 503, 504].map(page);
    let codes = [
        error(503, "invalid_grant"),
        error(400, "temporarily_unavailable"),
        error(400, "server_error"),
    ];
    for answer in pages.into_iter().chain(codes) {
        assert_nobody_is_signed_out(&world, &answer, 503, "provider_unavailable").await;
    }
}

pub(super) async fn p37_a_person_who_waits_in_vain_can_sign_in_anew(harness: Harness) {
    let world = World::new(harness);
    let page = assert_kept(&world, &Fault::status(200)).await;
    let mut tab = world.tab();
    let page = tab.click_link(&page, "Sign in").await;
    let page = world.sign_in(&mut tab, page, "alex").await;
    assert_eq!(page.text(), "user=alex");
    assert_eq!(page.url.path(), "/page");

    world.advance(LIFE + 1);
    let broken = Fault::status(500);
    world.provider.fault(Endpoint::Token, broken.once());
    let form = RawRequest::new("POST", "/page")
        .with_header("host", "app.example")
        .with_header("content-length", "0")
        .with_header("content-type", "application/x-www-form-urlencoded")
        .with_header("sec-fetch-site", "same-origin")
        .with_header("sec-fetch-mode", "navigate")
        .with_header("sec-fetch-dest", "document")
        .with_header("accept", "text/html")
        .with_header("cookie", world.cookie_header());
    let page = world.raw(form).await;
    assert_eq!(page.status, 503);
    assert!(
        page.text().contains("/auth/login?return_to="),
        "{}",
        page.text()
    );
}

pub(super) async fn the_log_says_why_the_provider_refuses(harness: Harness) {
    let world = World::new(harness);
    let why = format!("{} knows no such redirect URI", world.provider.base_url());
    let why = why.as_str();
    let body = format!(r#"{{"error":"redirect_uri_mismatch","error_description":"{why}"}}"#);
    let answer = Fault::status(400).json(&body);
    let page = assert_no_sign_in(&world, &answer, 502, "provider_refused").await;
    assert!(!page.text().contains("redirect"), "pages say nothing");
    let log = world.logged();
    assert!(log.contains("answered 400: redirect_uri_mismatch"));
    let mut lines = log.lines();
    assert!(lines.any(|line| line.contains("DEBUG") && line.contains(why)));
    assert!(
        !log.lines()
            .any(|line| line.contains("ERROR") && line.contains(why))
    );
    // A success is nobody's business.
    let silent = format!(r#"{{{ACCESS_TOKEN},"message":"{why} at all"}}"#);
    let page = sign_in_with_user_data(&world, Fault::status(200).json(r#"{"id":"alex"}"#)).await;
    assert_eq!(page.text(), "user=alex");
    world
        .provider
        .fault(Endpoint::Token, Fault::status(200).json(&silent).once());
    sign_in_with_user_data(&world, Fault::status(200).json(r#"{"id":"alex"}"#)).await;
    assert!(!world.logged().contains(&format!("{why} at all")));
}

pub(super) async fn the_log_names_the_setting_that_is_wrong(harness: Harness) {
    let is_named = |world: &World, status: u16, setting: &str| {
        let answered = format!("answered {status}");
        let log = world.logged();
        let mut lines = log.lines().filter(|line| line.contains("login: failed"));
        assert!(
            lines.any(|line| line.contains(&answered) && line.contains(setting)),
            "{setting}"
        );
    };
    let world = World::new(harness);
    for (answer, status, code, setting) in [
        (
            error(403, "invalid_client"),
            500,
            "client_rejected",
            "FNCY_CLIENT_SECRET",
        ),
        (
            Fault::status(410),
            502,
            "provider_refused",
            "FNCY_TOKEN_URL",
        ),
        (
            Fault::status(300),
            502,
            "invalid_response",
            "FNCY_TOKEN_URL",
        ),
    ] {
        assert_no_sign_in(&world, &answer, status, code).await;
        is_named(&world, answer.status.unwrap(), setting);
    }
    for status in [401, 410] {
        let page = sign_in_with_user_data(&world, Fault::status(status)).await;
        assert_failure(&page, 502, "user_data_refused");
        is_named(&world, status, "FNCY_USERINFO_URL");
    }
}
