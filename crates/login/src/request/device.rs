//! A proof of a device key: it is used once, among all instances.
//!
//! Rules:
//! - The session's status is asked for first. So no browser keeps a binding of a session that has ended.
//! - The store remembers that a proof was used, for longer than its challenge is good. All registrations of a session take
//!   the same lease, so a session is bound once.
//! - If the store can't be asked, no session is bound and no device cookie is sent.

use std::time::Duration;

use fncy_login_core::{Proving, Reply};
use tokio::time::Instant;

use crate::handle::caller::Caller;
use crate::handle::login::Login;
use crate::handle::replies::{ending, send};
use crate::handle::revocation_check::is_revoked;
use crate::observe::clock;
use crate::provider::sender::REQUEST_DEADLINE;
use crate::store::leases::{Claim, LeaseKey, LeaseKind, LeaseOutcome};
use crate::store::store_error::StoreError;

/// How long a proof stays used: twice the life of a challenge.
const USED_FOR: Duration = Duration::from_secs(2 * fncy_login_core::DEVICE_CHALLENGE_LIFE);

/// The reply to a proof of a device key.
pub(crate) async fn prove_once(login: &Login, proving: Proving, caller: Caller) -> Box<Reply> {
    let deadline = Instant::now() + REQUEST_DEADLINE;
    let request = caller.request.as_ref();
    match is_revoked(login, proving.session(), proving.user_id()).await {
        Ok(false) => {}
        Ok(true) => return send(login, proving.revoked(), request),
        Err(StoreError) => return send(login, proving.unanswered(), request),
    }
    let key = LeaseKey::new(LeaseKind::DeviceProof, proving.key());
    let lease = match login.0.store.claim(key, None, deadline).await {
        Ok(Some(Claim::Granted(lease))) => lease,
        Ok(Some(Claim::Done(_) | Claim::Spent)) => {
            let now = login.0.clock.now();
            return send(login, proving.used(now, clock::entropy()), request);
        }
        Ok(None) | Err(StoreError) => return send(login, proving.unanswered(), request),
    };
    let outcome = LeaseOutcome::empty().with_spent(USED_FOR);
    if login.0.store.finish(lease, outcome).await.is_err() {
        // Another instance could accept the same proof.
        return send(login, proving.unanswered(), request);
    }
    let reply = proving.finish(login.0.clock.now(), clock::entropy());
    ending(login, reply, request).await
}
