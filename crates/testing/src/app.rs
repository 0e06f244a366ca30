//! What a client sends its requests to.

use std::error::Error;

use bytes::Bytes;
use http::{Request, Response};

/// Why an application gave no answer at all.
pub type AppError = Box<dyn Error + Send + Sync>;

/// An application under test, whatever it is built with.
///
/// A `Router` of axum is one, and so is `&service` for what `actix_web::test::init_service` returns; any other
/// tower service in a `Tower`.
pub trait App {
    /// Answers one request; the body is there as a whole.
    fn call(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, AppError>>;
}
