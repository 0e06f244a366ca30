//! The last answer to the question whether store and provider can be reached.

use std::fmt;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// What a login depends on and can't reach.
///
/// ```
/// # use fncy_login::CheckError;
/// let error = CheckError::Store;
/// assert_eq!(error.to_string(), "the store of this application's instances can't be reached");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckError {
    /// The store can't say which sessions are revoked, so that protected paths answer 503.
    Store,
    /// Nobody can sign in, and no token can be refreshed; sessions whose token lives are served.
    Provider,
}

/// The last answer.
#[derive(Default)]
pub(crate) struct LastCheck(pub(crate) Mutex<Option<(Instant, Result<(), CheckError>)>>);

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Store => "the store of this application's instances can't be reached",
            Self::Provider => "the token endpoint of the provider can't be reached",
        })
    }
}

impl std::error::Error for CheckError {}
