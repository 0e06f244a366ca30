//! Guards in the router's own way: middleware that admits some users to a scope or a resource.
//!
//! Rule: [`FncyLogin`](crate::FncyLogin) goes outside them. What they check is in the driver.

use std::future::{Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use fncy_login::adapter::Guard;
use fncy_login::{AuthContext, GuardAnswer, User};

use crate::convert::{RequestHead, context, rejection};

/// Admits users with a granted scope; other users get 403, visitors are asked to sign in.
///
/// If a scope can't be granted, such as one with a space in it, no user is admitted.
///
/// ```
/// use actix_web::web;
/// use fncy_login_actix::require_scope;
///
/// # async fn reports() -> &'static str { "" }
/// let reports = web::resource("/reports")
///     .wrap(require_scope("reports.read"))
///     .get(reports);
/// ```
#[doc(alias("guard", "permission"))]
#[must_use]
pub fn require_scope(scope: impl Into<String>) -> Require {
    Require(Guard::scope(scope))
}

/// Admits users whose sign-in is no older than this, in whole seconds. Other users sign in again, visitors are asked to
/// sign in.
///
/// [`LoginBuilder::recent_sign_in_prefix`](crate::LoginBuilder::recent_sign_in_prefix) guards by path, and says what the
/// guard proves.
///
/// ```
/// use std::time::Duration;
///
/// use actix_web::web;
/// use fncy_login_actix::require_recent_sign_in;
///
/// # async fn keys() -> &'static str { "" }
/// let keys = web::resource("/keys")
///     .wrap(require_recent_sign_in(Duration::from_secs(300)))
///     .get(keys);
/// ```
#[doc(alias("sudo", "step-up"))]
#[must_use]
pub fn require_recent_sign_in(age: Duration) -> Require {
    Require(Guard::recent_sign_in(age))
}

/// Admits users who pass a check; other users get 403, visitors are asked to sign in.
///
/// ```
/// use actix_web::web;
/// use fncy_login_actix::{User, require};
///
/// fn is_admin(user: &User) -> bool {
///     user.claim::<Vec<String>>("roles").is_some_and(|roles| roles.contains(&"admin".to_owned()))
/// }
///
/// # async fn users() -> &'static str { "" }
/// let admin = web::scope("/admin")
///     .wrap(require(is_admin))
///     .route("/users", web::get().to(users));
/// ```
///
/// [`LoginBuilder::require_prefix`](crate::LoginBuilder::require_prefix) guards by path, before routing.
#[doc(alias("guard", "role", "permission"))]
#[must_use]
pub fn require(check: impl Fn(&User) -> bool + Send + Sync + 'static) -> Require {
    Require(Guard::predicate(check))
}

/// Admits users who pass a check that waits, such as for a database; other users get 403, visitors are asked to sign in.
///
/// The check is called once a request, so a change in the database holds at the next request. It answers `bool` or
/// `Result<bool, E>`. If it returns an error, panics, or does not answer within five seconds, the request gets 503
/// (`guard_undecided`).
///
/// ```
/// use actix_web::web;
/// use fncy_login_actix::{User, require_async};
///
/// # #[derive(Clone)] struct Db;
/// # impl Db { async fn is_member(&self, _: &str) -> std::io::Result<bool> { Ok(true) } }
/// # async fn inbox() -> &'static str { "" }
/// # fn routes(db: Db) -> impl actix_web::dev::HttpServiceFactory {
/// web::resource("/inbox")
///     .wrap(require_async(move |user: User| {
///         let db = db.clone();
///         async move { db.is_member(user.id()).await }
///     }))
///     .get(inbox)
/// # }
/// ```
#[doc(alias("guard", "role", "permission", "database"))]
#[must_use]
pub fn require_async<F, R>(check: F) -> Require
where
    F: Fn(User) -> R + Send + Sync + 'static,
    R: Future<Output: GuardAnswer> + Send + 'static,
{
    Require(Guard::waiting(check))
}

/// A guard as actix-web middleware. Made by [`require`], [`require_scope`], [`require_async`] and
/// [`require_recent_sign_in`].
#[derive(Clone, Debug)]
pub struct Require(Guard);

/// A service that a guard is around.
#[doc(hidden)]
#[derive(Debug)]
pub struct RequireMiddleware<S> {
    guard: Guard,
    inner: Rc<S>,
}

impl<S, B> Transform<S, ServiceRequest> for Require
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Transform = RequireMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(RequireMiddleware {
            guard: self.0.clone(),
            inner: Rc::new(service),
        }))
    }
}

impl<S, B> Service<ServiceRequest> for RequireMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>>>>;

    fn poll_ready(&self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let (guard, inner) = (self.guard.clone(), Rc::clone(&self.inner));
        Box::pin(async move {
            let head = RequestHead::of(request.request());
            // The request's extensions can't stay borrowed while the check waits.
            let context = context(request.request()).map(|context| AuthContext::clone(&context));
            let checked = match context {
                Ok(context) => guard.check(&context, &head).await,
                Err(rejection) => Err(rejection),
            };
            match checked {
                Ok(()) => Ok(inner.call(request).await?.map_into_left_body()),
                Err(refused) => {
                    let response = request.into_response(rejection(&refused));
                    Ok(response.map_into_right_body())
                }
            }
        })
    }
}
