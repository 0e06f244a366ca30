//! The error of a request for the application's own access token.
//!
//! Rule: the sentence says what to do. It has no secret, and no text of the provider but an error code.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use fncy_login_core::{NoClientGrant, NoGrantReason};

/// The error of [`Login::client_token`](crate::Login::client_token).
///
/// `Display` is a sentence for the operator's log. [`ClientTokenError::kind`] is for the program.
#[derive(Clone, Debug)]
pub struct ClientTokenError {
    kind: ClientTokenErrorKind,
    detail: Cow<'static, str>,
}

/// The kind of a [`ClientTokenError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientTokenErrorKind {
    /// FNCY refuses the client, the grant or the scope (RFC 6749, section 5.2). Change the settings here or at FNCY.
    Refused,
    /// FNCY can't be reached or is overloaded.
    Unavailable {
        /// How long to wait before the next call. Earlier calls send no request.
        retry_after: Duration,
    },
    /// FNCY's answer can't be read, or its token had expired when it came.
    Unreadable,
}

impl ClientTokenError {
    pub(crate) fn new(failure: NoClientGrant) -> Self {
        Self {
            kind: match failure.reason {
                NoGrantReason::Refused => ClientTokenErrorKind::Refused,
                NoGrantReason::Unavailable => ClientTokenErrorKind::Unavailable {
                    retry_after: Duration::from_secs(failure.rest),
                },
                _ => ClientTokenErrorKind::Unreadable,
            },
            detail: failure.detail,
        }
    }

    /// The same failure with the time that is left to wait.
    pub(crate) fn with_rest(&self, rest: Duration) -> Self {
        let kind = match self.kind {
            ClientTokenErrorKind::Unavailable { .. } => {
                ClientTokenErrorKind::Unavailable { retry_after: rest }
            }
            kind => kind,
        };
        Self {
            kind,
            detail: self.detail.clone(),
        }
    }

    /// The kind, which says what a program can do.
    #[must_use]
    pub fn kind(&self) -> ClientTokenErrorKind {
        self.kind
    }
}

impl fmt::Display for ClientTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = &self.detail;
        match self.kind {
            ClientTokenErrorKind::Refused => write!(
                f,
                "FNCY refused the application's request for a token of its own ({detail}); check FNCY_CLIENT_ID, FNCY_CLIENT_SECRET, FNCY_CLIENT_AUTH and the scope, and ask FNCY whether this client may use the grant client_credentials"
            ),
            ClientTokenErrorKind::Unavailable { retry_after } => write!(
                f,
                "FNCY can't give the application a token of its own at the moment ({detail}); ask again in {} seconds",
                whole_seconds(retry_after)
            ),
            ClientTokenErrorKind::Unreadable => write!(
                f,
                "FNCY's answer to a request for the application's own token can't be used ({detail}); check FNCY_BASE_URL and FNCY_TOKEN_URL, and if they are right, report it to FNCY"
            ),
        }
    }
}

impl std::error::Error for ClientTokenError {}

/// Rounds up, so that a caller who waits this long doesn't come too early.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_core::{NoClientGrant, NoGrantReason};

    use super::{ClientTokenError, ClientTokenErrorKind};

    #[test]
    fn each_kind_says_what_to_do() {
        for (reason, hint) in [
            (NoGrantReason::Refused, "FNCY_CLIENT_SECRET"),
            (NoGrantReason::Unavailable, "ask again in 5 seconds"),
            (NoGrantReason::Unreadable, "FNCY_TOKEN_URL"),
        ] {
            let error = ClientTokenError::new(NoClientGrant::new(reason, "why"));
            let text = error.to_string();
            assert!(text.contains(hint) && text.contains("(why)"), "{text}");
        }
    }

    #[test]
    fn what_is_left_of_a_rest_is_rounded_up() {
        let failure = NoClientGrant::new(NoGrantReason::Unavailable, "why");
        let rest = Duration::from_millis(1_200);
        let error = ClientTokenError::new(failure).with_rest(rest);
        assert!(error.to_string().contains("in 2 seconds"), "{error}");
        let kind = ClientTokenErrorKind::Unavailable { retry_after: rest };
        assert_eq!(error.kind(), kind);
    }
}
