//! Log lines and spans of a login, and the calls that count them.
//!
//! Rules:
//! - Names of spans, fields and metrics are stable, and so are codes.
//! - No line has a secret, a user, or text that a browser sent. Of the provider's text it has an error code at most.
//!   The provider's sentences may name a person, so they are at debug.
//! - The only addresses are settings, without their queries. The path of a handler's call may name a person, so it is in
//!   no span.
//! - The span of a request to the provider follows OpenTelemetry's semantic conventions for HTTP clients.
//! - An admitted request has neither a line nor a span.
//! - Each code that a person sees is in a line. A line with a code is written once a minute at its level, and at debug
//!   otherwise. So neither an outage nor a stranger floods the log.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use fncy_login_core::{
    Core, ErrorCode, Event, Exchange, Failure, ProviderAnswer, ProviderResult, Reference,
    RefreshFailure, Reply, Report, SecureUrl, Severity, Site, Timestamp,
};
use http::{Request, Response, Uri};
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Level, Span, debug, enabled, info, info_span, warn};

use crate::observe::clock::{Clock as _, SystemClock};
use crate::observe::meter::{Meter, SettingsMeter};
use crate::observe::once_per_minute::{OncePerMinute, limited};
use crate::observe::words::{API, REFRESHED, SUCCESS, class_of, name_of};

/// A clock that differs from the provider's by more than this gets a warning, in seconds. The login itself accepts 60.
const MAX_OFFSET: u64 = 30;

/// The metrics of a login, and the limit of its log lines.
pub(crate) struct Telemetry {
    pub(crate) meter: Meter,
    pub(crate) lines: OncePerMinute,
    /// A fingerprint of the settings.
    settings: String,
    /// What shows the settings, until they change or the login is dropped.
    shown: Mutex<Option<SettingsMeter>>,
}

/// Warns of scopes that seem to be written with another separator.
pub(crate) fn doubtful_scope() {
    warn!(
        code = "scope_separator",
        "FNCY_SCOPE has a comma, semicolon or bar inside a scope: separate scopes by spaces; if FNCY wants commas, set FNCY_SCOPE_SEPARATOR=comma as well"
    );
}

/// Warns of each trusted origin that belongs to another site than all of ours: its requests carry no session.
///
/// A site on loopback gets no warning, since code in development may name production's origins.
pub(crate) fn other_sites(core: &Core, trusted: &[String]) {
    let is_foreign = |origin: &SecureUrl| {
        let mut sites = core.sites();
        sites.all(|site| !site.is_loopback() && site.is_another_site(origin))
    };
    for origin in trusted
        .iter()
        .filter(|origin| SecureUrl::parse(origin).is_ok_and(|origin| is_foreign(&origin)))
    {
        warn!(
            origin,
            "a trusted origin belongs to another site: browsers send no SameSite=Lax cookie from there, so its requests have no session"
        );
    }
}

/// Warns of a guard for a recent sign-in that has no proof.
pub(crate) fn unproved_sign_in() {
    warn!(
        "a guard needs a recent sign-in, and FNCY_AUTH_TIME is not set: a person can take the demand off the address at FNCY and come back without a new sign-in"
    );
}

/// The span of a sign-in after its callback. It contains the requests to the provider and the application's hook.
pub(crate) fn sign_in() -> Span {
    info_span!(
        "fncy_login.sign_in",
        outcome = Empty,
        otel.status_code = Empty,
        "error.type" = Empty
    )
}

/// Records a sign-in's outcome in the current span.
pub(crate) fn sign_in_ends(reply: &Reply) {
    let span = Span::current();
    span.record("outcome", reply.code.map_or("signed_in", ErrorCode::as_str));
    // What a person does is no error of this span.
    if let Some(code) = reply.code.filter(|code| code.status() >= 500) {
        fails(&span, code.as_str());
    }
}

/// The span of a request to the provider.
pub(crate) fn request(exchange: &'static str, request: &Request<Vec<u8>>) -> Span {
    let (method, uri) = (request.method().as_str(), request.uri());
    info_span!(
        "fncy_login.exchange",
        exchange,
        outcome = Empty,
        otel.name = method,
        otel.kind = "client",
        otel.status_code = Empty,
        "error.type" = Empty,
        http.request.method = method,
        http.response.status_code = Empty,
        server.address = uri.host(),
        server.port = port_of(uri),
        url.full = (exchange != API).then(|| address_of(uri))
    )
}

/// The port of an address.
fn port_of(uri: &Uri) -> u16 {
    let default = if uri.scheme_str() == Some("http") {
        80
    } else {
        443
    };
    uri.port_u16().unwrap_or(default)
}

/// An address without user, password and query.
fn address_of(uri: &Uri) -> String {
    let scheme = uri.scheme_str().unwrap_or_default();
    let host = uri.host().unwrap_or_default();
    let port = uri.port_u16().map(|port| format!(":{port}"));
    format!(
        "{scheme}://{host}{}{}",
        port.unwrap_or_default(),
        uri.path()
    )
}

/// Marks a span as failed, with a word for the reason.
fn fails(span: &Span, reason: &str) {
    span.record("otel.status_code", "ERROR");
    span.record("error.type", reason);
}

impl Telemetry {
    /// `settings` is a fingerprint of those that instances must have in common.
    pub(crate) fn new(settings: String) -> Self {
        Self {
            meter: Meter::new(),
            lines: OncePerMinute::default(),
            settings,
            shown: Mutex::default(),
        }
    }

    /// Logs that a login was built: where it is, where browsers are sent, and what instances must have in common.
    pub(crate) fn ready(&self, core: &Core, authorize_url: &SecureUrl) {
        let redirect_uris: Vec<_> = core.sites().map(Site::redirect_uri).collect();
        let (redirect_uri, authorize_url) =
            (redirect_uris.join(" "), authorize_url.without_query());
        let (version, settings) = (env!("CARGO_PKG_VERSION"), &*self.settings);
        let cookie_key = self.show_cookie_key(core);
        info!(
            redirect_uri,
            authorize_url, version, settings, cookie_key, "login: ready"
        );
    }

    /// Shows the id of the secret that seals cookies now, after a change.
    pub(crate) fn cookie_key_changed(&self, core: &Core) {
        let cookie_key = self.show_cookie_key(core);
        info!(cookie_key, "the secrets of cookies have changed");
    }

    fn show_cookie_key(&self, core: &Core) -> String {
        let cookie_key = core.cookie_key();
        let shown = Meter::settings(&self.settings, &cookie_key);
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = Some(shown);
        cookie_key
    }

    /// Logs a reply's reports, and counts its events. Both are taken out of the reply. Returns the events.
    pub(crate) fn tell(&self, reply: &mut Reply) -> Vec<Event> {
        let reports = std::mem::take(&mut reply.reports);
        let reference = reply.reference.as_ref().map(Reference::as_str);
        self.log(&reports, reference);
        let events = std::mem::take(&mut reply.events);
        for event in &events {
            match *event {
                Event::SessionRefused(reason) => {
                    debug!(
                        reason = reason.as_str(),
                        "a session cookie was not accepted"
                    );
                }
                Event::ReturnAddressCut => debug!(
                    "a return address is too long: the sign-in returns to its path, or to the front page"
                ),
                Event::RequestRefused(code) => {
                    let code = code.as_str();
                    if !reports.iter().any(|report| report.code == code) {
                        debug!(code, reference, "a request was refused");
                    }
                }
                _ => {}
            }
            self.meter.event(*event);
        }
        events
    }

    /// Logs the core's reports. `reference` is that of the reply, if there is one.
    pub(crate) fn log(&self, reports: &[Report], reference: Option<&str>) {
        for report in reports {
            let (code, detail) = (report.code, &*report.detail);
            match report.severity {
                Severity::Error => {
                    limited!(self, error, "login: failed", by code, code, reference, detail);
                }
                Severity::Warning => {
                    limited!(self, warn, "login: needs attention", by code, code, reference, detail);
                    self.meter.warning(code);
                }
                Severity::Info => {
                    limited!(self, info, "login: refused", by code, code, reference, detail);
                }
            }
        }
    }

    /// Runs a refresh in a span of its own, and counts it.
    pub(crate) async fn refresh<T>(
        &self,
        refreshing: impl Future<Output = Result<T, RefreshFailure>>,
    ) -> Result<T, RefreshFailure> {
        let span = info_span!(
            "fncy_login.refresh",
            outcome = Empty,
            otel.status_code = Empty,
            "error.type" = Empty
        );
        let began = Instant::now();
        let refreshed = refreshing.instrument(span.clone()).await;
        let outcome = match &refreshed {
            Ok(_) => REFRESHED,
            Err(failure) => {
                // These are decisions.
                if !matches!(
                    failure,
                    RefreshFailure::Refused | RefreshFailure::NotWelcome
                ) {
                    fails(&span, failure.as_str());
                }
                failure.as_str()
            }
        };
        span.record("outcome", outcome);
        self.meter.refresh(outcome, began.elapsed());
        refreshed
    }

    /// Shows whether refreshes are paused, with the last failure.
    pub(crate) fn refreshes_paused(&self, are_paused: bool, failure: Option<RefreshFailure>) {
        self.meter.refreshes_paused(are_paused);
        if are_paused {
            let outcome = failure.map(RefreshFailure::as_str);
            limited!(
                self,
                warn,
                "the provider does not answer refreshes; one is tried each second",
                by outcome,
                outcome
            );
        } else {
            limited!(self, info, "the provider answers refreshes again");
        }
    }

    pub(crate) fn store_answers_again(&self) {
        limited!(self, info, "the store answers again");
    }

    /// Shows the difference between this instance's clock and the provider's. `there` is the time that the provider wrote
    /// into an answer, `sent` and `received` are this instance's around it.
    pub(crate) fn clocks(&self, sent: Timestamp, there: Timestamp, received: Timestamp) {
        let [sent, there, received] =
            [sent, there, received].map(|time| time.as_unix().cast_signed());
        // If the provider's time is between the two, no difference can be measured.
        // This instance's clock may be set back meanwhile.
        let offset = there
            .clamp(sent.min(received), sent.max(received))
            .saturating_sub(there);
        self.meter.clock_offset(offset);
        if offset.unsigned_abs() > MAX_OFFSET {
            limited!(
                self,
                warn,
                "this instance's clock differs from FNCY's: correct it",
                by offset < 0,
                seconds = offset
            );
        }
    }

    /// Runs an exchange with the provider in its span, and counts it.
    pub(crate) async fn exchange(
        &self,
        exchange: Exchange<'_>,
        span: Span,
        sending: impl Future<Output = ProviderResult>,
    ) -> ProviderResult {
        let name = name_of(exchange);
        let status = |answer: &ProviderAnswer| answer.status;
        let result = self.timed(name, span, sending, status).await;
        if let Ok(answer) = &result
            && enabled!(Level::DEBUG)
            && let Some(description) = answer.description()
        {
            let status = answer.status;
            debug!(
                exchange = name,
                status, description, "the provider gave a reason"
            );
        }
        result
    }

    /// Runs a handler's call of the API in its span, and counts it.
    pub(crate) async fn api_call(
        &self,
        span: Span,
        sending: impl Future<Output = Result<Response<Vec<u8>>, Failure>>,
    ) -> Result<Response<Vec<u8>>, Failure> {
        let status = |answer: &Response<_>| answer.status().as_u16();
        self.timed(API, span, sending, status).await
    }

    async fn timed<T>(
        &self,
        exchange: &'static str,
        span: Span,
        sending: impl Future<Output = Result<T, Failure>>,
        status: impl FnOnce(&T) -> u16,
    ) -> Result<T, Failure> {
        let began = Instant::now();
        let result = sending.instrument(span.clone()).await;
        let outcome = match &result {
            Ok(answer) => {
                let status = status(answer);
                span.record("http.response.status_code", status);
                if status >= 400 {
                    fails(&span, &status.to_string());
                }
                class_of(status)
            }
            Err(failure) => {
                fails(&span, failure.as_str());
                failure.as_str()
            }
        };
        span.record("outcome", outcome);
        let took = began.elapsed();
        // The system's clock, with which Prometheus compares.
        let succeeded = (outcome == SUCCESS).then(|| SystemClock.now());
        self.meter.exchange(exchange, outcome, took, succeeded);
        result
    }
}

#[cfg(test)]
mod tests {
    use fncy_login_core::Timestamp;

    use super::Telemetry;

    #[test]
    fn xr08_a_clock_that_is_set_back_during_an_exchange_is_compared() {
        let telemetry = Telemetry::new(String::new());
        for (sent, there, received) in [(900, 500, 100), (100, 900, 0), (u64::MAX, 0, 0)] {
            let [sent, there, received] = [sent, there, received].map(Timestamp::from_unix);
            telemetry.clocks(sent, there, received);
        }
    }
}
