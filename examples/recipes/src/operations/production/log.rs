//! Log lines and the audit log, as JSON on standard output.
//!
//! Rule: a line that can't be written is lost, and its request is served. tracing-subscriber would otherwise report that on
//! standard error, and panic if that can't be written either: a full disk would end each request that logs.

use std::io;

use fncy_login_tower::{LoginEvent, RefusedBy, RequestContext};
use site::StartError;
use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::requests::ID;
use super::variable;

/// Sends each line to standard output, with the fields of its spans.
///
/// # Errors
///
/// If `RUST_LOG` has no list of levels, or if there is a log already.
pub fn init() -> Result<(), StartError> {
    let levels: Targets = variable("RUST_LOG", "info").parse()?;
    // No level of other lines drops the audit log.
    let levels = levels.with_target("audit", Level::INFO);
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_writer(io::stdout)
        .log_internal_errors(false);
    let log = tracing_subscriber::registry().with(lines).with(levels);
    Ok(log.try_init()?)
}

/// Writes an event to the audit log. Its lines have the target `audit`.
pub(super) async fn audit(event: LoginEvent) {
    let request = event.request();
    let client = request.and_then(RequestContext::client_address);
    tracing::info!(
        target: "audit",
        time = event.time().as_unix(),
        event = event.name(),
        user = event.user_id(),
        session = event.session_id(),
        code = event.code(),
        by = event.refused_by().map(RefusedBy::as_str),
        reference = event.reference().map(tracing::field::display),
        path = request.map(RequestContext::path),
        client = client.map(tracing::field::display),
        request_id = request.and_then(|request| request.header(ID)),
    );
}
