//! The login's own 401 and 403, for checks of the application's own.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use fncy_login::adapter::Denial;

use crate::convert::{RequestHead, context};
use crate::rejection::AuthRejection;

/// Refuses a request as the login does: a page for a person, problem+json for a program, a status for gRPC.
///
/// It is for a check that a handler makes, or middleware inside the login. For a whole scope or resource there are
/// [`require`](fn@crate::require) and [`require_async`](crate::require_async).
///
/// ```
/// use fncy_login_actix::{AuthRejection, CurrentUser, Deny};
///
/// async fn report(user: CurrentUser, deny: Deny) -> Result<String, AuthRejection> {
///     if !may_read_reports(user.id()).await {
///         return Err(deny.forbidden());
///     }
///     Ok("the report".to_owned())
/// }
/// # async fn may_read_reports(_: &str) -> bool { true }
/// ```
///
/// Without [`FncyLogin`](crate::FncyLogin) around the route, the request gets a 500, and the log says what to add.
#[doc(alias("guard", "role", "permission", "unauthorized"))]
#[derive(Clone, Debug)]
pub struct Deny(Denial);

impl Deny {
    /// 403 with the code `forbidden`: the user may not do this.
    #[must_use]
    pub fn forbidden(&self) -> AuthRejection {
        AuthRejection(self.0.forbidden())
    }

    /// What a visitor without a session gets: a person who opens a page is sent to sign in, every other request gets
    /// 401 with the code `sign_in_required`.
    #[must_use]
    pub fn unauthorized(&self) -> AuthRejection {
        AuthRejection(self.0.unauthorized())
    }
}

impl FromRequest for Deny {
    type Error = AuthRejection;
    type Future = Ready<Result<Self, AuthRejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let head = RequestHead::of(request);
        let denial = context(request).map(|context| Denial::new(&context, &head));
        ready(denial.map(Self).map_err(AuthRejection))
    }
}
