//! What the core reports, as log lines an operator can search for.
//!
//! Rule: a line has a stable code and a clause of ours; no secret, no address, no text that a
//! browser or the provider sent.

use fncy_login_core::{Report, Severity};

pub(crate) fn log(reports: &[Report]) {
    for report in reports {
        let (code, detail) = (report.code, &*report.detail);
        match report.severity {
            Severity::Error => tracing::error!(code, detail, "login: failed"),
            Severity::Warning => tracing::warn!(code, detail, "login: needs attention"),
            _ => tracing::info!(code, detail, "login: refused"),
        }
    }
}
