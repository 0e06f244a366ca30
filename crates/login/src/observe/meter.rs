//! Metrics by the `metrics` facade, behind the feature of that name.
//!
//! Rules: names and labels are stable, and [`describe`] lists them; a label's value is a word of ours, so
//! that there are few of them.

use std::sync::OnceLock;
use std::time::Duration;

use fncy_login_core::Event;
use metrics::{Counter, Unit, counter, gauge, histogram};

const SIGN_INS_STARTED: &str = "fncy_login_sign_ins_started_total";
const SIGN_INS_FINISHED: &str = "fncy_login_sign_ins_finished_total";
const SIGN_INS_FAILED: &str = "fncy_login_sign_ins_failed_total";
const SIGN_OUTS: &str = "fncy_login_sign_outs_total";
const SESSIONS_ACCEPTED: &str = "fncy_login_sessions_accepted_total";
const SESSIONS_REFUSED: &str = "fncy_login_sessions_refused_total";
const REQUESTS_REFUSED: &str = "fncy_login_requests_refused_total";
const WARNINGS: &str = "fncy_login_warnings_total";
const REFRESHES: &str = "fncy_login_refresh_seconds";
const EXCHANGES: &str = "fncy_login_exchange_seconds";
const STORE_UP: &str = "fncy_login_store_up";
const STORE_FAILURES: &str = "fncy_login_store_failures_total";

/// What is counted for each request: the counter is looked up once.
#[derive(Default)]
pub(crate) struct Accepted(OnceLock<Counter>);

impl Accepted {
    /// A request is let through with a session.
    pub(crate) fn count(&self) {
        let counter = self.0.get_or_init(|| counter!(SESSIONS_ACCEPTED));
        counter.increment(1);
    }
}

/// Tells the recorder what is counted.
pub(crate) fn describe() {
    for (name, what) in [
        (SIGN_INS_STARTED, "Browsers sent to the provider."),
        (SIGN_INS_FINISHED, "Sign-ins that ended in a session."),
        (SIGN_INS_FAILED, "Sign-ins that ended on a page, by code."),
        (SIGN_OUTS, "Sessions ended by their users."),
        (SESSIONS_ACCEPTED, "Requests let through with a session."),
        (SESSIONS_REFUSED, "Session cookies not believed, by reason."),
        (REQUESTS_REFUSED, "Requests answered with a no, by code."),
        (WARNINGS, "Oddities that were worked around, by code."),
        (STORE_FAILURES, "Times it could not be asked."),
    ] {
        metrics::describe_counter!(name, what);
    }
    for (name, what) in [
        (REFRESHES, "How long refreshes take, by outcome."),
        (
            EXCHANGES,
            "How long the provider takes, by exchange and outcome.",
        ),
    ] {
        metrics::describe_histogram!(name, Unit::Seconds, what);
    }
    metrics::describe_gauge!(
        STORE_UP,
        "Whether the store answered when it was last asked."
    );
}

pub(crate) fn event(event: Event) {
    match event {
        Event::SignInStarted => counter!(SIGN_INS_STARTED),
        Event::SignInFinished => counter!(SIGN_INS_FINISHED),
        Event::SignInFailed(code) => counter!(SIGN_INS_FAILED, "code" => code.as_str()),
        Event::SignedOut => counter!(SIGN_OUTS),
        Event::SessionRefused(reason) => counter!(SESSIONS_REFUSED, "reason" => reason.as_str()),
        Event::RequestRefused(code) => counter!(REQUESTS_REFUSED, "code" => code.as_str()),
        _ => Counter::noop(),
    }
    .increment(1);
}

pub(crate) fn warning(code: &'static str) {
    counter!(WARNINGS, "code" => code).increment(1);
}

pub(crate) fn refresh(outcome: &'static str, took: Duration) {
    histogram!(REFRESHES, "outcome" => outcome).record(took);
}

pub(crate) fn exchange(exchange: &'static str, outcome: &'static str, took: Duration) {
    histogram!(EXCHANGES, "exchange" => exchange, "outcome" => outcome).record(took);
}

pub(crate) fn store(is_reachable: bool) {
    gauge!(STORE_UP).set(f64::from(u8::from(is_reachable)));
    if !is_reachable {
        counter!(STORE_FAILURES).increment(1);
    }
}
