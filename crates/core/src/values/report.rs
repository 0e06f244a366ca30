//! Lines for the operator's log.
//!
//! Rule: a report holds no secret, no text of a browser, and of the provider's words an error code at most.

use std::borrow::Cow;

use crate::values::error_code::ErrorCode;

/// A line for the operator's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How much it matters.
    pub severity: Severity,
    /// A stable code.
    pub code: &'static str,
    /// A clause that says what happened.
    pub detail: Cow<'static, str>,
}

/// How much a [`Report`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Part of normal life: a person cancelled, a link expired.
    Info,
    /// Odd, and worked around; or a sign-in that a setting, a proxy or an attacker made fail.
    Warning,
    /// No person can sign in until an operator or the provider acts.
    Error,
}

impl Report {
    pub(crate) fn warning(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            severity: Severity::Warning,
            code,
            detail: detail.into(),
        }
    }

    pub(crate) fn of(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            severity: match (code, code.status()) {
                (
                    ErrorCode::LoginLoop
                    | ErrorCode::SignInDeclined
                    | ErrorCode::WrongIssuer
                    | ErrorCode::WrongProvider,
                    _,
                ) => Severity::Warning,
                (_, 500..) => Severity::Error,
                _ => Severity::Info,
            },
            code: code.as_str(),
            detail: detail.into(),
        }
    }
}
