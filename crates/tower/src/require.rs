//! Guards in the router's own way: layers that admit some users to some routes.
//!
//! Rule: [`FncyLoginLayer`](crate::FncyLoginLayer) goes outside them. What they check is in the driver.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use fncy_login::adapter::Guard;
use fncy_login::{GuardAnswer, User};
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::body::Body;
use crate::convert::{RequestHead, context, rejection};

/// Admits users with a granted scope; other users get 403, visitors are asked to sign in.
///
/// If a scope can't be granted, such as one with a space in it, no user is admitted.
///
/// ```
/// use axum::{Router, routing::get};
/// use fncy_login_tower::require_scope;
///
/// # async fn reports() {}
/// let reports: Router = Router::new()
///     .route("/reports", get(reports))
///     .route_layer(require_scope("reports.read"));
/// ```
#[doc(alias("guard", "permission"))]
#[must_use]
pub fn require_scope(scope: impl Into<String>) -> RequireLayer {
    RequireLayer(Guard::scope(scope))
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
/// use axum::{Router, routing::get};
/// use fncy_login_tower::require_recent_sign_in;
///
/// # async fn keys() {}
/// let keys: Router = Router::new()
///     .route("/keys", get(keys))
///     .route_layer(require_recent_sign_in(Duration::from_secs(300)));
/// ```
#[doc(alias("sudo", "step-up"))]
#[must_use]
pub fn require_recent_sign_in(age: Duration) -> RequireLayer {
    RequireLayer(Guard::recent_sign_in(age))
}

/// Admits users who pass a check; other users get 403, visitors are asked to sign in.
///
/// ```
/// use axum::{Router, routing::get};
/// use fncy_login_tower::{User, require};
///
/// fn is_admin(user: &User) -> bool {
///     user.claim::<Vec<String>>("roles").is_some_and(|roles| roles.contains(&"admin".to_owned()))
/// }
///
/// # async fn users() {}
/// let admin: Router = Router::new()
///     .route("/users", get(users))
///     .route_layer(require(is_admin));
/// let app: Router = Router::new().nest("/admin", admin);
/// ```
///
/// The guard knows its routes, and no other spelling of a path.
/// [`LoginBuilder::require_prefix`](crate::LoginBuilder::require_prefix) guards by path, before routing.
#[doc(alias("guard", "role", "permission"))]
#[must_use]
pub fn require(check: impl Fn(&User) -> bool + Send + Sync + 'static) -> RequireLayer {
    RequireLayer(Guard::predicate(check))
}

/// Admits users who pass a check that waits, such as for a database; other users get 403, visitors are asked to sign in.
///
/// The check is called once a request, so a change in the database holds at the next request. It answers `bool` or
/// `Result<bool, E>`. If it returns an error, panics, or does not answer within five seconds, the request gets 503
/// (`guard_undecided`). If the request is cancelled, the check is dropped.
///
/// ```
/// use axum::{Router, routing::get};
/// use fncy_login_tower::{User, require_async};
///
/// # #[derive(Clone)] struct Db;
/// # impl Db { async fn is_member(&self, _: &str) -> std::io::Result<bool> { Ok(true) } }
/// # async fn inbox() {}
/// # fn routes(db: Db) -> Router {
/// Router::new()
///     .route("/inbox", get(inbox))
///     .route_layer(require_async(move |user: User| {
///         let db = db.clone();
///         async move { db.is_member(user.id()).await }
///     }))
/// # }
/// ```
#[doc(alias("guard", "role", "permission", "database"))]
#[must_use]
pub fn require_async<F, R>(check: F) -> RequireLayer
where
    F: Fn(User) -> R + Send + Sync + 'static,
    R: Future<Output: GuardAnswer> + Send + 'static,
{
    RequireLayer(Guard::waiting(check))
}

/// A guard as a tower [`Layer`], for `.route_layer(…)` and `.layer(…)`. Made by [`require`], [`require_scope`],
/// [`require_async`] and [`require_recent_sign_in`].
#[derive(Clone, Debug)]
pub struct RequireLayer(Guard);

/// A service that a guard is around.
#[derive(Clone, Debug)]
pub struct RequireService<S> {
    guard: Guard,
    inner: S,
}

impl<S> Layer<S> for RequireLayer {
    type Service = RequireService<S>;

    fn layer(&self, inner: S) -> RequireService<S> {
        let guard = self.0.clone();
        RequireService { guard, inner }
    }
}

impl<S, B, R> Service<Request<B>> for RequireService<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
{
    type Response = Response<Body<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let guard = self.guard.clone();
        // The clone has not been polled; the service that is ready waits for the check.
        let unready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, unready);
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let checked = match context(&parts.extensions) {
                Ok(context) => guard.check(context, &RequestHead::of(&parts)).await,
                Err(rejection) => Err(rejection),
            };
            match checked {
                Ok(()) => {
                    let response = inner.call(Request::from_parts(parts, body)).await?;
                    Ok(response.map(Body::inner))
                }
                Err(refused) => Ok(rejection(&refused).map(Body::reply)),
            }
        })
    }
}
