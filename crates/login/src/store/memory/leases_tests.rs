//! The lease table of one process, on a clock that stands still.

use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{SessionId, SessionRef, Timestamp};
use tokio::time::{advance, timeout};

use super::{LeaseTables, MAX_KEPT};
use crate::store::leases::{Claim, Lease, LeaseKey, LeaseKind, LeaseOutcome};

const HOUR: Duration = Duration::from_secs(3_600);

fn id(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

fn session(number: u8, generation: u32) -> SessionRef {
    let [issued, ends] = [0, 100].map(Timestamp::from_unix);
    SessionRef::new(id(number), generation, issued, ends)
}

fn key(number: u8) -> LeaseKey {
    LeaseKey::new(LeaseKind::Refresh, [number; 32])
}

fn outcome(version: u32) -> LeaseOutcome {
    LeaseOutcome::new(version.to_string(), HOUR)
        .with_version(version)
        .with_session(id(1))
}

async fn granted(
    tables: &Arc<LeaseTables>,
    key: LeaseKey,
    newer_than: Option<u32>,
) -> Box<dyn Lease> {
    match tables.claim(key, newer_than).await {
        Claim::Granted(lease) => lease,
        other => panic!("{other:?}"),
    }
}

/// The outcome of a key.
fn found(tables: &LeaseTables, key: LeaseKey, newer_than: Option<u32>) -> Option<String> {
    let found = tables.find(key, newer_than);
    found.map(|sealed| String::from_utf8(sealed).unwrap())
}

#[tokio::test(start_paused = true)]
async fn f03_an_outcome_is_kept_an_hour_or_90_seconds_after_it_was_shown() {
    let tables = Arc::<LeaseTables>::default();
    let keep = async |number| {
        let lease = granted(&tables, key(number), Some(0)).await;
        lease.finish(outcome(1)).await.unwrap();
    };
    keep(1).await;
    advance(HOUR - Duration::from_secs(1)).await;
    assert!(found(&tables, key(1), None).is_some());
    advance(Duration::from_secs(1)).await;
    assert!(found(&tables, key(1), None).is_none());
    drop(granted(&tables, key(1), None).await);

    keep(2).await;
    tables.confirm(&|| session(1, 0));
    advance(Duration::from_secs(120)).await;
    assert!(
        found(&tables, key(2), None).is_some(),
        "the old generation confirms nothing"
    );
    tables.confirm(&|| session(1, 1));
    tables.confirm(&|| panic!("no outcome is unconfirmed"));
    advance(Duration::from_secs(89)).await;
    assert!(matches!(tables.claim(key(2), None).await, Claim::Done(_)));
    advance(Duration::from_secs(1)).await;
    drop(granted(&tables, key(2), None).await);
}

#[tokio::test(start_paused = true)]
async fn k24_older_generations_are_outdated_a_minute_after_a_newer_one_was_shown() {
    let tables = Arc::<LeaseTables>::default();
    let is_outdated = |generation| tables.is_outdated(&session(1, generation));
    let lease = granted(&tables, key(1), Some(0)).await;
    lease.finish(outcome(1)).await.unwrap();
    advance(Duration::from_secs(120)).await;
    assert!(!is_outdated(0), "no request has shown the new one");
    for generation in [0, 1] {
        tables.confirm(&|| session(1, generation));
        advance(Duration::from_secs(59)).await;
        assert!(!is_outdated(0));
        tables.confirm(&|| session(1, 1));
    }
    advance(Duration::from_secs(1)).await;
    assert!(is_outdated(0));
    assert!(!is_outdated(1));
}

#[tokio::test(start_paused = true)]
async fn an_outcome_answers_older_claims_and_gives_way_to_newer_ones() {
    let tables = Arc::<LeaseTables>::default();
    let lease = granted(&tables, key(1), Some(4)).await;
    lease.finish(outcome(5)).await.unwrap();
    assert_eq!(found(&tables, key(1), Some(4)).as_deref(), Some("5"));
    assert_eq!(found(&tables, key(1), Some(5)), None);
    let lease = granted(&tables, key(1), Some(5)).await;
    assert_eq!(
        found(&tables, key(1), Some(0)).as_deref(),
        Some("5"),
        "until there is a newer one"
    );
    lease.finish(outcome(6)).await.unwrap();
    assert_eq!(found(&tables, key(1), Some(0)).as_deref(), Some("6"));
    // Replacing it has replaced its time as well.
    advance(HOUR - Duration::from_secs(1)).await;
    assert!(found(&tables, key(1), Some(0)).is_some());
}

#[tokio::test(start_paused = true)]
async fn f05_a_dropped_lease_goes_to_a_waiting_claimant() {
    let tables = Arc::<LeaseTables>::default();
    let first = granted(&tables, key(1), None).await;
    let waiting = tokio::spawn({
        let tables = Arc::clone(&tables);
        async move { granted(&tables, key(1), None).await }
    });
    let is_early = timeout(Duration::from_secs(60), tables.claim(key(1), None)).await;
    assert!(is_early.is_err(), "it is held");
    drop(granted(&tables, key(2), None).await);
    drop(first);
    let second = waiting.await.unwrap();
    drop(second);
    assert!(tables.table(LeaseKind::Refresh).held.is_empty());
}

#[tokio::test(start_paused = true)]
async fn c23_the_outcome_of_a_redemption_goes_and_it_stays_spent() {
    let tables = Arc::<LeaseTables>::default();
    let redemption = LeaseKey::new(LeaseKind::Redemption, [1; 32]);
    let lease = granted(&tables, redemption, None).await;
    let reply = LeaseOutcome::new("reply", Duration::from_secs(2));
    let reply = reply.with_spent(Duration::from_secs(600));
    lease.finish(reply).await.unwrap();
    advance(Duration::from_millis(1_999)).await;
    assert!(matches!(
        tables.claim(redemption, None).await,
        Claim::Done(_)
    ));
    advance(Duration::from_millis(1)).await;
    assert!(matches!(tables.claim(redemption, None).await, Claim::Spent));
    drop(granted(&tables, key(1), None).await);
    advance(Duration::from_millis(599_999)).await;
    assert!(matches!(tables.claim(redemption, None).await, Claim::Spent));
    advance(Duration::from_millis(1)).await;
    drop(granted(&tables, redemption, None).await);
}

#[tokio::test(start_paused = true)]
async fn f12_memory_is_bounded_and_no_expired_outcome_stays_unconfirmed() {
    let tables = Arc::<LeaseTables>::default();
    let mut table = tables.table(LeaseKind::Refresh);
    let now = tokio::time::Instant::now();
    for number in 0..MAX_KEPT + 10 {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&number.to_be_bytes());
        let id = SessionId::from_bytes(std::array::from_fn(|index| hash[index]));
        let key = LeaseKey::new(LeaseKind::Refresh, hash);
        table.keep(key, outcome(1).with_session(id), now);
    }
    assert_eq!(table.kept.len(), MAX_KEPT);
    assert_eq!(table.unconfirmed.len(), MAX_KEPT);
    table.forget(now + HOUR);
    assert_eq!((table.kept.len(), table.unconfirmed.len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn p21_a_token_that_is_refreshed_again_and_again_waits_once_to_be_confirmed() {
    let tables = Arc::<LeaseTables>::default();
    for (generation, owner) in [(1, 1), (2, 1), (3, 2)] {
        let lease = granted(&tables, key(1), Some(generation - 1)).await;
        let outcome = outcome(generation).with_session(id(owner));
        lease.finish(outcome).await.unwrap();
        let table = tables.table(LeaseKind::Refresh);
        let waiting = table.unconfirmed.iter();
        let waiting: Vec<_> = waiting.map(|(id, waits)| (*id, &*waits.keys)).collect();
        assert_eq!(waiting, [(id(owner), &[key(1)][..])]);
    }
}

#[tokio::test(start_paused = true)]
async fn c26_codes_that_were_refused_put_out_no_sign_in() {
    let tables = Arc::<LeaseTables>::default();
    let redemption = |number: u32| {
        let mut hash = [0; 32];
        hash[..4].copy_from_slice(&number.to_le_bytes());
        LeaseKey::new(LeaseKind::Redemption, hash)
    };
    let signed_in = granted(&tables, redemption(0), None).await;
    signed_in
        .finish(LeaseOutcome::new("reply", Duration::ZERO).with_spent(HOUR))
        .await
        .unwrap();
    for number in 1..=100_001 {
        let stranger = granted(&tables, redemption(number), None).await;
        stranger
            .finish(LeaseOutcome::empty().with_spent(HOUR))
            .await
            .unwrap();
    }
    let again = tables.claim(redemption(0), None).await;
    assert!(matches!(again, Claim::Spent), "{again:?}");
    let last = tables.claim(redemption(100_001), None).await;
    assert!(matches!(last, Claim::Spent), "{last:?}");
}
