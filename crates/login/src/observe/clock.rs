//! The clock and the source of randomness.
//!
//! Rule: this is the only file that reads the system's clock or draws random bytes. The core has neither.

#![expect(
    clippy::disallowed_methods,
    reason = "this is the file that reads the clock and draws entropy"
)]

use std::sync::Arc;
use std::time::SystemTime;

use fncy_login_core::{Entropy, Timestamp};
use zeroize::Zeroizing;

/// A source of the current time, for [`LoginBuilder::clock`](crate::LoginBuilder::clock).
///
/// The default is the system's clock. A test sets its own clock to let sessions expire.
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
    /// The current time.
    fn now(&self) -> Timestamp;
}

/// A test keeps one handle of its clock, and the login has another.
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

/// Random blocks of the operating system. If it returns an error, the error is logged and the result is `None`.
///
/// A state draws no more blocks than it uses, since the system computes a new key stream for each draw.
pub(crate) fn entropy<const BLOCKS: usize>() -> Option<Entropy<BLOCKS>> {
    let mut blocks = Zeroizing::new([[0; 32]; BLOCKS]);
    getrandom::getrandom(blocks.as_flattened_mut())
        .inspect_err(
            |error| tracing::error!(%error, "the operating system returned no random bytes"),
        )
        .ok()?;
    Some(Entropy::new(*blocks))
}
