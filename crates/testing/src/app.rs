//! The application under test, as a client sees it.

use std::error::Error;

use bytes::Bytes;
use http::{Request, Response};

/// The error of an application that returned no answer.
pub type AppError = Box<dyn Error + Send + Sync>;

/// An application under test.
///
/// With the feature `tower`, each tower service is an application, such as axum's `Router` and a wrapped router. With
/// the feature `actix`, `Actix(&service)` is one. `actix_web::test::init_service` returns the service.
pub trait App {
    /// Answers one request. Both bodies are complete.
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, AppError>>;
}
