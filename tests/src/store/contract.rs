//! The contract of a store, as a suite for whatever implements one: two instances, which share
//! what a store shares.

use std::fmt::Debug;
use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{
    Claim, Finished, Known, Lease, RevokedSession, SessionRef, SharedStore, Work, WorkKind,
};
use tokio::time::{sleep, timeout};

/// All that a request may cause, and what is asked and told around it: a lease outlasts that when it
/// is granted.
const REQUEST: Duration = Duration::from_secs(19);
const HOUR: Duration = Duration::from_secs(3_600);
/// How far an instance may be behind the others.
const STALE: Duration = Duration::from_secs(5);

/// Asserts all of it. `number` tells this run's keys and sessions from those of others in the same
/// store.
pub async fn holds<C: SharedStore + Clone>(here: C, there: C, number: u8) {
    the_first_is_granted_and_the_others_wait(&here, &there, work(number, 1)).await;
    what_is_dropped_goes_to_who_waits(&here, &there, work(number, 2)).await;
    versions_tell_old_from_new(&here, &there, work(number, 3)).await;
    what_is_done_once_stays_done(&here, &there, work(number, 4)).await;
    kinds_and_keys_are_apart(&here, &there, work(number, 5)).await;
    an_end_is_known_here_at_once_and_there_soon(&here, &there, number).await;
    a_users_end_is_that_of_the_sessions_before_it(&here, &there, number).await;
    a_copys_end_spares_newer_generations(&here, &there, number).await;
    what_begins_after_a_users_end_lives_until_the_next(&here, &there, number).await;
}

fn work(number: u8, index: u8) -> Work {
    let mut key = [number; 32];
    key[0] = index;
    Work {
        kind: WorkKind::Refresh,
        key,
        newer_than: None,
    }
}

fn outcome(version: u32, text: &str) -> Finished {
    Finished {
        version,
        sealed: text.as_bytes().to_vec(),
        keep: HOUR,
        spent: Duration::ZERO,
        session: None,
    }
}

async fn granted(claim: impl Future<Output = Result<Claim, impl Debug>>) -> Box<dyn Lease> {
    match timeout(Duration::from_secs(2), claim).await {
        Ok(Ok(Claim::Granted(lease))) => lease,
        other => panic!("{other:?}"),
    }
}

async fn done(claim: impl Future<Output = Result<Claim, impl Debug>>) -> String {
    match timeout(Duration::from_secs(2), claim).await {
        Ok(Ok(Claim::Done(sealed))) => String::from_utf8(sealed).unwrap(),
        other => panic!("{other:?}"),
    }
}

async fn the_first_is_granted_and_the_others_wait<C: SharedStore + Clone>(
    here: &C,
    there: &C,
    work: Work,
) {
    let lease = granted(here.claim(work)).await;
    assert!(lease.remaining() > REQUEST, "{:?}", lease.remaining());
    for other in [here, there] {
        let waits = timeout(Duration::from_millis(100), other.claim(work)).await;
        assert!(waits.is_err(), "it is held");
        assert_eq!(other.find(work).await.unwrap(), None, "nothing is left yet");
    }
    let waiting = there.clone();
    let waiting = tokio::spawn(async move { done(waiting.claim(work)).await });
    sleep(Duration::from_millis(50)).await;
    lease.finish(outcome(1, "left")).await.unwrap();
    assert_eq!(waiting.await.unwrap(), "left");
    for other in [here, there] {
        assert_eq!(done(other.claim(work)).await, "left");
        assert_eq!(other.find(work).await.unwrap(), Some(b"left".to_vec()));
    }
}

async fn what_is_dropped_goes_to_who_waits<C: SharedStore + Clone>(
    here: &C,
    there: &C,
    work: Work,
) {
    let lease = granted(here.claim(work)).await;
    let waiting = there.clone();
    let waiting = tokio::spawn(async move { granted(waiting.claim(work)).await });
    sleep(Duration::from_millis(50)).await;
    drop(lease);
    let lease = waiting.await.unwrap();
    assert!(lease.remaining() > REQUEST);
}

async fn versions_tell_old_from_new<C: SharedStore>(here: &C, there: &C, work: Work) {
    let newer_than = |version| Work {
        newer_than: Some(version),
        ..work
    };
    let lease = granted(here.claim(newer_than(0))).await;
    lease.finish(outcome(1, "first")).await.unwrap();
    assert_eq!(done(there.claim(newer_than(0))).await, "first");
    assert_eq!(there.find(newer_than(1)).await.unwrap(), None);
    let lease = granted(there.claim(newer_than(1))).await;
    lease.finish(outcome(2, "second")).await.unwrap();
    assert_eq!(done(here.claim(newer_than(0))).await, "second");
    assert_eq!(done(here.claim(newer_than(1))).await, "second");
}

async fn what_is_done_once_stays_done<C: SharedStore>(here: &C, there: &C, work: Work) {
    let work = Work {
        kind: WorkKind::Redemption,
        ..work
    };
    let once = Finished {
        keep: Duration::from_millis(100),
        spent: HOUR,
        ..outcome(0, "reply")
    };
    let lease = granted(here.claim(work)).await;
    lease.finish(once).await.unwrap();
    assert_eq!(done(there.claim(work)).await, "reply");
    sleep(Duration::from_millis(200)).await;
    for other in [here, there] {
        let spent = other.claim(work).await;
        assert!(matches!(spent, Ok(Claim::Spent)), "{spent:?}");
    }
}

async fn kinds_and_keys_are_apart<C: SharedStore>(here: &C, there: &C, work: Work) {
    let redemption = Work {
        kind: WorkKind::Redemption,
        ..work
    };
    let mut key = work.key;
    key[31] ^= 1;
    let leases = (
        granted(here.claim(work)).await,
        granted(there.claim(redemption)).await,
        granted(there.claim(Work { key, ..work })).await,
    );
    drop(leases);
}

async fn an_end_is_known_here_at_once_and_there_soon<C: SharedStore>(
    here: &C,
    there: &C,
    number: u8,
) {
    let session = |index| SessionRef {
        id: [number, index, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        generation: 3,
        issued: Timestamp::from_unix(4_000_000_000),
        ends: Timestamp::from_unix(4_000_600_000),
    };
    for other in [here, there] {
        assert_eq!(other.has_ended(session(1), "alex").await, Ok(false));
        assert_ne!(other.known(&session(1), "alex"), Known::Ended);
    }
    here.end(RevokedSession::new(session(1), "alex"))
        .await
        .unwrap();
    assert_eq!(here.known(&session(1), "alex"), Known::Ended);
    assert_eq!(there.has_ended(session(1), "alex").await, Ok(true));
    let newer = SessionRef {
        generation: 4,
        ..session(1)
    };
    assert_eq!(
        here.known(&newer, "alex"),
        Known::Ended,
        "the whole session"
    );
    let soon = async {
        while there.known(&session(1), "alex") == Known::Live {
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(timeout(STALE, soon).await.is_ok());
    for other in [here, there] {
        assert_eq!(other.has_ended(session(2), "alex").await, Ok(false));
    }
}

async fn a_users_end_is_that_of_the_sessions_before_it<C: SharedStore>(
    here: &C,
    there: &C,
    number: u8,
) {
    let now = 4_000_000_000;
    let session = |index, issued| SessionRef {
        id: [number, index, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        generation: 3,
        issued: Timestamp::from_unix(issued),
        ends: Timestamp::from_unix(now + 600_000),
    };
    let [user, another] = ["haneul", "jun"].map(|name| format!("{name}-{number}"));
    let (older, other, newer) = (session(1, now - 9), session(2, now), session(3, now + 1));
    for store in [here, there] {
        assert_eq!(store.has_ended(older, &user).await, Ok(false));
    }
    here.end_user(&user, Timestamp::from_unix(now))
        .await
        .unwrap();
    assert_ne!(here.known(&older, &user), Known::Live);
    for store in [here, there] {
        for (session, user, has_ended) in [
            (older, &user, true),
            (other, &user, true),
            (newer, &user, false),
            (session(4, now - 9), &another, false),
        ] {
            let asked = store.has_ended(session, user).await;
            assert_eq!(asked, Ok(has_ended), "{session:?} of {user}");
        }
    }
    let soon = async {
        while there.known(&older, &user) == Known::Live {
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(timeout(STALE, soon).await.is_ok());
}

/// A session of this run that was issued at this time.
fn begun(number: u8, index: u8, issued: u64) -> SessionRef {
    SessionRef {
        id: [number, index, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        generation: 3,
        issued: Timestamp::from_unix(issued),
        ends: Timestamp::from_unix(issued + 600_000),
    }
}

async fn a_copys_end_spares_newer_generations<C: SharedStore>(here: &C, there: &C, number: u8) {
    let copy = begun(number, 1, 4_000_000_000);
    let newer = SessionRef {
        generation: 4,
        ..copy
    };
    let ending = RevokedSession::new(copy, "alex").sparing_newer();
    here.end(ending.clone()).await.unwrap();
    for store in [here, there] {
        assert_eq!(store.has_ended(copy, "alex").await, Ok(true));
        assert_eq!(store.has_ended(newer, "alex").await, Ok(false));
    }
    there.end(RevokedSession::new(newer, "alex")).await.unwrap();
    here.end(ending).await.unwrap();
    for store in [here, there] {
        assert_eq!(store.has_ended(newer, "alex").await, Ok(true));
    }
}

async fn what_begins_after_a_users_end_lives_until_the_next<C: SharedStore>(
    here: &C,
    there: &C,
    number: u8,
) {
    let user = format!("minji-{number}");
    let at = Timestamp::from_unix(4_000_000_060);
    let [before, after] = [2, 3].map(|index| begun(number, index, 4_000_000_020));
    here.end_user(&user, at).await.unwrap();
    // This instance has heard of it.
    assert_eq!(there.has_ended(before, &user).await, Ok(true));
    there.begin(after, &user).await.unwrap();
    for store in [here, there] {
        assert_eq!(store.has_ended(before, &user).await, Ok(true));
        assert_eq!(store.has_ended(after, &user).await, Ok(false));
    }
    // Within the same second.
    there.end_user(&user, at).await.unwrap();
    for store in [here, there] {
        assert_eq!(store.has_ended(after, &user).await, Ok(true));
    }
}

#[cfg(test)]
mod tests {
    use fncy_login::store::MemoryStore;

    use super::holds;
    use crate::store::Store;

    #[tokio::test]
    async fn the_default_keeps_the_contract() {
        let store = MemoryStore::new();
        holds(store.clone(), store, 1).await;
    }

    #[tokio::test]
    async fn the_store_of_the_scenarios_keeps_it_too() {
        let store = Store::default();
        holds(store.instance(), store.instance(), 1).await;
    }
}
