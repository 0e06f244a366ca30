//! Metrics through the `metrics` facade, with the feature of that name.
//!
//! Rules:
//! - Names and labels are stable. [`describe`] lists them.
//! - A label's value is a word of this crate or of the core, so the number of time series is bounded.

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
const EVENTS_LOST: &str = "fncy_login_events_lost_total";
const STORE_UP: &str = "fncy_login_store_up";
const STORE_FAILURES: &str = "fncy_login_store_failures_total";

/// The counter of admitted requests. It is looked up once, since each request counts.
#[derive(Default)]
pub(crate) struct Accepted(OnceLock<Counter>);

impl Accepted {
    /// Counts a request that is admitted with a session.
    pub(crate) fn count(&self) {
        let counter = self.0.get_or_init(|| counter!(SESSIONS_ACCEPTED));
        counter.increment(1);
    }
}

/// Describes all metrics to the recorder.
pub(crate) fn describe() {
    for (name, what) in [
        (SIGN_INS_STARTED, "Browsers that were sent to the provider."),
        (SIGN_INS_FINISHED, "Sign-ins that ended in a session."),
        (
            SIGN_INS_FAILED,
            "Sign-ins that ended on an error page, by code.",
        ),
        (SIGN_OUTS, "Sessions that their users ended."),
        (
            SESSIONS_ACCEPTED,
            "Requests that were admitted with a session.",
        ),
        (
            SESSIONS_REFUSED,
            "Session cookies that were not accepted, by reason.",
        ),
        (REQUESTS_REFUSED, "Requests that were refused, by code."),
        (WARNINGS, "Warnings that have a code, by code."),
        (STORE_FAILURES, "Calls that the store did not answer."),
        (EVENTS_LOST, "Events that `on_event` was not called for."),
    ] {
        metrics::describe_counter!(name, what);
    }
    for (name, what) in [
        (REFRESHES, "Duration of refreshes, by outcome."),
        (
            EXCHANGES,
            "Duration of requests to the provider, by exchange and outcome.",
        ),
    ] {
        metrics::describe_histogram!(name, Unit::Seconds, what);
    }
    metrics::describe_gauge!(
        STORE_UP,
        "1 if the store answered the last call, otherwise 0."
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

pub(crate) fn event_lost() {
    counter!(EVENTS_LOST).increment(1);
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
