//! What the store of one process keeps, on a clock that stands still.

use std::time::Duration;

use fncy_login_core::{SessionRef, Timestamp};
use tokio::time::{advance, timeout};

use super::{MAX_KEPT, MemoryStore};
use crate::store::shared_store::{
    Claim, Finished, Known, Lease, RevokedSession, SharedStore as _, Work, WorkKind,
};

const HOUR: Duration = Duration::from_secs(3_600);

fn session(number: u8, generation: u32) -> SessionRef {
    SessionRef {
        id: [number; 16],
        generation,
        issued: Timestamp::from_unix(0),
        ends: Timestamp::from_unix(100),
    }
}

fn work(number: u8, newer_than: Option<u32>) -> Work {
    Work {
        kind: WorkKind::Refresh,
        key: [number; 32],
        newer_than,
    }
}

fn outcome(version: u32) -> Finished {
    Finished {
        version,
        sealed: version.to_string().into_bytes(),
        keep: HOUR,
        spent: Duration::ZERO,
        session: Some([1; 16]),
    }
}

async fn granted(store: &MemoryStore, work: Work) -> Box<dyn Lease> {
    match store.claim(work).await {
        Ok(Claim::Granted(lease)) => lease,
        other => panic!("{other:?}"),
    }
}

/// What is left of a work.
async fn left(store: &MemoryStore, work: Work) -> Option<String> {
    let left = store.find(work).await.unwrap();
    left.map(|bytes| String::from_utf8(bytes).unwrap())
}

#[tokio::test(start_paused = true)]
async fn f03_an_outcome_is_kept_an_hour_or_a_minute_after_it_was_shown() {
    let store = MemoryStore::new();
    let keep = async |number| {
        let lease = granted(&store, work(number, Some(0))).await;
        lease.finish(outcome(1)).await.unwrap();
    };
    keep(1).await;
    advance(HOUR - Duration::from_secs(1)).await;
    assert!(left(&store, work(1, None)).await.is_some());
    advance(Duration::from_secs(1)).await;
    assert!(left(&store, work(1, None)).await.is_none());
    drop(granted(&store, work(1, None)).await);

    keep(2).await;
    store.confirm(&|| session(1, 0));
    advance(Duration::from_secs(120)).await;
    assert!(
        left(&store, work(2, None)).await.is_some(),
        "that was the old generation"
    );
    store.confirm(&|| session(1, 1));
    store.confirm(&|| panic!("there is nothing more to confirm"));
    advance(Duration::from_secs(59)).await;
    assert!(matches!(
        store.claim(work(2, None)).await,
        Ok(Claim::Done(_))
    ));
    advance(Duration::from_secs(1)).await;
    drop(granted(&store, work(2, None)).await);
}

#[tokio::test(start_paused = true)]
async fn k24_what_is_older_than_a_generation_that_was_shown_is_outdated_a_minute_later() {
    let store = MemoryStore::new();
    let is_outdated = async |generation| {
        let asked = store.is_outdated(session(1, generation)).await;
        asked.unwrap()
    };
    let lease = granted(&store, work(1, Some(0))).await;
    lease.finish(outcome(1)).await.unwrap();
    advance(Duration::from_secs(120)).await;
    assert!(!is_outdated(0).await, "no request has shown the new one");
    for generation in [0, 1] {
        store.confirm(&|| session(1, generation));
        advance(Duration::from_secs(59)).await;
        assert!(!is_outdated(0).await);
        store.confirm(&|| session(1, 1));
    }
    advance(Duration::from_secs(1)).await;
    assert!(is_outdated(0).await);
    assert!(!is_outdated(1).await);
}

#[tokio::test(start_paused = true)]
async fn an_outcome_answers_older_claims_and_gives_way_to_newer_ones() {
    let store = MemoryStore::new();
    let lease = granted(&store, work(1, Some(4))).await;
    lease.finish(outcome(5)).await.unwrap();
    assert_eq!(left(&store, work(1, Some(4))).await.as_deref(), Some("5"));
    assert_eq!(left(&store, work(1, Some(5))).await, None);
    let lease = granted(&store, work(1, Some(5))).await;
    assert_eq!(
        left(&store, work(1, Some(0))).await.as_deref(),
        Some("5"),
        "until there is a newer one"
    );
    lease.finish(outcome(6)).await.unwrap();
    assert_eq!(left(&store, work(1, Some(0))).await.as_deref(), Some("6"));
    // Replacing it has replaced its time as well.
    advance(HOUR - Duration::from_secs(1)).await;
    assert!(left(&store, work(1, Some(0))).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn f05_a_lease_that_is_dropped_goes_to_one_of_those_who_wait() {
    let store = MemoryStore::new();
    let first = granted(&store, work(1, None)).await;
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { granted(&store, work(1, None)).await }
    });
    let is_early = timeout(Duration::from_secs(60), store.claim(work(1, None))).await;
    assert!(is_early.is_err(), "it is held");
    drop(granted(&store, work(2, None)).await);
    drop(first);
    let second = waiting.await.unwrap();
    drop(second);
    assert!(store.0.works(WorkKind::Refresh).held.is_empty());
}

#[tokio::test(start_paused = true)]
async fn c23_what_was_left_of_a_redemption_goes_and_it_stays_spent() {
    let store = MemoryStore::new();
    let redemption = Work {
        kind: WorkKind::Redemption,
        ..work(1, None)
    };
    let lease = granted(&store, redemption).await;
    let reply = Finished {
        keep: Duration::from_secs(2),
        spent: Duration::from_secs(600),
        session: None,
        ..outcome(0)
    };
    lease.finish(reply).await.unwrap();
    advance(Duration::from_millis(1_999)).await;
    assert!(matches!(store.claim(redemption).await, Ok(Claim::Done(_))));
    advance(Duration::from_millis(1)).await;
    assert!(matches!(store.claim(redemption).await, Ok(Claim::Spent)));
    drop(granted(&store, work(1, None)).await);
    advance(Duration::from_millis(599_999)).await;
    assert!(matches!(store.claim(redemption).await, Ok(Claim::Spent)));
    advance(Duration::from_millis(1)).await;
    drop(granted(&store, redemption).await);
}

#[tokio::test(start_paused = true)]
async fn f12_memory_is_bounded_and_nothing_stale_stays_to_be_confirmed() {
    let store = MemoryStore::new();
    let mut works = store.0.works(WorkKind::Refresh);
    let now = tokio::time::Instant::now();
    for number in 0..MAX_KEPT + 10 {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&number.to_be_bytes());
        let kept = Finished {
            session: Some(std::array::from_fn(|index| key[index])),
            ..outcome(1)
        };
        works.keep(key, kept, now);
    }
    assert_eq!(works.kept.len(), MAX_KEPT);
    assert_eq!(works.unconfirmed.len(), MAX_KEPT);
    works.forget(now + HOUR);
    assert_eq!((works.kept.len(), works.unconfirmed.len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn p21_a_token_that_is_refreshed_again_and_again_waits_once_to_be_confirmed() {
    let store = MemoryStore::new();
    for (generation, owner) in [(1, 1), (2, 1), (3, 2)] {
        let lease = granted(&store, work(1, Some(generation - 1))).await;
        let outcome = Finished {
            session: Some([owner; 16]),
            ..outcome(generation)
        };
        lease.finish(outcome).await.unwrap();
        let works = store.0.works(WorkKind::Refresh);
        let waiting: Vec<_> = works.unconfirmed.iter().collect();
        assert_eq!(waiting, [(&[owner; 16], &vec![[1; 32]])]);
    }
}

#[tokio::test(start_paused = true)]
async fn k23_an_ended_session_stays_ended_until_it_would_have_been_over() {
    let store = MemoryStore::new();
    assert_eq!(store.known(&session(1, 0), "alex"), Known::Live);
    let ended = |session| RevokedSession::new(session, "alex");
    store.end(ended(session(1, 0))).await.unwrap();
    assert_eq!(store.known(&session(1, 7), "alex"), Known::Ended);
    assert_eq!(store.has_ended(session(1, 0), "alex").await, Ok(true));
    assert_eq!(store.known(&session(2, 0), "alex"), Known::Live);

    // It lives for a hundred seconds.
    for (seconds, known) in [(99, Known::Ended), (1, Known::Live)] {
        advance(Duration::from_secs(seconds)).await;
        store.end(ended(session(3, 0))).await.unwrap();
        assert_eq!(store.known(&session(1, 0), "alex"), known);
    }
}

#[tokio::test(start_paused = true)]
async fn c26_codes_that_were_refused_put_out_no_sign_in() {
    let store = MemoryStore::new();
    let redemption = |number: u32| {
        let mut key = [0; 32];
        key[..4].copy_from_slice(&number.to_le_bytes());
        Work {
            kind: WorkKind::Redemption,
            key,
            newer_than: None,
        }
    };
    let spent = |sealed: &str| Finished {
        version: 0,
        sealed: sealed.as_bytes().to_vec(),
        keep: Duration::ZERO,
        spent: HOUR,
        session: None,
    };
    let signed_in = granted(&store, redemption(0)).await;
    signed_in.finish(spent("a reply")).await.unwrap();
    for number in 1..=100_001 {
        let stranger = granted(&store, redemption(number)).await;
        stranger.finish(spent("")).await.unwrap();
    }
    let again = store.claim(redemption(0)).await;
    assert!(matches!(again, Ok(Claim::Spent)), "{again:?}");
    let last = store.claim(redemption(100_001)).await;
    assert!(matches!(last, Ok(Claim::Spent)), "{last:?}");
}
