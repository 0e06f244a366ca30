//! The contract of a lease table.

use std::fmt::Debug;
use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{
    Claim, Lease, LeaseKey, LeaseKind, LeaseOutcome, Leases, SessionId, SessionRef,
};
use tokio::time::{sleep, timeout};

/// A new lease lasts longer: all that a request may cause, and the calls of the store around that.
const REQUEST: Duration = Duration::from_secs(29);
const HOUR: Duration = Duration::from_secs(3_600);
const SOON: Duration = Duration::from_secs(2);

/// Asserts the contract of a lease table.
pub async fn hold<L: Leases + Clone>(here: &L, there: &L, number: u8) {
    let key = |index| key(number, index);
    the_first_claimant_gets_the_lease_and_the_others_wait(here, there, key(1)).await;
    a_dropped_lease_goes_to_a_waiting_claimant(here, there, key(2)).await;
    versions_tell_old_outcomes_from_new_ones(here, there, key(3)).await;
    a_spent_key_stays_spent(here, there, key(4)).await;
    a_key_without_an_outcome_is_spent_at_once(here, there, key(5)).await;
    kinds_and_hashes_are_apart(here, there, key(6)).await;
    a_confirmed_outcome_still_answers(here, there, key(7)).await;
}

fn key(number: u8, index: u8) -> LeaseKey {
    let mut hash = [number; 32];
    hash[0] = index;
    LeaseKey::new(LeaseKind::Refresh, hash)
}

fn redemption(key: LeaseKey) -> LeaseKey {
    LeaseKey::new(LeaseKind::Redemption, *key.hash())
}

fn outcome(version: u32, text: &str) -> LeaseOutcome {
    LeaseOutcome::new(text, HOUR).with_version(version)
}

async fn granted(claim: impl Future<Output = Result<Claim, impl Debug>>) -> Box<dyn Lease> {
    match timeout(SOON, claim).await {
        Ok(Ok(Claim::Granted(lease))) => lease,
        other => panic!("{other:?}"),
    }
}

async fn done(claim: impl Future<Output = Result<Claim, impl Debug>>) -> String {
    match timeout(SOON, claim).await {
        Ok(Ok(Claim::Done(sealed))) => String::from_utf8(sealed).unwrap(),
        other => panic!("{other:?}"),
    }
}

async fn the_first_claimant_gets_the_lease_and_the_others_wait<L: Leases + Clone>(
    here: &L,
    there: &L,
    key: LeaseKey,
) {
    let lease = granted(here.claim(key, None)).await;
    assert!(lease.remaining() > REQUEST, "{:?}", lease.remaining());
    for other in [here, there] {
        let waits = timeout(Duration::from_millis(100), other.claim(key, None)).await;
        assert!(waits.is_err(), "it is held");
        assert_eq!(other.find(key, None).await, Ok(None), "it isn't finished");
    }
    let waiting = there.clone();
    let waiting = tokio::spawn(async move { done(waiting.claim(key, None)).await });
    sleep(Duration::from_millis(50)).await;
    lease.finish(outcome(1, "left")).await.unwrap();
    assert_eq!(waiting.await.unwrap(), "left");
    for other in [here, there] {
        assert_eq!(done(other.claim(key, None)).await, "left");
        assert_eq!(other.find(key, None).await, Ok(Some(b"left".to_vec())));
    }
}

async fn a_dropped_lease_goes_to_a_waiting_claimant<L: Leases + Clone>(
    here: &L,
    there: &L,
    key: LeaseKey,
) {
    let lease = granted(here.claim(key, None)).await;
    let waiting = there.clone();
    let waiting = tokio::spawn(async move { granted(waiting.claim(key, None)).await });
    sleep(Duration::from_millis(50)).await;
    drop(lease);
    let lease = waiting.await.unwrap();
    assert!(lease.remaining() > REQUEST);
}

async fn versions_tell_old_outcomes_from_new_ones<L: Leases>(here: &L, there: &L, key: LeaseKey) {
    let lease = granted(here.claim(key, Some(0))).await;
    lease.finish(outcome(1, "first")).await.unwrap();
    assert_eq!(done(there.claim(key, Some(0))).await, "first");
    assert_eq!(there.find(key, Some(1)).await, Ok(None));
    let lease = granted(there.claim(key, Some(1))).await;
    assert_eq!(done(here.claim(key, Some(0))).await, "first", "until then");
    lease.finish(outcome(2, "second")).await.unwrap();
    assert_eq!(done(here.claim(key, Some(0))).await, "second");
    assert_eq!(done(here.claim(key, Some(1))).await, "second");
}

async fn a_spent_key_stays_spent<L: Leases>(here: &L, there: &L, key: LeaseKey) {
    let key = redemption(key);
    let reply = LeaseOutcome::new("reply", Duration::from_millis(100)).with_spent(HOUR);
    let lease = granted(here.claim(key, None)).await;
    lease.finish(reply).await.unwrap();
    assert_eq!(done(there.claim(key, None)).await, "reply");
    sleep(Duration::from_millis(200)).await;
    are_spent([here, there], key).await;
}

async fn a_key_without_an_outcome_is_spent_at_once<L: Leases>(here: &L, there: &L, key: LeaseKey) {
    let key = redemption(key);
    let lease = granted(here.claim(key, None)).await;
    lease
        .finish(LeaseOutcome::empty().with_spent(HOUR))
        .await
        .unwrap();
    are_spent([here, there], key).await;
}

async fn are_spent<L: Leases>(stores: [&L; 2], key: LeaseKey) {
    for store in stores {
        let spent = store.claim(key, None).await;
        assert!(matches!(spent, Ok(Claim::Spent)), "{spent:?}");
        assert_eq!(store.find(key, None).await, Ok(None));
    }
}

async fn kinds_and_hashes_are_apart<L: Leases>(here: &L, there: &L, key: LeaseKey) {
    let mut hash = *key.hash();
    hash[31] ^= 1;
    let other = LeaseKey::new(key.kind(), hash);
    let leases = (
        granted(here.claim(key, None)).await,
        granted(there.claim(redemption(key), None)).await,
        granted(there.claim(other, None)).await,
    );
    drop(leases);
}

async fn a_confirmed_outcome_still_answers<L: Leases>(here: &L, there: &L, key: LeaseKey) {
    let [issued, ends] = [4_000_000_000, 4_000_600_000].map(Timestamp::from_unix);
    let id = std::array::from_fn(|index| key.hash()[index]);
    let session = SessionRef::new(SessionId::from_bytes(id), 1, issued, ends);
    let lease = granted(here.claim(key, Some(0))).await;
    let outcome = outcome(1, "shown").with_session(session.id());
    lease.finish(outcome).await.unwrap();
    there.confirm(&|| session);
    here.confirm(&|| session);
    sleep(Duration::from_millis(50)).await;
    for store in [here, there] {
        assert_eq!(done(store.claim(key, Some(0))).await, "shown");
    }
}
