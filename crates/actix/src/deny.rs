//! Our own 401 and 403, for guards of the application's own.

use std::fmt;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{Error, FromRequest, HttpRequest};
use fncy_login::AuthContext;

use crate::convert::RequestHead;
use crate::extract::context;
use crate::rejection::Rejection;

/// Refuses a request as the login does: a page for a person, problem+json for a program, a status for gRPC.
///
/// For a handler, or middleware inside the login, whose own guard says no, such as one that asks a database.
/// [`LoginBuilder::require_prefix`](crate::LoginBuilder::require_prefix) is for what the session alone can tell.
///
/// ```
/// use actix_web::Error;
/// use fncy_login_actix::{CurrentUser, Deny};
///
/// async fn report(user: CurrentUser, deny: Deny) -> Result<String, Error> {
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
    request: HttpRequest,
}

impl Deny {
    /// 403 with the code `forbidden`: the user may not do this.
    #[must_use]
    pub fn forbidden(&self) -> Error {
        let reply = self.context.forbidden(&RequestHead::of(&self.request));
        Rejection::Told("the user may not do this", Box::new(reply)).into()
    }

    /// What a visitor without a session gets: a person who opens a page is sent to sign in, and everything else
    /// gets 401 with the code `sign_in_required`.
    #[must_use]
    pub fn unauthorized(&self) -> Error {
        Rejection::NoUser(self.context.clone(), self.request.clone()).into()
    }
}

/// Shows nothing of the request, whose query and headers have secrets in them.
impl fmt::Debug for Deny {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deny").finish_non_exhaustive()
    }
}

impl FromRequest for Deny {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        ready(context(&request).map(|context| Self { context, request }))
    }
}
