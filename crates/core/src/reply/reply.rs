//! Replies: responses of the login, in place of the application's.

use std::borrow::Cow;
use std::fmt;

use crate::provider::exchange::Revoke;
use crate::provider::tokens::SessionTokens;
use crate::reply::event::Event;
use crate::reply::reference::Reference;
use crate::reply::subject::Subject;
use crate::session::revoked_session::RevokedSession;
use crate::session::user::User;
use crate::values::error_code::ErrorCode;
use crate::values::report::Report;

/// The `Cache-Control` of every response that sets a cookie of ours.
pub const PRIVATE: &str = "private, no-store";

/// Most replies have fewer headers than this.
const USUAL_HEADERS: usize = 8;

/// A response of the login, in place of the application's.
///
/// `Debug` shows no header values and no body, since they hold cookies.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers: names in lower case, and values. `set-cookie` may be there several times.
    pub headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The body. It is empty for redirects and for `HEAD`.
    pub body: String,
    /// Why the request or the sign-in was refused, if it was.
    pub code: Option<ErrorCode>,
    /// The reference of the refusal, which the body, the log line and the events share. Each reply with a code has one.
    pub reference: Option<Reference>,
    /// Lines for the operator's log.
    pub reports: Vec<Report>,
    /// Events, for metrics and for an audit log.
    pub events: Vec<Event>,
    /// The user and the session that the events are about, if they are known.
    pub subject: Option<Subject>,
    /// The sessions and tokens that end with this reply.
    pub endings: Vec<Ending>,
    /// The user whose session begins with this reply.
    pub begins: Option<User>,
    /// The user whose session a sign-in has changed and kept, and its new tokens.
    pub keeps: Option<Box<(User, SessionTokens)>>,
}

/// A session that ends before its time, or tokens that no session keeps.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The session, if there is one. Revoke it before the token. A refresh under way then either finds the session
    /// revoked, or has already left new tokens, and those are revoked instead.
    pub session: Option<RevokedSession>,
    /// The token to revoke at the provider. The reply does not wait for that.
    pub revoke: Option<Revoke>,
}

impl Reply {
    /// An empty reply.
    pub(crate) fn new(status: u16) -> Self {
        Self {
            status,
            headers: Vec::with_capacity(USUAL_HEADERS),
            body: String::new(),
            code: None,
            reference: None,
            reports: Vec::new(),
            events: Vec::new(),
            subject: None,
            endings: Vec::new(),
            begins: None,
            keeps: None,
        }
    }

    /// Adds a header. A value that is the same for all replies is not copied.
    pub(crate) fn header(&mut self, name: &'static str, value: impl Into<Cow<'static, str>>) {
        self.headers.push((name.into(), value.into()));
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("headers", &names)
            .field("reports", &self.reports)
            .finish_non_exhaustive()
    }
}
