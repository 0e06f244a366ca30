//! What a request comes to: it goes on to the application, or it is answered here.

use std::borrow::Cow;
use std::fmt;

use crate::reply::event::Event;
use crate::reply::page::Page;
use crate::session::tokens::SessionTokens;
use crate::session::user::{RevokedSession, SessionRef, User};
use crate::step::Revoke;
use crate::values::code::ErrorCode;

/// The end of a request's way through the machine.
#[derive(Debug)]
pub enum Outcome {
    /// The application answers.
    Admit(Admission),
    /// We answer. Boxed, so that nothing that large is moved about for a request that is admitted.
    Reply(Box<Reply>),
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        Self::Reply(Box::new(reply))
    }
}

/// A request that goes on to the application.
#[derive(Debug)]
pub struct Admission {
    /// Who asks; none on a public path without a session.
    pub user: Option<User>,
    /// The `Cache-Control` of an answer that names none: what one user sees must not be stored for
    /// the next.
    pub default_cache_control: Option<&'static str>,
    /// The session as it is from now on, where it was refreshed or its idle time moved on.
    pub update: Option<Box<Update>>,
}

/// A session that changed on the way in: the browser is told with the application's answer.
pub struct Update {
    /// The `Set-Cookie` lines. An answer that carries them is [`PRIVATE`]; they are left out if the
    /// session has ended meanwhile.
    pub cookies: Vec<String>,
    /// The tokens, where they were refreshed: those in the request's cookie are the old ones.
    pub tokens: Option<SessionTokens>,
}

/// The `Cache-Control` of every answer that sets a cookie of ours.
pub const PRIVATE: &str = "private, no-store";

/// Says that there is one: it holds cookies and tokens.
impl fmt::Debug for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Update").finish_non_exhaustive()
    }
}

/// An answer of ours.
///
/// `Debug` shows no header values and no body: they hold cookies.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case and values; `set-cookie` may come several times.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The body; empty for redirects and for `HEAD`.
    pub body: String,
    /// What an operator should know.
    pub reports: Vec<Report>,
    /// What happened with it.
    pub events: Vec<Event>,
    /// What is over with this answer.
    pub endings: Vec<Ending>,
    /// A session that begins with this answer, and whose it is.
    pub begins: Option<Box<(SessionRef, String)>>,
    /// The page that becomes the body, once it is known who reads it.
    pub(crate) page: Option<Box<Page>>,
}

/// A session that ends before its time, or tokens that no session keeps.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The session, if there was one. It is ended before anything is revoked, so that a refresh under way
    /// either finds it ended, or has left the tokens that are revoked instead.
    pub session: Option<RevokedSession>,
    /// The token that is revoked at the provider. The answer doesn't wait for that.
    pub revoke: Option<Revoke>,
}

/// A line for the operator's log: never a secret, never a text of the browser, and of the provider an
/// error code at most.
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
#[non_exhaustive]
pub enum Severity {
    /// Part of normal life: somebody cancelled, a link expired.
    Info,
    /// Odd, and worked around; or a sign-in that a setting, a proxy or an attacker made fail.
    Warning,
    /// Nobody can sign in until an operator or the provider does something.
    Error,
}

impl Ending {
    /// The end of a session whose tokens are left alone.
    pub(crate) fn of(session: RevokedSession) -> Self {
        Self {
            session: Some(session),
            revoke: None,
        }
    }
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

impl Reply {
    /// An answer that nobody stores.
    pub(crate) fn new(status: u16) -> Self {
        Self {
            status,
            headers: vec![("cache-control".into(), PRIVATE.to_owned())],
            body: String::new(),
            reports: Vec::new(),
            events: Vec::new(),
            endings: Vec::new(),
            begins: None,
            page: None,
        }
    }

    /// A page that nobody stores.
    pub(crate) fn page(page: Page) -> Self {
        let reply = Self::new(page.status());
        Self {
            page: Some(Box::new(page)),
            ..reply
        }
    }

    /// 303: whatever the method was, the browser goes on with GET (RFC 9110, section 15.4.4).
    pub(crate) fn see_other(location: impl Into<String>) -> Self {
        Self::new(303).header("location", location)
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn cookies(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        let lines = lines.into_iter().map(|line| ("set-cookie".into(), line));
        self.headers.extend(lines);
        self
    }

    pub(crate) fn report(mut self, reports: impl IntoIterator<Item = Report>) -> Self {
        self.reports.extend(reports);
        self
    }

    pub(crate) fn event(mut self, events: impl IntoIterator<Item = Event>) -> Self {
        self.events.extend(events);
        self
    }

    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header("retry-after", seconds.to_string())
    }

    pub(crate) fn begins(self, session: SessionRef, user_id: &str) -> Self {
        Self {
            begins: Some(Box::new((session, user_id.to_owned()))),
            ..self
        }
    }

    pub(crate) fn ending(mut self, endings: impl IntoIterator<Item = Ending>) -> Self {
        self.endings.extend(endings);
        self
    }

    pub(crate) fn typed_body(self, content_type: &str, body: String) -> Self {
        Self { body, ..self }
            .header("content-type", content_type)
            .header("x-content-type-options", "nosniff")
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
