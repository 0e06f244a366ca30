//! Log lines and spans of a login, and the calls that count them.
//!
//! Rules:
//! - Names of spans, fields and metrics are stable, and so are codes.
//! - No line has a secret, a user, or text that a browser sent. Of the provider's text it has an error code at most.
//!   The provider's sentences may name a person, so they are at debug.
//! - The only addresses are the two settings of the first line.
//! - An admitted request has neither a line nor a span.
//! - Each code that a person sees is in a line. If the core reports no line, the code is logged at debug, so an outage
//!   doesn't flood the log.

use std::future::Future;

use fncy_login_core::{
    Core, Event, Exchange, Failure, ProviderResult, Reference, RefreshFailure, Reply, Report,
    SecureUrl, Severity, Site,
};
use http::Response;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Level, Span, debug, enabled, error, info, info_span, warn};

use crate::observe::meter;

/// Logs that a login was built, with its redirect URIs and the address that browsers are sent to.
pub(crate) fn ready(core: &Core, authorize_url: &SecureUrl) {
    let redirect_uris: Vec<_> = core.sites().map(Site::redirect_uri).collect();
    let (redirect_uri, authorize_url) = (redirect_uris.join(" "), authorize_url.without_query());
    info!(redirect_uri, authorize_url, "login: ready");
}

/// Warns of scopes that seem to be written with another separator.
pub(crate) fn doubtful_scope() {
    warn!(
        code = "scope_separator",
        "FNCY_SCOPE has a comma, semicolon or bar inside a scope: separate scopes by spaces; if FNCY wants commas, set FNCY_SCOPE_SEPARATOR=comma as well"
    );
    meter::warning("scope_separator");
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

/// Logs a reply's reports, and counts its events. Both are taken out of the reply. Returns the events.
pub(crate) fn tell(reply: &mut Reply) -> Vec<Event> {
    let reports = std::mem::take(&mut reply.reports);
    let reference = reply.reference.as_ref().map(Reference::as_str);
    log(&reports, reference);
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
        meter::event(*event);
    }
    events
}

/// Logs the core's reports. `reference` is that of the reply, if there is one.
pub(crate) fn log(reports: &[Report], reference: Option<&str>) {
    for report in reports {
        let (code, detail) = (report.code, &*report.detail);
        match report.severity {
            Severity::Error => error!(code, reference, detail, "login: failed"),
            Severity::Warning => {
                warn!(code, reference, detail, "login: needs attention");
                meter::warning(code);
            }
            Severity::Info => info!(code, reference, detail, "login: refused"),
        }
    }
}

/// The span of a sign-in after its callback. It contains the requests to the provider and the application's hook.
pub(crate) fn sign_in() -> Span {
    info_span!("fncy_login.sign_in", outcome = Empty)
}

/// Records a sign-in's outcome in the current span.
pub(crate) fn sign_in_ends(reply: &Reply) {
    let outcomes = reply.events.iter().filter_map(|event| match event {
        Event::SignInFinished => Some("signed_in"),
        Event::SignInFailed(code) => Some(code.as_str()),
        _ => None,
    });
    for outcome in outcomes {
        Span::current().record("outcome", outcome);
    }
}

/// Runs a refresh in a span of its own, and counts it.
pub(crate) async fn refresh<T>(
    refreshing: impl Future<Output = Result<T, RefreshFailure>>,
) -> Result<T, RefreshFailure> {
    let span = info_span!("fncy_login.refresh", outcome = Empty);
    let began = Instant::now();
    let refreshed = refreshing.instrument(span.clone()).await;
    let outcome = match &refreshed {
        Ok(_) => "refreshed",
        Err(failure) => failure.as_str(),
    };
    span.record("outcome", outcome);
    meter::refresh(outcome, began.elapsed());
    refreshed
}

/// Runs an exchange with the provider in a span of its own, and counts it.
pub(crate) async fn exchange(
    exchange: Exchange<'_>,
    sending: impl Future<Output = ProviderResult>,
) -> ProviderResult {
    let name = name_of(exchange);
    let result = timed(name, sending, |answer| answer.status).await;
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

/// Runs a handler's call of the API in a span of its own, and counts it.
pub(crate) async fn api_call(
    sending: impl Future<Output = Result<Response<Vec<u8>>, Failure>>,
) -> Result<Response<Vec<u8>>, Failure> {
    timed("api", sending, |answer| answer.status().as_u16()).await
}

async fn timed<T>(
    exchange: &'static str,
    sending: impl Future<Output = Result<T, Failure>>,
    status: impl FnOnce(&T) -> u16,
) -> Result<T, Failure> {
    let span = info_span!(
        "fncy_login.exchange",
        exchange,
        outcome = Empty,
        status = Empty
    );
    let began = Instant::now();
    let result = sending.instrument(span.clone()).await;
    let outcome = match &result {
        Ok(answer) => {
            let status = status(answer);
            span.record("status", status);
            class_of(status)
        }
        Err(failure) => failure.as_str(),
    };
    span.record("outcome", outcome);
    meter::exchange(exchange, outcome, began.elapsed());
    result
}

fn name_of(exchange: Exchange<'_>) -> &'static str {
    match exchange {
        Exchange::Redeem(_) => "redeem",
        Exchange::UserData { .. } => "user_data",
        Exchange::Refresh { .. } => "refresh",
        Exchange::ClientCredentials { .. } => "client_credentials",
        Exchange::Introspect { .. } => "introspect",
        Exchange::KeySet { .. } => "key_set",
        Exchange::Revoke(_) => "revoke",
    }
}

fn class_of(status: u16) -> &'static str {
    match status {
        ..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        500.. => "5xx",
    }
}
