//! Why a list of sessions can't be given.

use std::fmt;

use crate::store::store_error::StoreError;

/// The list of a user's sessions can't be given.
///
/// In axum, answer with it by `.map_err(|error| (StatusCode::SERVICE_UNAVAILABLE, error.to_string()))?`, in actix-web by
/// `.map_err(actix_web::error::ErrorServiceUnavailable)?`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionsError {
    /// This login keeps no lists: [`LoginBuilder::list_sessions`](crate::LoginBuilder::list_sessions) was not called.
    NotListed,
    /// The store can't be reached.
    Store,
}

impl fmt::Display for SessionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotListed => {
                "this login keeps no list of sessions; call `list_sessions` on its builder"
            }
            Self::Store => return StoreError.fmt(f),
        })
    }
}

impl std::error::Error for SessionsError {}

impl From<StoreError> for SessionsError {
    fn from(_: StoreError) -> Self {
        Self::Store
    }
}
