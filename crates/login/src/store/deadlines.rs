//! How long the driver waits for a store.
//!
//! Rules: every call has a deadline; an answer that is late is a [`StoreError`]; each answer is counted.

use std::time::Duration;

use tokio::time::{Instant, timeout, timeout_at};

use crate::observe::meter;
use crate::store::leases::{Claim, Lease, LeaseKey, Leases};
use crate::store::store_error::{StoreError, StoreFuture};

/// The timeout of a call that doesn't wait for another instance's work.
const DEADLINE: Duration = Duration::from_secs(2);
/// How far the deadline of an exchange moves in a process that is too busy to read the answer.
pub(crate) const MAX_MOVE: Duration = Duration::from_secs(10);
/// After this many leases that are too short, the store counts as unreachable.
const MAX_CLAIMS: usize = 3;

/// The answer of a call that doesn't wait for another instance's work.
pub(crate) async fn soon<T>(call: StoreFuture<'_, T>) -> Result<T, StoreError> {
    let answer = timeout(DEADLINE, call).await.unwrap_or(Err(StoreError));
    meter::store(answer.is_ok());
    answer
}

/// A claim whose lease outlasts the deadline, moved as far as it can, and the two calls that follow: a last look at the
/// revocation list, and the outcome. `None` if other instances held the lease until the deadline.
pub(crate) async fn claim<L: Leases + ?Sized>(
    leases: &L,
    key: LeaseKey,
    newer_than: Option<u32>,
    deadline: Instant,
) -> Result<Option<Claim>, StoreError> {
    let outlasts = |lease: &dyn Lease| {
        let left = deadline.saturating_duration_since(Instant::now());
        lease.remaining() > left + MAX_MOVE + 2 * DEADLINE
    };
    let claims = async {
        for _ in 0..MAX_CLAIMS {
            match leases.claim(key, newer_than).await? {
                Claim::Granted(lease) if !outlasts(&*lease) => {}
                claim => return Ok(Some(claim)),
            }
        }
        Err(StoreError)
    };
    timeout_at(deadline, claims).await.unwrap_or(Ok(None))
}
