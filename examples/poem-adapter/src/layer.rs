//! The middleware: what goes round an application.

use fncy_login::Login;
use poem::{Endpoint, Middleware};

use crate::service::FncyLoginEndpoint;

/// Login with FNCY, as poem middleware.
#[derive(Clone, Debug)]
pub struct FncyLogin {
    login: Login,
}

impl FncyLogin {
    /// Middleware for one login. The same login twice round a request is inert the second time.
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
