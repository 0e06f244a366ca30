//! Metrics through the `metrics` facade, with the feature of that name.
//!
//! Rules:
//! - Names and labels are stable, and follow Prometheus' conventions: base units, `_total` for counters.
//! - A label's value is a word of this crate or of the core, so the number of time series is bounded.
//! - Every series exists from the build of the login on, counters at zero. Otherwise a rate would miss the first events.

use std::time::Duration;

use fncy_login_core::{
    ErrorCode, Event, Failure, RefreshFailure, Report, SessionRefusal, Timestamp,
};
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

use crate::observe::descriptions::{describe, name};
use crate::observe::words::{EXCHANGES, REFRESHED, STATUSES, STORE_CALLS};

/// The metrics of a login.
pub(crate) struct Meter {
    sign_ins_started: Counter,
    sign_ins_returned: Counter,
    sign_ins_finished: Counter,
    sign_ins_failed: Counters,
    sign_in_duration: Histogram,
    sign_outs: Counter,
    sessions_bound: Counter,
    device_proofs: Counter,
    sessions_accepted: Counter,
    sessions_refused: Counters,
    requests_refused: Counters,
    warnings: Counters,
    refreshes: Counters,
    refresh_duration: Histogram,
    refreshes_paused: Gauge,
    exchanges: Vec<(&'static str, ExchangeMeter)>,
    store_calls: Vec<(&'static str, StoreMeter)>,
    store_up: Gauge,
    revoked_sessions: Gauge,
    events_lost: Counter,
    clock_offset: Gauge,
}

/// The counters of one metric, by the value of its label.
struct Counters(Vec<(&'static str, Counter)>);

struct ExchangeMeter {
    outcomes: Counters,
    duration: Histogram,
    last_success: Gauge,
}

struct StoreMeter {
    failures: Counter,
    duration: Histogram,
}

/// Shows the settings of a login while it lives. Several logins of a process may have the same settings.
pub(crate) struct SettingsMeter(Gauge);

/// The metrics of the places for one kind of work.
pub(crate) struct PlaceMeter {
    used: Gauge,
    waiting: Gauge,
    wait: Histogram,
}

impl Meter {
    /// Registers all series.
    pub(crate) fn new() -> Self {
        describe();
        gauge!(name!("build_info"), "version" => env!("CARGO_PKG_VERSION")).set(1);
        let codes = || ErrorCode::ALL.iter().map(|code| code.as_str());
        let refusals = SessionRefusal::ALL.map(SessionRefusal::as_str);
        let refreshed = RefreshFailure::ALL.map(RefreshFailure::as_str);
        let refreshed = refreshed.into_iter().chain([REFRESHED]);
        Self {
            sign_ins_started: counter!(name!("sign_ins_started_total")),
            sign_ins_returned: counter!(name!("sign_ins_returned_total")),
            sign_ins_finished: counter!(name!("sign_ins_finished_total")),
            sign_ins_failed: Counters::of(name!("sign_ins_failed_total"), "code", codes()),
            sign_in_duration: histogram!(name!("sign_in_duration_seconds")),
            sign_outs: counter!(name!("sign_outs_total")),
            sessions_bound: counter!(name!("sessions_bound_total")),
            device_proofs: counter!(name!("device_proofs_total")),
            sessions_accepted: counter!(name!("sessions_accepted_total")),
            sessions_refused: Counters::of(name!("sessions_refused_total"), "reason", refusals),
            requests_refused: Counters::of(name!("requests_refused_total"), "code", codes()),
            warnings: Counters::of(name!("warnings_total"), "code", Report::WARNINGS),
            refreshes: Counters::of(name!("refreshes_total"), "outcome", refreshed),
            refresh_duration: histogram!(name!("refresh_duration_seconds")),
            refreshes_paused: gauge!(name!("refreshes_paused")),
            exchanges: EXCHANGES
                .map(|exchange| (exchange, ExchangeMeter::new(exchange)))
                .into(),
            store_calls: STORE_CALLS.map(|call| (call, StoreMeter::new(call))).into(),
            store_up: gauge!(name!("store_up")),
            revoked_sessions: gauge!(name!("revoked_sessions")),
            events_lost: counter!(name!("events_lost_total")),
            clock_offset: gauge!(name!("clock_offset_seconds")),
        }
    }

    /// The metrics of the places for a kind of work, of which there are `places`.
    pub(crate) fn places(work: &'static str, places: usize) -> PlaceMeter {
        gauge!(name!("places"), "work" => work).set(as_float(places));
        PlaceMeter {
            used: gauge!(name!("places_used"), "work" => work),
            waiting: gauge!(name!("places_waiting"), "work" => work),
            wait: histogram!(name!("place_wait_duration_seconds"), "work" => work),
        }
    }

    /// Shows a fingerprint of the settings and the id of a cookie secret, until the result is dropped.
    pub(crate) fn settings(settings: &str, cookie_key: &str) -> SettingsMeter {
        let labels = [
            ("settings", settings.to_owned()),
            ("cookie_key", cookie_key.to_owned()),
        ];
        let logins = gauge!(name!("settings_info"), &labels);
        logins.increment(1);
        SettingsMeter(logins)
    }

    /// Counts a request that is admitted with a session.
    pub(crate) fn accepted(&self) {
        self.sessions_accepted.increment(1);
    }

    pub(crate) fn event(&self, event: Event) {
        match event {
            Event::SignInStarted => self.sign_ins_started.increment(1),
            Event::SignInFinished => self.sign_ins_finished.increment(1),
            Event::SignInFailed(code) => self.sign_ins_failed.count(code.as_str()),
            Event::SignedOut => self.sign_outs.increment(1),
            Event::SessionBound => self.sessions_bound.increment(1),
            Event::DeviceProved => self.device_proofs.increment(1),
            Event::SessionRefused(reason) => self.sessions_refused.count(reason.as_str()),
            Event::RequestRefused(code) => self.requests_refused.count(code.as_str()),
            _ => {}
        }
    }

    /// Counts a callback that redeems a code.
    pub(crate) fn returned(&self) {
        self.sign_ins_returned.increment(1);
    }

    /// Records the time from a callback to its reply.
    pub(crate) fn sign_in(&self, took: Duration) {
        self.sign_in_duration.record(took);
    }

    pub(crate) fn warning(&self, code: &'static str) {
        self.warnings.count(code);
    }

    pub(crate) fn event_lost(&self) {
        self.events_lost.increment(1);
    }

    pub(crate) fn refresh(&self, outcome: &'static str, took: Duration) {
        self.refreshes.count(outcome);
        self.refresh_duration.record(took);
    }

    pub(crate) fn refreshes_paused(&self, are_paused: bool) {
        self.refreshes_paused.set(u8::from(are_paused));
    }

    /// Counts a request to the provider. `now` is the time of a success.
    pub(crate) fn exchange(
        &self,
        exchange: &'static str,
        outcome: &'static str,
        took: Duration,
        now: Option<Timestamp>,
    ) {
        let Some(meter) = find(&self.exchanges, exchange) else {
            return;
        };
        meter.outcomes.count(outcome);
        meter.duration.record(took);
        if let Some(now) = now {
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            meter.last_success.set(now.as_unix() as f64);
        }
    }

    pub(crate) fn store_call(&self, call: &'static str, is_answered: bool, took: Duration) {
        let Some(meter) = find(&self.store_calls, call) else {
            return;
        };
        meter.duration.record(took);
        if !is_answered {
            meter.failures.increment(1);
        }
    }

    pub(crate) fn store_up(&self, is_up: bool) {
        self.store_up.set(u8::from(is_up));
    }

    pub(crate) fn revoked_sessions(&self, number: usize) {
        self.revoked_sessions.set(as_float(number));
    }

    /// Records by how many seconds this instance's clock is ahead of the provider's.
    pub(crate) fn clock_offset(&self, seconds: i64) {
        #[expect(clippy::cast_precision_loss, reason = "a few seconds, as a rule")]
        self.clock_offset.set(seconds as f64);
    }
}

impl Drop for SettingsMeter {
    fn drop(&mut self) {
        self.0.decrement(1);
    }
}

impl PlaceMeter {
    pub(crate) fn now(&self, used: usize, waiting: usize) {
        self.used.set(as_float(used));
        self.waiting.set(as_float(waiting));
    }

    /// Records how long a request has waited, whether it got a place or not.
    pub(crate) fn waited(&self, time: Duration) {
        self.wait.record(time);
    }
}

impl Counters {
    fn of(
        name: &'static str,
        label: &'static str,
        words: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        let words = words.into_iter();
        let counters = words.map(|word| (word, counter!(name, label => word)));
        Self(counters.collect())
    }

    fn count(&self, word: &str) {
        if let Some(counter) = find(&self.0, word) {
            counter.increment(1);
        }
    }
}

impl ExchangeMeter {
    fn new(exchange: &'static str) -> Self {
        // A request that got no place is no exchange.
        let failures = Failure::ALL.into_iter();
        let failures = failures.filter(|failure| *failure != Failure::Crowded);
        let failures = failures.map(Failure::as_str);
        let outcomes = STATUSES.into_iter().chain(failures).map(|outcome| {
            let labels = [("exchange", exchange), ("outcome", outcome)];
            (outcome, counter!(name!("exchanges_total"), &labels))
        });
        Self {
            outcomes: Counters(outcomes.collect()),
            duration: histogram!(name!("exchange_duration_seconds"), "exchange" => exchange),
            last_success: gauge!(name!("exchange_last_success_timestamp_seconds"), "exchange" => exchange),
        }
    }
}

impl StoreMeter {
    fn new(call: &'static str) -> Self {
        Self {
            failures: counter!(name!("store_failures_total"), "call" => call),
            duration: histogram!(name!("store_call_duration_seconds"), "call" => call),
        }
    }
}

fn find<'a, T>(all: &'a [(&'static str, T)], word: &str) -> Option<&'a T> {
    let found = all.iter().find(|(name, _)| *name == word);
    debug_assert!(found.is_some(), "{word} has no series");
    found.map(|(_, of_word)| of_word)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of places and sessions are far below 2^52"
)]
fn as_float(number: usize) -> f64 {
    number as f64
}
