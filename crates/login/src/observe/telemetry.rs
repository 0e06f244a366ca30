//! What an operator sees of a login: log lines, spans, and what is counted.
//!
//! Rules: a line has a stable code and a clause of ours; names of spans, fields and metrics are stable; no
//! secret, no user, no text that a browser sent is in any of them, of the provider's words an error code at most,
//! and no address but the two settings of the first line. What the provider says in sentences may name a person,
//! and is at debug. Requests that are let through have neither a line nor a span. A code that
//! somebody sees is in a line: at debug, where the core reports nothing of it, so that no outage floods the log.

use std::future::Future;

use fncy_login_core::{
    Core, Event, Exchange, ProviderResult, RefreshFailure, Reply, Report, SecureUrl, Severity, Site,
};
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Level, Span, debug, enabled, error, info, info_span, warn};

use crate::observe::meter;

/// That there is a login, and where it has browsers go.
pub(crate) fn ready(core: &Core) {
    let redirect_uris: Vec<_> = core.sites().map(Site::redirect_uri).collect();
    let (redirect_uri, authorize_url) = (redirect_uris.join(" "), core.authorize_url());
    info!(redirect_uri, authorize_url, "login: ready");
}

/// That the scopes to ask for look as if they were written for another separator.
pub(crate) fn doubtful_scope() {
    warn!(
        code = "scope_separator",
        "FNCY_SCOPE has a comma, semicolon or bar inside a scope: separate scopes by spaces; if FNCY wants commas, set FNCY_SCOPE_SEPARATOR=comma as well"
    );
    meter::warning("scope_separator");
}

/// Warns of trusted origins that are of another site than each of ours: their requests carry no session. Not in
/// development, where the code may name the origins of production.
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
            "a trusted origin is of another site: browsers send no SameSite=Lax cookie from there, so that its requests come without a session"
        );
    }
}

/// Tells what a reply has for the operator, once.
pub(crate) fn tell(reply: &mut Reply) {
    let reports = std::mem::take(&mut reply.reports);
    log(&reports);
    for event in std::mem::take(&mut reply.events) {
        match event {
            Event::SessionRefused(reason) => {
                debug!(reason = reason.as_str(), "a session was not believed");
            }
            Event::ReturnAddressCut => debug!(
                "a page's address is too long to come back to: the sign-in ends at its path, or at the front page"
            ),
            Event::RequestRefused(code) => {
                let code = code.as_str();
                if !reports.iter().any(|report| report.code == code) {
                    debug!(code, "a request was refused");
                }
            }
            _ => {}
        }
        meter::event(event);
    }
}

/// What the core reports, as lines that can be searched for.
pub(crate) fn log(reports: &[Report]) {
    for report in reports {
        let (code, detail) = (report.code, &*report.detail);
        match report.severity {
            Severity::Error => error!(code, detail, "login: failed"),
            Severity::Warning => {
                warn!(code, detail, "login: needs attention");
                meter::warning(code);
            }
            Severity::Info => info!(code, detail, "login: refused"),
        }
    }
}

/// The span of a sign-in, from the callback on: requests to the provider and the application's hook are
/// in it.
pub(crate) fn sign_in() -> Span {
    info_span!("fncy_login.sign_in", outcome = Empty)
}

/// The end of a sign-in, in its span.
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

/// One refresh, in a span of its own.
pub(crate) async fn refresh<T>(
    obtaining: impl Future<Output = Result<T, RefreshFailure>>,
) -> Result<T, RefreshFailure> {
    let span = info_span!("fncy_login.refresh", outcome = Empty);
    let began = Instant::now();
    let refreshed = obtaining.instrument(span.clone()).await;
    let outcome = match &refreshed {
        Ok(_) => "refreshed",
        Err(failure) => failure.as_str(),
    };
    span.record("outcome", outcome);
    meter::refresh(outcome, began.elapsed());
    refreshed
}

/// One exchange with the provider, in a span of its own.
pub(crate) async fn exchange(
    exchange: Exchange<'_>,
    sending: impl Future<Output = ProviderResult>,
) -> ProviderResult {
    let name = name_of(exchange);
    let span = info_span!(
        "fncy_login.exchange",
        exchange = name,
        outcome = Empty,
        status = Empty
    );
    let began = Instant::now();
    let result = sending.instrument(span.clone()).await;
    let outcome = match &result {
        Ok(answer) => {
            let status = answer.status;
            span.record("status", status);
            if enabled!(Level::DEBUG)
                && let Some(description) = answer.description()
            {
                debug!(
                    exchange = name,
                    status, description, "the provider says why"
                );
            }
            class_of(status)
        }
        Err(failure) => failure.as_str(),
    };
    span.record("outcome", outcome);
    meter::exchange(name, outcome, began.elapsed());
    result
}

fn name_of(exchange: Exchange<'_>) -> &'static str {
    match exchange {
        Exchange::Redeem(_) => "redeem",
        Exchange::UserData { .. } => "user_data",
        Exchange::Refresh { .. } => "refresh",
        Exchange::ClientCredentials { .. } => "client_credentials",
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
