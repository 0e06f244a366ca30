//! The world that the machine is shielded from: clock and randomness. Nothing else reads them.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the file that reads the clock and draws entropy"
)]

use std::sync::Arc;
use std::time::SystemTime;

use fncy_login_core::{Entropy, Timestamp};
use zeroize::Zeroizing;

/// A clock. Tests replace the system's, to see sessions expire.
///
/// ```
/// # use fncy_login::{Login, Timestamp};
/// # use fncy_login::clock::Clock;
/// struct Stopped;
///
/// impl Clock for Stopped {
///     fn now(&self) -> Timestamp {
///         Timestamp::from_unix(1_900_000_000)
///     }
/// }
///
/// let builder = Login::builder().clock(Stopped);
/// ```
pub trait Clock: Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// A clock that a test keeps a handle of.
impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

/// The operating system's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        SystemTime::now().into()
    }
}

/// Fresh bytes of the operating system's generator. `None`, with a line in the log, where it gives none.
pub(crate) fn entropy() -> Option<Entropy> {
    let mut bytes = Zeroizing::new([0; Entropy::LEN]);
    getrandom::getrandom(bytes.as_mut_slice())
        .inspect_err(|error| tracing::error!(%error, "the operating system gives no entropy"))
        .ok()?;
    Some(Entropy::new(&bytes))
}
