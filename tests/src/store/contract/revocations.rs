//! The contract of a revocation list.

use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{RevocationStatus, Revocations, RevokedSession, SessionId, SessionRef};
use tokio::time::{sleep, timeout};

/// How old a status may be on another instance.
const STALE: Duration = Duration::from_secs(5);
const NOW: u64 = 4_000_000_000;

/// Asserts the contract of a revocation list.
pub async fn hold<R: Revocations>(here: &R, there: &R, number: u8) {
    a_revocation_is_known_here_at_once_and_there_soon(here, there, number).await;
    revoking_a_user_reaches_the_sessions_before_it(here, there, number).await;
    revoking_a_copy_spares_newer_generations(here, there, number).await;
    revoking_unbound_copies_spares_bound_ones(here, there, number).await;
    a_session_that_began_later_lives_until_the_next(here, there, number).await;
    revoking_a_user_spares_a_session_until_the_next(here, there, number).await;
    a_user_is_read_again_in_each_session(here, there, number).await;
    a_session_that_was_never_refreshed_is_not_outdated(here, there, number).await;
}

/// A session of this run.
fn session(number: u8, part: u8, index: u8, issued: u64) -> SessionRef {
    let mut id = [0; 16];
    [id[0], id[1], id[2]] = [number, part, index];
    let [issued, ends] = [issued, issued + 600_000].map(Timestamp::from_unix);
    SessionRef::new(SessionId::from_bytes(id), 3, issued, ends)
}

/// The session's next generation.
fn next(session: SessionRef) -> SessionRef {
    let generation = session.generation() + 1;
    SessionRef::new(session.id(), generation, session.issued(), session.ends())
}

/// Asserts that both instances return this when they are asked.
async fn assert_revoked<R: Revocations>(
    stores: [&R; 2],
    session: SessionRef,
    user: &str,
    is_revoked: bool,
) {
    for store in stores {
        let answer = store.is_revoked(session, user).await;
        assert_eq!(answer, Ok(is_revoked), "{session:?} of {user}");
    }
}

/// Waits until this instance no longer takes a session for live.
async fn hears<R: Revocations>(store: &R, session: SessionRef, user: &str) {
    let hearing = async {
        while store.status(&session, user) == RevocationStatus::Live {
            sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(timeout(STALE, hearing).await.is_ok());
}

async fn a_revocation_is_known_here_at_once_and_there_soon<R: Revocations>(
    here: &R,
    there: &R,
    number: u8,
) {
    let [revoked, other] = [1, 2].map(|index| session(number, 0, index, NOW));
    assert_revoked([here, there], revoked, "alex", false).await;
    for store in [here, there] {
        assert_ne!(store.status(&revoked, "alex"), RevocationStatus::Revoked);
    }
    let entry = RevokedSession::new(revoked, "alex");
    here.revoke(entry).await.unwrap();
    let status = |session| here.status(&session, "alex");
    assert_eq!(status(revoked), RevocationStatus::Revoked);
    assert_eq!(there.is_revoked(revoked, "alex").await, Ok(true));
    assert_eq!(status(next(revoked)), RevocationStatus::Revoked);
    hears(there, revoked, "alex").await;
    assert_revoked([here, there], other, "alex", false).await;
}

async fn revoking_unbound_copies_spares_bound_ones<R: Revocations>(
    here: &R,
    there: &R,
    number: u8,
) {
    let session = session(number, 6, 1, NOW);
    let copies = [session, next(session)];
    let entry = RevokedSession::new(session, "alex");
    here.revoke(entry.clone().sparing_bound()).await.unwrap();
    for copy in copies {
        assert_revoked([here, there], copy, "alex", true).await;
        assert_revoked([here, there], copy.bound(), "alex", false).await;
    }
    assert_ne!(here.status(&session, "alex"), RevocationStatus::Live);
    assert_ne!(
        here.status(&session.bound(), "alex"),
        RevocationStatus::Revoked
    );
    hears(there, session, "alex").await;
    there.revoke(entry.clone()).await.unwrap();
    here.revoke(entry.sparing_bound()).await.unwrap();
    for copy in copies {
        assert_revoked([here, there], copy.bound(), "alex", true).await;
    }
    hears(here, session.bound(), "alex").await;
}

async fn revoking_a_user_reaches_the_sessions_before_it<R: Revocations>(
    here: &R,
    there: &R,
    number: u8,
) {
    let session = |index, issued| session(number, 1, index, issued);
    let [user, another] = ["haneul", "jun"].map(|name| format!("{name}-{number}"));
    let (older, same, newer) = (session(1, NOW - 9), session(2, NOW), session(3, NOW + 1));
    assert_revoked([here, there], older, &user, false).await;
    let until = Timestamp::from_unix(NOW);
    here.revoke_user(&user, until, None).await.unwrap();
    assert_ne!(here.status(&older, &user), RevocationStatus::Live);
    for (session, user, is_revoked) in [
        (older, &user, true),
        (same, &user, true),
        (newer, &user, false),
        (session(4, NOW - 9), &another, false),
    ] {
        assert_revoked([here, there], session, user, is_revoked).await;
    }
    hears(there, older, &user).await;
}

async fn revoking_a_copy_spares_newer_generations<R: Revocations>(here: &R, there: &R, number: u8) {
    let copy = session(number, 2, 1, NOW);
    let newer = next(copy);
    let entry = RevokedSession::new(copy, "alex").sparing_newer();
    here.revoke(entry.clone()).await.unwrap();
    assert_revoked([here, there], copy, "alex", true).await;
    assert_revoked([here, there], newer, "alex", false).await;
    let whole = RevokedSession::new(newer, "alex");
    there.revoke(whole).await.unwrap();
    here.revoke(entry).await.unwrap();
    assert_revoked([here, there], newer, "alex", true).await;
}

async fn a_session_that_began_later_lives_until_the_next<R: Revocations>(
    here: &R,
    there: &R,
    number: u8,
) {
    let user = format!("minji-{number}");
    let until = Timestamp::from_unix(NOW + 60);
    let [before, after] = [2, 3].map(|index| session(number, 2, index, NOW + 20));
    here.revoke_user(&user, until, None).await.unwrap();
    // The instance has learned of it.
    assert_eq!(there.is_revoked(before, &user).await, Ok(true));
    there.began(after, &user).await.unwrap();
    assert_revoked([here, there], before, &user, true).await;
    assert_revoked([here, there], after, &user, false).await;
    // Within the same second.
    there.revoke_user(&user, until, None).await.unwrap();
    assert_revoked([here, there], after, &user, true).await;
}

async fn revoking_a_user_spares_a_session_until_the_next<R: Revocations>(
    here: &R,
    there: &R,
    number: u8,
) {
    let [user, another] = ["sora", "dohyun"].map(|name| format!("{name}-{number}"));
    let until = Timestamp::from_unix(NOW + 60);
    let [spared, other, revoked] = [1, 2, 3].map(|index| session(number, 4, index, NOW));
    let spares = Some(spared.id());
    here.revoke_user(&user, until, spares).await.unwrap();
    assert_ne!(here.status(&spared, &user), RevocationStatus::Revoked);
    assert_ne!(here.status(&other, &user), RevocationStatus::Live);
    assert_revoked([here, there], spared, &user, false).await;
    assert_revoked([here, there], other, &user, true).await;
    hears(there, other, &user).await;
    // Within the same second.
    here.revoke_user(&user, until, None).await.unwrap();
    assert_revoked([here, there], spared, &user, true).await;
    // No later entry brings it back.
    for store in [there, here] {
        store.revoke_user(&user, until, spares).await.unwrap();
        assert_revoked([here, there], spared, &user, true).await;
    }
    // What was revoked itself stays so.
    let entry = RevokedSession::new(revoked, &another);
    here.revoke(entry).await.unwrap();
    let spares = Some(revoked.id());
    here.revoke_user(&another, until, spares).await.unwrap();
    assert_revoked([here, there], revoked, &another, true).await;
}

async fn a_user_is_read_again_in_each_session<R: Revocations>(here: &R, there: &R, number: u8) {
    let [user, another] = ["yuna", "minho"].map(|name| format!("{name}-{number}"));
    let [one, other] = [1, 2].map(|index| session(number, 5, index, NOW));
    // The time of the entry, as an instance knows it when it has asked.
    async fn since<R: Revocations>(store: &R, session: SessionRef, user: &str) -> Option<u64> {
        assert_eq!(store.is_revoked(session, user).await, Ok(false));
        let since = store.read_since(user).await.unwrap();
        if let RevocationStatus::ReadUser(time) = store.status(&session, user) {
            assert_eq!(Some(time), since);
        }
        since.map(Timestamp::as_unix)
    }
    for store in [here, there] {
        assert_eq!(since(store, one, &user).await, None);
    }
    let time = Timestamp::from_unix(NOW);
    here.read_user(&user, time).await.unwrap();
    assert_ne!(here.status(&one, &user), RevocationStatus::Live);
    hears(there, one, &user).await;
    for store in [here, there] {
        assert_eq!(since(store, one, &user).await, Some(NOW));
        assert_eq!(since(store, other, &user).await, Some(NOW));
        assert_eq!(since(store, one, &another).await, None);
    }
    // Within the same second.
    there.read_user(&user, time).await.unwrap();
    for store in [here, there] {
        assert_eq!(since(store, one, &user).await, Some(NOW + 1));
    }
}

async fn a_session_that_was_never_refreshed_is_not_outdated<R: Revocations>(
    here: &R,
    there: &R,
    number: u8,
) {
    let session = session(number, 3, 1, NOW);
    for store in [here, there] {
        assert_eq!(store.is_outdated(session).await, Ok(false));
    }
}
