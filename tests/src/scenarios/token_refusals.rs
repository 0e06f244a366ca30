//! Rows P23 to P28: the provider says no, or not now.

use fncy_dev_server::{Endpoint, Fault};

use super::renewal::LIFE;
use super::token_endpoint::{
    ACCESS_TOKEN, PAGE, assert_kept, assert_no_sign_in, assert_nobody_is_signed_out,
    assert_unnoticed, sign_in_anew,
};
use crate::harness::Harness;
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
        both("invalid_client"),
    ] {
        let world = World::new(harness);
        assert_kept(&world, &answer).await;
        assert!(world.logged().contains("client_rejected"), "of a renewal");
        assert_nobody_is_signed_out(&world, &answer, 500, "client_rejected").await;
    }
}

pub(super) async fn p25_another_refusal_signs_nobody_out(harness: Harness) {
    let world = World::new(harness);
    for answer in [
        error(400, "invalid_request"),
        error(400, "unsupported_grant_type"),
        error(401, "no_code_of_any_standard"),
        Fault::status(400).json(r#"{"errors":["invalid_grant"]}"#),
        Fault::status(400).json(r#"{"error":{"code":"invalid_grant"}}"#),
        Fault::status(403).json("<html>"),
        Fault::status(404),
    ] {
        assert_nobody_is_signed_out(&world, &answer, 502, "provider_refused").await;
    }
}

pub(super) async fn p26_an_error_wins_over_tokens(harness: Harness) {
    let world = World::new(harness);
    let object = Fault::status(200).json(&format!(r#"{{"error":{{}},{ACCESS_TOKEN}}}"#));
    for answer in [both("invalid_request"), both(""), object] {
        assert_nobody_is_signed_out(&world, &answer, 502, "provider_refused").await;
    }
}

pub(super) async fn p27_an_overload_is_passed_on_in_our_own_words(harness: Harness) {
    for (theirs, ours) in [
        ("7", "7"),
        ("99999999", "300"),
        ("-1", "5"),
        ("soon", "5"),
        ("Wed, 21 Oct 2037 07:28:00 GMT", "5"),
        ("", "5"),
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

pub(super) async fn p27_an_overload_is_respected_by_every_session(harness: Harness) {
    let world = World::new(harness);
    let mut tab = sign_in_anew(&world).await;
    let mut other = world.stranger().tab();
    world.visit_and_sign_in(&mut other, "/page", "jun").await;
    world.advance(LIFE + 1);
    let asked = world.token_requests();
    let busy = Fault::status(429).header("retry-after", "60");
    world.provider.fault(Endpoint::Token, busy);
    assert_eq!(tab.get(PAGE).await.status, 503);
    assert_eq!(other.get(PAGE).await.status, 503);
    assert_eq!(
        world.token_requests(),
        asked + 1,
        "one answer speaks for all"
    );
}

pub(super) async fn p28_a_broken_provider_signs_nobody_out(harness: Harness) {
    let world = World::new(harness);
    let page = |status| Fault {
        body: Some(b"<html>Bad gateway</html>".to_vec()),
        ..Fault::status(status).header("content-type", "text/html")
    };
    let pages = [500, 502, 503, 504].map(page);
    for answer in pages.into_iter().chain([error(503, "invalid_grant")]) {
        assert_nobody_is_signed_out(&world, &answer, 503, "provider_unavailable").await;
    }
}
