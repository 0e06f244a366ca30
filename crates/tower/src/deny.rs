//! Our own 401 and 403, for guards of the application's own.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use fncy_login::AuthContext;
use http::Request;
use http::request::Parts;

use crate::convert::response;
use crate::extract::{context, head, missing_layer};

/// Refuses a request as the login does: a page for a person, problem+json for a program, a status for gRPC.
///
/// For a handler, or middleware inside the login, whose own guard says no, such as one that asks a database.
/// [`LoginBuilder::require_prefix`](crate::LoginBuilder::require_prefix) is for what the session alone can tell.
///
/// ```
/// use axum::response::Response;
/// use fncy_login_tower::{CurrentUser, Deny};
///
/// async fn report(user: CurrentUser, deny: Deny) -> Result<String, Response> {
///     if !may_read_reports(user.id()).await {
///         return Err(deny.forbidden());
///     }
///     Ok("the report".to_owned())
/// }
/// # async fn may_read_reports(_: &str) -> bool { true }
/// ```
///
/// Without [`FncyLogin`](crate::FncyLogin) around the route it is a 500, and the log names the line to add.
#[doc(alias("guard", "role", "permission"))]
#[derive(Clone)]
pub struct Deny {
    context: AuthContext,
    parts: Parts,
}

impl Deny {
    /// 403 with the code `forbidden`: the user may not do this.
    #[must_use]
    pub fn forbidden(&self) -> Response {
        response(self.context.forbidden(&head(&self.parts))).into_response()
    }

    /// What a visitor without a session gets: a person who opens a page is sent to sign in, and everything else
    /// gets 401 with the code `sign_in_required`.
    #[must_use]
    pub fn unauthorized(&self) -> Response {
        response(self.context.challenge(&head(&self.parts))).into_response()
    }
}

/// Shows nothing of the request, whose query and headers have secrets in them.
impl fmt::Debug for Deny {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deny").finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for Deny {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let context = context(parts).ok_or_else(missing_layer)?.clone();
        let (mut own, ()) = Request::new(()).into_parts();
        own.method = parts.method.clone();
        own.uri = head(parts).uri().clone();
        own.headers = parts.headers.clone();
        Ok(Self {
            context,
            parts: own,
        })
    }
}
