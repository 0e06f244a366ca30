//! The middleware: what an application puts around its routes.

use std::future::{Ready, ready};

use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use fncy_login::Login;

use crate::service::FncyLoginMiddleware;

/// Login with FNCY as actix-web middleware.
///
/// Build one [`Login`] outside the factory and clone it into it, so that all workers share it.
///
/// ```no_run
/// use actix_web::{App, HttpServer, web};
/// use fncy_login_actix::{CurrentUser, FncyLogin, Login};
///
/// async fn home(user: CurrentUser) -> String {
///     format!("Hello, {}", user.id())
/// }
///
/// # #[actix_web::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let login = Login::from_env()?;
/// HttpServer::new(move || {
///     App::new()
///         .wrap(FncyLogin::new(login.clone()))
///         .route("/", web::get().to(home))
/// })
/// .bind("localhost:3000")?
/// .run()
/// .await?;
/// # Ok(())
/// # }
/// ```
#[doc(alias("middleware", "layer", "authentication", "sso", "single sign-on"))]
#[doc(alias("oauth2", "oidc", "log in"))]
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

impl<S, B> Transform<S, ServiceRequest> for FncyLogin
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = actix_web::Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = actix_web::Error;
    type Transform = FncyLoginMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(FncyLoginMiddleware::new(self.login.clone(), service)))
    }
}
