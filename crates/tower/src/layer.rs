//! The layer: what an application puts around its routes.

use fncy_login::Login;
use tower_layer::Layer;

use crate::service::FncyLoginService;
#[cfg(feature = "axum")]
use crate::wrapped_router::WrappedRouter;

/// Login with FNCY as a tower [`Layer`].
///
/// In axum there are two ways to use it. Use [`FncyLoginLayer::wrap`] if you can: it takes a finished router, so no route
/// can be left out. `.layer(…)` covers the routes and the fallback that the router has at that moment.
///
/// ```no_run
/// use axum::{Router, routing::get};
/// use fncy_login_tower::{CurrentUser, FncyLoginLayer, Login};
///
/// async fn home(user: CurrentUser) -> String {
///     format!("Hello, {}", user.id())
/// }
///
/// # fn main() -> Result<(), fncy_login_tower::ConfigError> {
/// let login = Login::from_env()?;
/// let app = FncyLoginLayer::new(login).wrap(Router::new().route("/", get(home)));
/// # Ok(())
/// # }
/// ```
#[doc(alias("middleware", "FncyLogin", "authentication", "sso", "single sign-on"))]
#[doc(alias("oauth2", "oidc", "log in"))]
#[derive(Clone, Debug)]
pub struct FncyLoginLayer {
    login: Login,
}

impl FncyLoginLayer {
    /// The layer of a login. If a request meets the layer of the same login twice, the second one does nothing.
    #[must_use]
    pub fn new(login: Login) -> Self {
        Self { login }
    }

    /// Wraps a finished router: the login covers all its routes, its fallback, and addresses without a route.
    ///
    /// The result has no `.route`, so that no route can be added outside the login. Call `with_state` before.
    /// See [`WrappedRouter`] for how to serve, nest and layer it.
    ///
    /// ```no_run
    /// # use axum::{Router, routing::get};
    /// # use fncy_login_tower::{FncyLoginLayer, Login};
    /// # async fn serve(login: Login) -> std::io::Result<()> {
    /// let router = Router::new().route("/", get(async || "Hello"));
    /// let app = FncyLoginLayer::new(login).wrap(router);
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    /// axum::serve(listener, app).await
    /// # }
    /// ```
    #[cfg(feature = "axum")]
    pub fn wrap(self, router: axum::Router) -> WrappedRouter {
        // Routes are made once and not for each request.
        WrappedRouter::new(self.layer(router.with_state(())))
    }
}

impl<S> Layer<S> for FncyLoginLayer {
    type Service = FncyLoginService<S>;

    fn layer(&self, inner: S) -> FncyLoginService<S> {
        FncyLoginService::new(self.login.clone(), inner)
    }
}
