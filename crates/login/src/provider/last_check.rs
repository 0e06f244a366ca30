//! The last result of `Login::check`, and its error.

use std::fmt;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// The error of [`Login::check`](crate::Login::check): it names what can't be reached.
///
/// ```
/// # use fncy_login::CheckError;
/// let error = CheckError::Store;
/// assert_eq!(error.to_string(), "the store of this application's instances can't be reached");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckError {
    /// The store. Revoked sessions can't be told from others, so protected paths answer 503.
    Store,
    /// FNCY. Users can't sign in, and tokens can't be refreshed. A session works while its access token lives.
    Provider,
}

/// The last result and its time.
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
