//! Two instances, explored to the last state; and each defence taken out, until a property fails.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "tests that print figures"
)]

use fncy_login_model::{Exceptions, Model, Rotation, Rules, explore};

/// Two instances and one fault of any kind: two refreshes in a row, or one refresh and a sign-out.
fn model(rotation: Rotation, signs_out: bool) -> Model {
    Model {
        instances: 2,
        rotation,
        refreshes: if signs_out { 1 } else { 2 },
        signs_out,
        faults: 1,
        rules: Rules::ALL,
    }
}

fn holds(model: &Model, exceptions: &[Exceptions]) {
    let report = explore(model);
    println!("{model}: {report}");
    assert!(report.failure.is_none(), "{report}");
    assert!(report.plain > 0 && report.ends > 0);
    for exception in exceptions {
        assert!(
            report.exceptions.has(*exception),
            "{exception:?} never happens"
        );
    }
}

#[test]
fn three_instances_without_a_fault() {
    for signs_out in [false, true] {
        let mut model = model(Rotation::Rotates, signs_out);
        model.instances = 3;
        model.faults = 0;
        holds(&model, &[]);
    }
}

/// What loses tokens, and what one fault can cause.
const LOST: [Exceptions; 4] = [
    Exceptions::KILLED,
    Exceptions::PAUSED,
    Exceptions::LOST_DATA,
    Exceptions::LOST_ANSWER,
];
const SIGNED_OUT: [Exceptions; 1] = [Exceptions::UNREVOKED];

#[test]
fn two_refreshes_at_a_provider_that_rotates() {
    holds(&model(Rotation::Rotates, false), &LOST);
}

#[test]
fn two_refreshes_with_one_refresh_token() {
    holds(&model(Rotation::Keeps, false), &LOST);
}

#[test]
fn a_sign_out_at_a_provider_that_rotates() {
    holds(&model(Rotation::Rotates, true), &SIGNED_OUT);
}

#[test]
fn a_sign_out_with_one_refresh_token() {
    holds(&model(Rotation::Keeps, true), &SIGNED_OUT);
}

/// Explores a model without a defence, and expects this property to fail.
fn notices(model: &Model, property: &str) {
    let report = explore(model);
    let failure = report.failure.expect("the property fails");
    println!("{model}: {failure}");
    assert_eq!(failure.property, property);
    assert!(failure.path.len() > 1);
}

const USED_TWICE: &str = "a refresh token was used, and sent again";
const ADMITTED: &str = "a revoked session is admitted after two rounds of readings";

/// Its outcome arrives after that of the next holder.
#[test]
fn a_paused_holder_without_a_fence_replaces_a_newer_outcome() {
    let mut model = model(Rotation::Keeps, false);
    model.rules.finish_fence = false;
    notices(
        &model,
        "an outcome of an older holder has replaced that of a newer one",
    );
}

#[test]
fn without_the_fence_a_late_release_gives_anothers_lease_back() {
    let mut model = model(Rotation::Rotates, false);
    model.rules.release_fence = false;
    notices(&model, USED_TWICE);
}

#[test]
fn without_the_release_of_a_lost_claim_requests_wait() {
    let mut model = model(Rotation::Rotates, false);
    model.rules.release_after_lost_answer = false;
    notices(&model, "requests wait without an end");
}

#[test]
fn with_a_lease_that_is_too_short_a_token_is_used_twice() {
    let mut model = model(Rotation::Rotates, false);
    model.rules.outlast = false;
    notices(&model, USED_TWICE);
}

/// It wakes after its lease, between its claim and its exchange.
#[test]
fn a_paused_holder_without_a_last_look_at_its_lease_sends_a_used_token() {
    let mut model = model(Rotation::Rotates, false);
    model.rules.outlast_when_sent = false;
    notices(&model, USED_TWICE);
}

#[test]
fn without_a_look_at_the_log_before_the_exchange_a_revoked_token_is_sent() {
    let mut model = model(Rotation::Rotates, true);
    model.rules.ask_before_exchange = false;
    notices(
        &model,
        "a refresh token was sent that was revoked before its lease was granted",
    );
}

#[test]
fn without_a_look_at_the_log_after_publishing_new_tokens_outlive_the_sign_out() {
    let mut model = model(Rotation::Rotates, true);
    model.rules.ask_after_publishing = false;
    notices(
        &model,
        "the newest token of a revoked session was not revoked",
    );
}

#[test]
fn without_the_resend_after_a_failover_a_revoked_session_is_admitted() {
    let mut model = model(Rotation::Rotates, true);
    model.rules.resend = false;
    notices(&model, ADMITTED);
}

#[test]
fn with_a_list_that_is_never_stale_an_instance_that_wakes_admits_a_revoked_session() {
    let mut model = model(Rotation::Rotates, true);
    model.rules.stale = false;
    notices(&model, ADMITTED);
}

#[test]
fn if_an_outcome_goes_when_its_cookie_is_outdated_a_token_is_used_twice() {
    let mut model = model(Rotation::Rotates, false);
    model.faults = 0;
    model.rules.outlives_requests = false;
    notices(&model, USED_TWICE);
}
