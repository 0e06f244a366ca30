//! What a client sends its requests to.

use std::error::Error;

use bytes::Bytes;
use http::{Request, Response};

/// Why an application gave no answer at all.
pub type AppError = Box<dyn Error + Send + Sync>;

/// An application under test, whatever it is built with.
///
/// With the feature `tower` each tower service is one, such as axum's `Router` and a wrapped router. With the feature
/// `actix` it is `Actix(&service)`, for what `actix_web::test::init_service` returns.
pub trait App {
    /// Answers one request; the body is there as a whole.
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, AppError>>;
}
