//! The middleware: what an application puts around its routes.

use fncy_login::Login;
use poem::{Endpoint, Middleware};

use crate::service::FncyLoginEndpoint;

/// Login with FNCY as poem middleware.
#[derive(Clone, Debug)]
pub struct FncyLogin {
    login: Login,
}

impl FncyLogin {
    /// The middleware of a login. If a request meets the same login twice, the second one does nothing.
    #[must_use]
    pub fn new(login: Login) -> Self {
        Self { login }
    }
}

impl<E: Endpoint> Middleware<E> for FncyLogin {
    type Output = FncyLoginEndpoint<E>;

    fn transform(&self, inner: E) -> FncyLoginEndpoint<E> {
        let login = self.login.clone();
        FncyLoginEndpoint { login, inner }
    }
}
