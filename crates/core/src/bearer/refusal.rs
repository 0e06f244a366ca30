//! The refusals of requests with a bearer token (RFC 6750, section 3), which programs read.
//!
//! Rules:
//! - A refusal never starts a sign-in and is never a page.
//! - Strangers can send any number of invalid tokens, so a refused token is logged at debug only.

use std::borrow::Cow;

use crate::machine::machine::Machine;
use crate::provider::answer::{DEFAULT_RETRY_AFTER, ProviderError};
use crate::refusal::bearer::refused;
use crate::refusal::parts::problem;
use crate::refusal::refuse::unverified;
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::request::head::Head;
use crate::sign_in::challenge::sign_in_problem;
use crate::values::error_code::ErrorCode;

/// Why a bearer token is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BearerRefusal {
    /// The request shows no token, or credentials of another kind.
    NoToken,
    /// The request is malformed: it shows a token twice, or characters that no token has.
    Malformed,
    /// The token is not valid here. The clause is for the operator, and the client does not see it.
    Invalid(&'static str),
    /// Too many tokens are checked at the moment.
    Crowded,
    /// FNCY could not be asked, or its answer could not be read.
    Unavailable {
        /// A clause for the operator.
        detail: Cow<'static, str>,
        /// When to try again, in seconds.
        retry_after: u64,
    },
    /// The store can't be asked whether the user was revoked.
    Unverified,
}

impl BearerRefusal {
    /// The refusal if FNCY gave no usable answer about the token.
    pub(crate) fn unavailable(error: ProviderError) -> Self {
        Self::Unavailable {
            detail: error.detail,
            retry_after: error.retry_after.unwrap_or(DEFAULT_RETRY_AFTER),
        }
    }

    pub(crate) fn draft<H: Head>(&self, machine: &Machine, head: &H) -> Draft {
        match self {
            Self::NoToken => sign_in_problem(machine, head),
            Self::Malformed => refused(ErrorCode::InvalidRequest, ""),
            Self::Invalid(_) => refused(ErrorCode::InvalidToken, ""),
            Self::Crowded => busy(DEFAULT_RETRY_AFTER),
            Self::Unavailable { retry_after, .. } => busy(*retry_after),
            Self::Unverified => unverified(machine, head),
        }
    }
}

fn busy(retry_after: u64) -> Draft {
    let code = ErrorCode::ProviderUnavailable;
    problem(code)
        .retry_after(retry_after)
        .event([Event::RequestRefused(code)])
}
