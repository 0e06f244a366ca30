//! The clock, which stands still unless a model moves it.

use ::std::fmt;
use ::std::future::{Future, poll_fn};
use ::std::pin::pin;
use ::std::task::Poll;

pub use ::std::time::*;
use tokio::runtime::Handle;
pub use tokio::time::Instant;

/// Moves the clock.
pub fn advance(by: Duration) {
    Handle::current().block_on(tokio::time::advance(by));
}

/// The future was not ready before its deadline.
#[derive(Debug)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the deadline has passed")
    }
}

/// Waits for a future until a deadline. A deadline in the future never comes, so a lost wake-up is a deadlock.
///
/// # Errors
///
/// The deadline has passed, and the future is not ready.
pub async fn timeout_at<F: Future>(deadline: Instant, future: F) -> Result<F::Output, Elapsed> {
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Ok(output)),
        Poll::Pending if deadline <= Instant::now() => Poll::Ready(Err(Elapsed)),
        Poll::Pending => Poll::Pending,
    })
    .await
}
