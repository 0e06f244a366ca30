//! Lines for the operator's log.
//!
//! Rule: a report holds no secret and no text of a browser. Of the provider's text it holds an error code at most.

use std::borrow::Cow;

use crate::values::error_code::ErrorCode;

/// A line for the operator's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The severity of the event.
    pub severity: Severity,
    /// A stable code.
    pub code: &'static str,
    /// A clause that says what happened.
    pub detail: Cow<'static, str>,
}

/// The severity of a [`Report`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// An event of normal life, such as a cancelled sign-in.
    Info,
    /// An oddity that was worked around, or a sign-in that failed because of a setting, a proxy or an attacker.
    Warning,
    /// A failure that an operator or the provider must repair. Until then, sign-ins fail.
    Error,
}

impl Report {
    /// The codes of all warnings.
    pub const WARNINGS: [&str; 15] = [
        ErrorCode::DeviceUnproven.as_str(),
        ErrorCode::InvalidCallback.as_str(),
        ErrorCode::LoginLoop.as_str(),
        ErrorCode::ProviderRefused.as_str(),
        ErrorCode::ProviderUnavailable.as_str(),
        ErrorCode::SignInDeclined.as_str(),
        ErrorCode::WrongIssuer.as_str(),
        ErrorCode::WrongProvider.as_str(),
        "expires_in_missing",
        "expires_in_unreadable",
        "revocation_failed",
        "scope_separator",
        "scope_unreadable",
        "session_large",
        "token_type_missing",
    ];

    /// A warning with one of the codes of [`Report::WARNINGS`].
    #[must_use]
    pub fn warning(code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        debug_assert!(Self::WARNINGS.contains(&code), "{code} is not in the list");
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
