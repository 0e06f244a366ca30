//! The revocation list of one instance, on a clock that stands still.

use std::thread;
use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{RevocationStatus, RevokedSession, SessionId, SessionRef};
use tokio::time::{Instant, advance};

use super::{MAX_OF_USER, Revocation, RevocationList, STALE_AFTER, SWEEP};
use crate::log_entry::{LogEntry, hash_of, owner_of};

const NOW: u64 = 1_900_000_000;
const NEEDED: Duration = Duration::from_secs(200);

fn session(number: u64, issued: u64) -> SessionRef {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_le_bytes());
    let [issued, ends] = [issued, NOW + 1_000].map(Timestamp::from_unix);
    SessionRef::new(SessionId::from_bytes(id), 3, issued, ends)
}

fn revocation(entry: LogEntry) -> Revocation {
    let expires = Instant::now() + NEEDED;
    Revocation { entry, expires }
}

fn of_user(user_id: &str, until: u64) -> Revocation {
    sparing(user_id, until, None)
}

fn sparing(user_id: &str, until: u64, spared: Option<SessionId>) -> Revocation {
    let hash = hash_of(user_id);
    revocation(LogEntry::User {
        hash,
        until,
        spared,
        reached: 0,
    })
}

fn of_session(session: &SessionRef, user_id: &str, up_to: u32) -> Revocation {
    revocation(LogEntry::Session {
        id: session.id(),
        owner: owner_of(&hash_of(user_id)),
        issued: session.issued().as_unix(),
        up_to,
    })
}

#[tokio::test(start_paused = true)]
async fn a_reading_is_good_for_a_moment() {
    let list = RevocationList::new();
    let status = || list.status(&session(1, NOW), "alex");
    assert_eq!(status(), RevocationStatus::Ask, "the log was not read yet");
    list.was_read(Instant::now());
    advance(Duration::from_millis(STALE_AFTER)).await;
    assert_eq!(status(), RevocationStatus::Live);
    advance(Duration::from_millis(1)).await;
    assert_eq!(status(), RevocationStatus::Ask);
    let asked = Instant::now();
    advance(Duration::from_millis(STALE_AFTER)).await;
    list.was_read(asked);
    advance(Duration::from_millis(1)).await;
    assert_eq!(
        status(),
        RevocationStatus::Ask,
        "it counts from when it was asked"
    );
}

#[tokio::test(start_paused = true)]
async fn a_users_entry_revokes_the_sessions_before_it() {
    let list = RevocationList::new();
    list.was_read(Instant::now());
    list.add(of_user("alex", NOW));
    list.add(of_user("alex", NOW - 10));
    let status = |issued, user| list.status(&session(1, issued), user);
    assert_eq!(
        status(NOW - 180, "alex"),
        RevocationStatus::Revoked,
        "the later of two counts"
    );
    assert_eq!(
        status(NOW, "alex"),
        RevocationStatus::RevokedUnlessNew,
        "it may have begun since"
    );
    assert!(list.has(&session(1, NOW), "alex"));
    assert_eq!(status(NOW + 1, "alex"), RevocationStatus::Live);
    assert_eq!(status(NOW, "haneul"), RevocationStatus::Live);
    let next = list.next(hash_of("alex"), NOW, None);
    assert_eq!(next, of_user("alex", NOW + 1).entry);
}

#[tokio::test(start_paused = true)]
async fn u03_a_spared_session_is_refused_by_no_order_of_entries() {
    let [laptop, phone] = [1, 2].map(|number| session(number, NOW - 500));
    let spares = |session: &SessionRef, until| sparing("alex", until, Some(session.id()));
    let of_laptop = spares(&laptop, NOW);
    let cases = [
        (vec![of_laptop], [false, true]),
        (vec![of_laptop, of_user("alex", NOW - 501)], [false, true]),
        // It was revoked before.
        (vec![of_laptop, of_user("alex", NOW - 500)], [true, true]),
        (
            vec![
                of_laptop,
                of_user("alex", NOW - 1),
                spares(&laptop, NOW + 9),
            ],
            [true, true],
        ),
        (
            vec![of_laptop, of_laptop, spares(&laptop, NOW + 9)],
            [false, true],
        ),
        (
            vec![of_laptop, spares(&phone, NOW - 1), spares(&laptop, NOW + 9)],
            [true, true],
        ),
        (vec![of_laptop, of_user("alex", NOW + 1)], [true, true]),
        (vec![of_laptop, spares(&phone, NOW + 1)], [true, true]),
        // Two instances at the same second: each ends the other's session.
        (vec![of_laptop, spares(&phone, NOW)], [true, true]),
        // It stays revoked by itself.
        (
            vec![of_laptop, of_session(&laptop, "alex", u32::MAX)],
            [true, true],
        ),
    ];
    for (mut entries, is_revoked) in cases {
        for _ in 0..2 {
            let list = RevocationList::new();
            list.was_read(Instant::now());
            for entry in &entries {
                list.add(*entry);
            }
            let has = [&laptop, &phone].map(|session| list.has(session, "alex"));
            assert_eq!(has, is_revoked, "{entries:?}");
            entries.reverse();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn u03_no_call_brings_a_revoked_session_back() {
    let alex = hash_of("alex");
    let thief = session(1, NOW - 500);
    let spared = Some(thief.id());
    let [here, there, new] = [(); 3].map(|()| RevocationList::new());
    let call = |list: &RevocationList, spared| {
        let entry = revocation(list.next(alex, NOW, spared));
        (entry, list.add(entry))
    };
    // The last of many calls is long before the other instance's call, but that instance knows only the first.
    let (first, _) = call(&there, spared);
    here.add(first);
    let mut last = first;
    for _ in 0..9 {
        let needless;
        (last, needless) = call(&there, spared);
        assert_eq!(needless.len(), 1);
    }
    let (all, _) = call(&here, None);
    here.add(last);
    there.add(all);
    // An entry replaces those that its instance knows, so it says what they reach.
    let (again, _) = call(&there, spared);
    new.add(again);
    for list in [&here, &there, &new] {
        assert!(list.has(&thief, "alex"));
    }
    // Nor one that was signed out by itself, whatever comes after.
    for until in [NOW, NOW + 1] {
        let list = RevocationList::new();
        list.add(of_session(&thief, "alex", u32::MAX));
        list.add(of_user("alex", NOW));
        list.add(sparing("alex", until, spared));
        assert!(list.has(&thief, "alex"));
    }
    // A session that is exempt from the first call can still be spared.
    let exempt = session(2, NOW);
    for number in [1, 2] {
        let list = RevocationList::new();
        list.add(of_user("alex", NOW));
        let (id, until) = (session(number, NOW).id(), NOW);
        list.add(revocation(LogEntry::Began { id, until }));
        call(&list, Some(exempt.id()));
        assert_eq!(list.has(&exempt, "alex"), number == 1);
    }
}

#[tokio::test(start_paused = true)]
async fn u03_a_new_session_is_asked_for_after_any_number_of_calls() {
    let list = RevocationList::new();
    list.was_read(Instant::now());
    let (old, new) = (session(1, NOW - 500), session(2, NOW - 60));
    for _ in 0..500 {
        list.add(revocation(list.next(
            hash_of("alex"),
            NOW + 59,
            Some(old.id()),
        )));
    }
    assert_eq!(list.status(&old, "alex"), RevocationStatus::Live);
    let status = list.status(&new, "alex");
    assert_eq!(status, RevocationStatus::RevokedUnlessNew);
    assert!(list.has(&new, "alex"));
    assert_eq!(list.all().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn u02_a_user_is_read_again_since_the_latest_call() {
    let list = RevocationList::new();
    let read = |user, since| {
        let hash = hash_of(user);
        revocation(LogEntry::Read { hash, since })
    };
    let status = |user| list.status(&session(1, NOW), user);
    list.add(read("alex", NOW));
    assert_eq!(
        status("alex"),
        RevocationStatus::Ask,
        "the log was not read yet"
    );
    list.was_read(Instant::now());
    let since = |since| RevocationStatus::ReadUser(Timestamp::from_unix(since));
    assert_eq!(status("alex"), since(NOW));
    assert_eq!(status("jun"), RevocationStatus::Live);
    list.add(read("jun", NOW));
    assert_eq!(
        status("jun"),
        since(NOW),
        "though it was known to have no entry"
    );
    assert_eq!(list.later_read(hash_of("alex"), NOW), NOW + 1);
    assert_eq!(list.add(read("alex", NOW + 5)), [read("alex", NOW).entry]);
    assert_eq!(list.add(read("alex", NOW)), [read("alex", NOW).entry]);
    assert_eq!(status("alex"), since(NOW + 5));
    assert_eq!(list.all().len(), 2);
    list.add(of_user("alex", NOW + 1_000));
    assert_eq!(status("alex"), RevocationStatus::Revoked);
}

#[tokio::test(start_paused = true)]
async fn l14_what_began_since_is_not_revoked() {
    let list = RevocationList::new();
    list.was_read(Instant::now());
    list.add(of_user("alex", NOW));
    let began = session(1, NOW);
    let until = list.revoked_with_user(&began, "alex").unwrap();
    list.add(revocation(LogEntry::Began {
        id: began.id(),
        until,
    }));
    assert_eq!(list.status(&began, "alex"), RevocationStatus::Live);
    assert!(list.has(&session(2, NOW), "alex"));
    list.add(of_session(&began, "alex", u32::MAX));
    assert!(list.has(&began, "alex"), "it was signed out");
}

#[tokio::test(start_paused = true)]
async fn l15_an_entry_is_dropped_when_no_cookie_can_live_and_not_before() {
    let list = RevocationList::new();
    list.add(of_session(&session(1, NOW), "alex", u32::MAX));
    list.add(of_user("alex", NOW - 1));
    list.add(revocation(LogEntry::Began {
        id: SessionId::from_bytes([7; 16]),
        until: NOW,
    }));
    advance(NEEDED - Duration::from_secs(1)).await;
    list.was_read(Instant::now());
    assert_eq!(list.all().len(), 3);
    advance(SWEEP).await;
    list.was_read(Instant::now());
    assert_eq!(list.all(), []);
    assert!(list.state().of_users.is_empty());
}

#[tokio::test(start_paused = true)]
async fn l18_a_full_list_drops_the_soonest_first() {
    let list = RevocationList::new();
    for number in 1..=5 {
        list.add(of_session(&session(number, NOW), "alex", u32::MAX));
        advance(Duration::from_secs(1)).await;
    }
    list.state_mut().sweep(Instant::now(), 3);
    let live = [1, 2, 3, 4, 5].map(|number| list.has(&session(number, NOW), "alex"));
    assert_eq!(live, [false, false, true, true, true]);
    assert_eq!(list.state().of_users.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn k24_revoking_a_copy_spares_newer_generations() {
    let list = RevocationList::new();
    let copy = session(1, NOW);
    let newer = SessionRef::new(copy.id(), 4, copy.issued(), copy.ends());
    list.add(of_session(&session(1, NOW), "alex", 3));
    assert!(list.has(&session(1, NOW), "alex"));
    assert!(!list.has(&newer, "alex"));
    let before = list.add(of_session(&newer, "alex", u32::MAX));
    assert_eq!(before, [of_session(&session(1, NOW), "alex", 3).entry]);
    assert!(list.has(&newer, "alex"));
    assert_eq!(list.add(of_session(&newer, "alex", 4)), []);
    assert!(list.has(&newer, "alex"), "what was revoked stays so");
}

#[tokio::test(start_paused = true)]
async fn l18_a_users_many_revoked_sessions_become_one_entry() {
    let list = RevocationList::new();
    list.add(of_session(&session(0, NOW), "haneul", u32::MAX));
    let user = hash_of("alex");
    let mut dropped = 0;
    for number in 1..=3 * MAX_OF_USER as u64 {
        let session = session(number, NOW + number);
        dropped += list.add(of_session(&session, "alex", u32::MAX)).len();
        if let Some(entry) = list.crowd(user) {
            dropped += list.add(revocation(entry)).len();
        }
        assert!(list.has(&session, "alex"));
        assert!(list.all().len() <= MAX_OF_USER + 2);
    }
    assert_eq!(dropped + list.all().len(), 1 + 3 * MAX_OF_USER + 2);
    for number in [1, MAX_OF_USER as u64, MAX_OF_USER as u64 + 1] {
        assert!(list.has(&session(number, NOW + number), "alex"));
    }
    assert!(list.has(&session(0, NOW), "haneul"));
    assert!(!list.has(&session(9_999, NOW + 9_999), "alex"));
}

#[test]
fn k23_a_revoked_session_stays_so_while_its_entry_is_replaced() {
    let list = RevocationList::new();
    let revoked = of_session(&session(1, NOW), "alex", u32::MAX);
    list.add(revoked);
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for until in 0..2_000 {
                list.add(of_user("alex", NOW + until));
                list.add(revoked);
            }
        });
        while !writer.is_finished() {
            assert!(list.has(&session(1, NOW), "alex"));
        }
    });
}

#[tokio::test(start_paused = true)]
async fn k23_a_request_of_another_session_waits_for_no_lock() {
    let list = RevocationList::new();
    list.was_read(Instant::now());
    list.add(of_session(&session(1, NOW), "alex", u32::MAX));
    list.add(of_user("jun", NOW));
    let other = || list.status(&session(2, NOW), "haneul");
    assert_eq!(other(), RevocationStatus::Live, "now it is known");
    let held = list.state.try_write().unwrap();
    thread::scope(|scope| {
        let asked = scope.spawn(other);
        assert_eq!(asked.join().unwrap(), RevocationStatus::Live);
    });
    drop(held);
}

#[tokio::test(start_paused = true)]
async fn d07_a_users_entry_that_is_read_again_drops_no_exempt_session() {
    let list = RevocationList::new();
    let bound_since = session(1, NOW + 30);
    let began = revocation(LogEntry::Began {
        id: bound_since.id(),
        until: NOW + 60,
    });
    let of_session = of_session(&bound_since, "alex", RevokedSession::UNBOUND);
    let mut entries = [of_session, began, of_user("alex", NOW + 60)];
    entries.sort_by_key(|revocation| revocation.entry.place());
    for entry in entries.into_iter().chain([of_user("alex", NOW + 60)]) {
        list.add(entry);
    }
    list.was_read(Instant::now());
    let status = |session| list.status(&session, "alex");
    assert_eq!(status(bound_since), RevocationStatus::Revoked);
    assert_eq!(status(bound_since.bound()), RevocationStatus::Live);
}
