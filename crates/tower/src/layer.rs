//! The layer: what goes round an application.

use fncy_login::Login;
use tower_layer::Layer;

use crate::service::FncyLoginService;

/// Login with FNCY, as a tower [`Layer`].
///
/// In axum, [`FncyLogin::wrap`] goes round a finished router. As a layer it covers what the router
/// holds at that moment, and its fallback, where our endpoints are: not in `route_layer`, which
/// leaves the fallback out.
///
/// ```no_run
/// use axum::{Router, routing::get};
/// use fncy_login_tower::{CurrentUser, FncyLogin, Login};
///
/// async fn home(user: CurrentUser) -> String {
///     format!("Hello, {}", user.id())
/// }
///
/// # fn main() -> Result<(), fncy_login_tower::ConfigError> {
/// let login = Login::from_env()?;
/// let app: Router = FncyLogin::new(login).wrap(Router::new().route("/", get(home)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FncyLogin {
    login: Login,
}

impl FncyLogin {
    /// A layer for one login. The same login twice round a request is inert the second time.
    #[must_use]
    pub fn new(login: Login) -> Self {
        Self { login }
    }

    /// Puts the login round a finished router: all that it has is covered, and so are the addresses
    /// that it has no route for. Routes and layers that are added to the router which this returns
    /// are outside. It takes a `Router<()>`: call `with_state` before.
    ///
    /// A layer that is added to the router which this returns runs before routing, and finds no `MatchedPath` in
    /// the request. Layers that want it are added to `router`.
    #[cfg(feature = "axum")]
    pub fn wrap(self, router: axum::Router) -> axum::Router {
        axum::Router::new().fallback_service(self.layer(router))
    }
}

impl<S> Layer<S> for FncyLogin {
    type Service = FncyLoginService<S>;

    fn layer(&self, inner: S) -> FncyLoginService<S> {
        FncyLoginService::new(self.login.clone(), inner)
    }
}
