//! The layer: what goes round an application.

use fncy_login::Login;
use tower_layer::Layer;

use crate::service::FncyLoginService;

/// Login with FNCY, as a tower [`Layer`].
///
/// In axum, `.layer(…)` covers the routes that were added **before** it; [`FncyLogin::wrap`] goes
/// round a finished router, with its fallback, whatever is in it.
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
/// let app: Router = Router::new()
///     .route("/", get(home))
///     .layer(FncyLogin::new(login));
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

    /// Puts the login round a finished router: nested, merged or with late routes, all of it is
    /// covered, and so are the addresses that it has no route for.
    ///
    /// Use this where a router is nested or merged into the one that `.layer` is called on: axum
    /// drops the inner router's fallback there, and with it our endpoints.
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
