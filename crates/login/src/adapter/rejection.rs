//! Why a handler isn't called: what extractors and guards refuse with.
//!
//! Rules: the reply is made when the rejection becomes a response, since each one that starts a sign-in is counted;
//! `Debug` and `Display` show the kind alone, since loggers write them.

use std::fmt;
use std::sync::Arc;

use fncy_login_core::{
    ErrorCode, Head, Need, OwnedHead, Reply, SignInError, SignInOptions, StoreAnswer, Subject,
};

use crate::handle::replies::send;
use crate::hooks::request_context::RequestContext;
use crate::provider::api_error::ApiError;
use crate::request::auth_context::AuthContext;
use crate::request::challenge::{challenge, forbidden, sign_in, unanswered, undecided, unmet};

/// Why an extractor or a guard refused a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RejectionKind {
    /// The login is not around the route, or a layer inside it has moved the request to another task, where no session
    /// can be changed. Both are the application's mistake, answered with 500.
    MissingLayer,
    /// No user is signed in. A navigation is sent to sign in, every other request gets 401.
    SignedOut,
    /// A user is signed in, and the request is refused all the same.
    Refused(ErrorCode),
    /// A handler starts a sign-in of its own. A navigation is redirected, and a script is told the address.
    SignIn,
    /// The options of a sign-in can't be sent: the application's mistake, answered with 500.
    InvalidOptions,
    /// A call of FNCY's API has no usable answer, or a refresh brings no tokens.
    Api(ApiError),
}

/// A refusal by an extractor or a guard: an adapter's rejection type holds it.
pub struct Rejection {
    cause: Cause,
    /// The request as `on_event` sees it.
    request: Option<RequestContext>,
}

enum Cause {
    MissingLayer,
    SignedOut(Box<(AuthContext, OwnedHead)>),
    Forbidden(Box<(AuthContext, OwnedHead)>),
    /// With the cause, for the log.
    Undecided(Box<(AuthContext, OwnedHead)>, String),
    Unmet(Box<(AuthContext, OwnedHead, Need)>),
    SignIn(Box<(AuthContext, Arc<OwnedHead>, SignInOptions)>),
    InvalidOptions,
    Api(Box<(AuthContext, OwnedHead)>, ApiError),
    Told(Box<Reply>),
}

impl Rejection {
    /// A request without an [`AuthContext`]. The log says so, with `advice`: how the layer is added in this framework.
    pub fn missing_layer(advice: &'static str) -> Self {
        tracing::error!(
            advice,
            "the user was asked for on a route that the FNCY Login layer is not around"
        );
        Cause::MissingLayer.into()
    }

    /// A request whose response is made in another task.
    pub(crate) fn other_task() -> Self {
        tracing::error!(
            "a session was asked for in another task than that of its response: take it in the handler, and put layers that move a request to another task around the login"
        );
        Cause::MissingLayer.into()
    }

    pub(crate) fn signed_out<H: Head>(context: &AuthContext, head: &H) -> Self {
        Cause::SignedOut(waiting(context, head)).into()
    }

    pub(crate) fn forbidden<H: Head>(context: &AuthContext, head: &H) -> Self {
        Cause::Forbidden(waiting(context, head)).into()
    }

    pub(crate) fn undecided<H: Head>(context: &AuthContext, head: &H, cause: String) -> Self {
        Cause::Undecided(waiting(context, head), cause).into()
    }

    pub(crate) fn unmet<H: Head>(context: &AuthContext, head: &H, need: &Need) -> Self {
        let unmet = (context.clone(), OwnedHead::of(head), need.clone());
        Cause::Unmet(Box::new(unmet)).into()
    }

    pub(crate) fn sign_in(
        context: AuthContext,
        head: Arc<OwnedHead>,
        options: SignInOptions,
    ) -> Self {
        Cause::SignIn(Box::new((context, head, options))).into()
    }

    pub(crate) fn api<H: Head>(context: &AuthContext, head: &H, error: ApiError) -> Self {
        Cause::Api(waiting(context, head), error).into()
    }

    pub(crate) fn told(reply: Box<Reply>) -> Self {
        Cause::Told(reply).into()
    }

    /// Adds the request as `on_event` sees it.
    pub(crate) fn seen_as(self, request: Option<RequestContext>) -> Self {
        Self { request, ..self }
    }

    /// Why the request was refused.
    #[must_use]
    pub fn kind(&self) -> RejectionKind {
        match &self.cause {
            Cause::MissingLayer => RejectionKind::MissingLayer,
            Cause::SignedOut(_) => RejectionKind::SignedOut,
            Cause::Forbidden(_) => RejectionKind::Refused(ErrorCode::Forbidden),
            Cause::Undecided(..) => RejectionKind::Refused(ErrorCode::GuardUndecided),
            Cause::Unmet(unmet) => RejectionKind::Refused(unmet.2.code()),
            Cause::SignIn(_) => RejectionKind::SignIn,
            Cause::InvalidOptions => RejectionKind::InvalidOptions,
            Cause::Api(_, error) => RejectionKind::Api(*error),
            Cause::Told(reply) => {
                RejectionKind::Refused(reply.code.unwrap_or(ErrorCode::SignInRequired))
            }
        }
    }

    /// The reply, made anew with each call; `None` stands for an empty 500.
    #[must_use]
    pub fn reply(&self) -> Option<Reply> {
        let mut request = self.request.clone();
        let (context, mut reply) = match &self.cause {
            Cause::MissingLayer | Cause::InvalidOptions => return None,
            Cause::Told(reply) => return Some(Reply::clone(reply)),
            Cause::SignedOut(waiting) => {
                let (context, head) = &**waiting;
                let unknown = StoreAnswer::Unknown;
                (
                    context,
                    challenge(context.login(), head, unknown, &mut request),
                )
            }
            Cause::Forbidden(waiting) => {
                let (context, head) = &**waiting;
                (context, forbidden(context.login(), head))
            }
            Cause::Undecided(waiting, cause) => {
                let (context, head) = &**waiting;
                (context, undecided(context.login(), head, cause))
            }
            Cause::Api(waiting, error) => {
                let (context, head) = &**waiting;
                let user = context.user()?;
                let reply = unanswered(context.login(), head, user, *error, &mut request)?;
                (context, reply)
            }
            Cause::Unmet(waiting) => {
                let (context, head, need) = &**waiting;
                let user = context.user()?;
                (
                    context,
                    unmet(context.login(), head, need, user, &mut request),
                )
            }
            Cause::SignIn(waiting) => {
                let (context, head, options) = &**waiting;
                let user = context.user();
                let reply = sign_in(context.login(), &**head, options, user, &mut request);
                (context, reply.ok()?)
            }
        };
        reply.subject = context.user().map(Subject::from);
        Some(*send(context.login(), reply, request.as_ref()))
    }
}

impl From<Cause> for Rejection {
    fn from(cause: Cause) -> Self {
        Self {
            cause,
            request: None,
        }
    }
}

/// The options of a sign-in are a mistake of the application. The log says what to write.
impl From<SignInError> for Rejection {
    fn from(error: SignInError) -> Self {
        tracing::error!(%error, "a handler asked for a sign-in that can't be sent");
        Cause::InvalidOptions.into()
    }
}

fn waiting<H: Head>(context: &AuthContext, head: &H) -> Box<(AuthContext, OwnedHead)> {
    Box::new((context.clone(), OwnedHead::of(head)))
}

impl fmt::Display for RejectionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingLayer => f.write_str("the FNCY Login layer is missing"),
            Self::SignedOut => f.write_str("no user is signed in"),
            Self::SignIn => f.write_str("a handler starts a sign-in"),
            Self::InvalidOptions => f.write_str("the options of a sign-in can't be sent"),
            Self::Api(error) => error.fmt(f),
            Self::Refused(code) => write!(f, "the request is refused: {code}"),
        }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind().fmt(f)
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rejection").field(&self.kind()).finish()
    }
}

impl std::error::Error for Rejection {}
