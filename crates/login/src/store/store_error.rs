//! The error of a store, and the future that may end in it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// An answer that may come over a network.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The store can't be reached at the moment.
///
/// It has no cause: an implementation logs that itself.
///
/// In axum, answer with it by `.map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?`, in actix-web by
/// `.map_err(actix_web::error::ErrorServiceUnavailable)?`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreError;

impl StoreError {
    /// The error.
    #[must_use]
    pub const fn new() -> Self {
        Self
    }
}

impl Default for StoreError {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the store of this application's instances can't be reached")
    }
}

impl std::error::Error for StoreError {}
