//! Events of sign-ins and sessions, for an audit log.
//!
//! Rule: an event has no token, cookie, code, `state` or email address. `Debug` and the serialized text may be logged.

use std::fmt;

use fncy_login_core::{ErrorCode, Event, Reference, SessionId, SessionRefusal, Timestamp, User};
use serde::{Serialize, Serializer};

use crate::hooks::request_context::RequestContext;

/// An event of a sign-in or a session, for [`LoginBuilder::on_event`](crate::LoginBuilder::on_event).
///
/// `Debug` and the serialized text hold no secret, so both may be logged. An event is serialized as an object with the
/// members `time` (Unix seconds), `event`, and those of `user`, `session`, `code`, `reference`, `by`, `scopes` and
/// `request` that are known:
///
/// ```
/// # use fncy_login::LoginEvent;
/// async fn log(event: LoginEvent) {
///     println!("{}", serde_json::to_string(&event).unwrap_or_default());
/// }
/// ```
#[doc(alias("audit", "audit log"))]
#[derive(Clone, Debug)]
pub struct LoginEvent {
    pub(crate) time: Timestamp,
    pub(crate) kind: LoginEventKind,
    pub(crate) user_id: Option<String>,
    pub(crate) session: Option<SessionId>,
    pub(crate) reference: Option<Reference>,
    pub(crate) request: Option<RequestContext>,
}

/// What has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginEventKind {
    /// A browser was sent to FNCY.
    SignInStarted,
    /// A user has signed in: a session begins, or a session is kept with more scopes or a recent sign-in.
    SignedIn {
        /// The granted scopes.
        scopes: Vec<String>,
    },
    /// A sign-in was refused. The person got a page with this code.
    SignInRefused {
        /// The reason.
        code: ErrorCode,
        /// The party that refused.
        by: RefusedBy,
    },
    /// The tokens of a session were refreshed.
    Refreshed,
    /// A refresh was refused, or the answer to `Session::refresh_user`. The session is over. A failure that may pass,
    /// such as an outage of FNCY, is no event.
    RefreshRefused {
        /// The party that refused: FNCY (the refresh token), the application (`on_refresh`), or the login (user data of
        /// another user).
        by: RefusedBy,
    },
    /// A session was bound to a key of the browser's device.
    SessionBound,
    /// A user has signed out.
    SignedOut,
    /// The application has ended sessions of a user, such as by [`Login::end_all_sessions`](crate::Login::end_all_sessions).
    SessionsEnded {
        /// The sessions that have ended.
        which: EndedSessions,
    },
    /// A session cookie was not accepted, on a path that needs a user.
    SessionRefused {
        /// The reason.
        reason: SessionRefusal,
    },
    /// A guard has refused a user, or could not decide.
    GuardRefused {
        /// The reason, such as [`ErrorCode::Forbidden`].
        code: ErrorCode,
    },
    /// A request was refused for a reason other than a guard, such as [`ErrorCode::CrossSite`].
    RequestRefused {
        /// The reason.
        code: ErrorCode,
    },
}

/// The sessions of a user that the application has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndedSessions {
    /// All of them, by [`Login::end_all_sessions`](crate::Login::end_all_sessions).
    All,
    /// The session of the event, by [`Login::end_session`](crate::Login::end_session) or a handler's `Session::end`.
    One,
    /// All but the session of the event, by [`Login::end_other_sessions`](crate::Login::end_other_sessions).
    Others,
}

/// The party that refused a sign-in or a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusedBy {
    /// The application, by `on_login` or `on_refresh`.
    Application,
    /// The login: a stale link, a replayed callback, a changed user.
    Login,
    /// FNCY, or a person who cancelled there. Also if FNCY does not answer.
    Provider,
}

impl LoginEvent {
    /// The time, by the login's clock.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }

    /// What has happened.
    #[must_use]
    pub fn kind(&self) -> &LoginEventKind {
        &self.kind
    }

    /// A stable name of the kind, such as `signed_in`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self.kind {
            LoginEventKind::SignInStarted => "sign_in_started",
            LoginEventKind::SignedIn { .. } => "signed_in",
            LoginEventKind::SignInRefused { .. } => "sign_in_refused",
            LoginEventKind::Refreshed => "refreshed",
            LoginEventKind::RefreshRefused { .. } => "refresh_refused",
            LoginEventKind::SessionBound => "session_bound",
            LoginEventKind::SignedOut => "signed_out",
            LoginEventKind::SessionsEnded { .. } => "sessions_ended",
            LoginEventKind::SessionRefused { .. } => "session_refused",
            LoginEventKind::GuardRefused { .. } => "guard_refused",
            LoginEventKind::RequestRefused { .. } => "request_refused",
        }
    }

    /// The stable word of a refusal, which is that of the [`ErrorCode`] or the [`SessionRefusal`]. For sessions that the
    /// application has ended: `one`, `others` or `all`.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        match self.kind {
            LoginEventKind::SignInRefused { code, .. }
            | LoginEventKind::GuardRefused { code }
            | LoginEventKind::RequestRefused { code } => Some(code.as_str()),
            LoginEventKind::SessionRefused { reason } => Some(reason.as_str()),
            LoginEventKind::SessionsEnded { which } => Some(match which {
                EndedSessions::All => "all",
                EndedSessions::One => "one",
                EndedSessions::Others => "others",
            }),
            _ => None,
        }
    }

    /// What the person got with the refusal, on a page or in a problem. The log line has it too. `None` if the person got
    /// no refusal.
    #[must_use]
    pub fn reference(&self) -> Option<Reference> {
        self.reference
    }

    /// The party that refused, if the event is a refused sign-in or refresh.
    #[must_use]
    pub fn refused_by(&self) -> Option<RefusedBy> {
        match self.kind {
            LoginEventKind::SignInRefused { by, .. } | LoginEventKind::RefreshRefused { by } => {
                Some(by)
            }
            _ => None,
        }
    }

    /// The user's id at FNCY, if it is known.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// The session's id in hexadecimal digits, if the event is about one session. It never changes, and an id alone gives
    /// no access.
    #[must_use]
    pub fn session_id(&self) -> Option<String> {
        let id = self.session?;
        Some(
            id.as_bytes()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        )
    }

    /// The request that caused the event. `None` if the application has caused it, as by
    /// [`Login::end_all_sessions`](crate::Login::end_all_sessions).
    #[must_use]
    pub fn request(&self) -> Option<&RequestContext> {
        self.request.as_ref()
    }
}

impl LoginEventKind {
    /// The kind of a core's event. `signed_in` is the user of a sign-in. An event without a kind is for metrics alone.
    pub(crate) fn of(event: Event, signed_in: Option<&User>) -> Option<Self> {
        Some(match event {
            Event::SignInStarted => Self::SignInStarted,
            Event::SignInFinished => Self::SignedIn {
                scopes: signed_in
                    .into_iter()
                    .flat_map(User::scopes)
                    .map(str::to_owned)
                    .collect(),
            },
            Event::SignInFailed(code) => Self::SignInRefused {
                code,
                by: RefusedBy::of(code),
            },
            Event::SessionBound => Self::SessionBound,
            Event::SignedOut => Self::SignedOut,
            Event::SessionRefused(reason) => Self::SessionRefused { reason },
            Event::RequestRefused(
                code @ (ErrorCode::DeviceBindingRequired
                | ErrorCode::Forbidden
                | ErrorCode::GuardUndecided
                | ErrorCode::InsufficientScope
                | ErrorCode::InsufficientUserAuthentication),
            ) => Self::GuardRefused { code },
            Event::RequestRefused(code) => Self::RequestRefused { code },
            _ => return None,
        })
    }
}

impl RefusedBy {
    fn of(code: ErrorCode) -> Self {
        match code {
            ErrorCode::LoginRefused | ErrorCode::LoginUndecided => Self::Application,
            ErrorCode::AccessDenied
            | ErrorCode::AuthTimeMissing
            | ErrorCode::ClientRejected
            | ErrorCode::InsufficientScope
            | ErrorCode::InvalidResponse
            | ErrorCode::ProviderRefused
            | ErrorCode::ProviderUnavailable
            | ErrorCode::SignInDeclined
            | ErrorCode::TokenExpired
            | ErrorCode::UserDataRefused
            | ErrorCode::UserIdMissing => Self::Provider,
            _ => Self::Login,
        }
    }

    /// A stable word: `application`, `login` or `provider`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Login => "login",
            Self::Provider => "provider",
        }
    }
}

impl fmt::Display for RefusedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The members of a serialized event, in their order.
#[derive(Serialize)]
struct Line<'a> {
    time: u64,
    event: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<&'a RequestContext>,
}

impl Serialize for LoginEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let line = Line {
            time: self.time.as_unix(),
            event: self.name(),
            user: self.user_id(),
            session: self.session_id(),
            code: self.code(),
            reference: self.reference.as_ref().map(Reference::as_str),
            by: self.refused_by().map(RefusedBy::as_str),
            scopes: match &self.kind {
                LoginEventKind::SignedIn { scopes } => Some(scopes),
                _ => None,
            },
            request: self.request(),
        };
        line.serialize(serializer)
    }
}
