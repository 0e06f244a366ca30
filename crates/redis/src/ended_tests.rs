//! What an instance knows of the log, on a clock that stands still.

use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{Known, SessionRef};
use tokio::time::{Instant, advance};

use super::{End, Ended, MAX_OF_USER, STALE_AFTER, SWEEP};
use crate::names::{Name, hash_of, owner_of};

const NOW: u64 = 1_900_000_000;
const NEEDED: Duration = Duration::from_secs(200);

fn session(number: u64, issued: u64) -> SessionRef {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_le_bytes());
    SessionRef {
        id,
        generation: 3,
        issued: Timestamp::from_unix(issued),
        ends: Timestamp::from_unix(NOW + 1_000),
    }
}

fn end(name: Name) -> End {
    let until = Instant::now() + NEEDED;
    End { name, until }
}

fn of_user(user_id: &str, at: u64) -> End {
    let hash = hash_of(user_id);
    end(Name::User { hash, at })
}

fn of_session(session: &SessionRef, user_id: &str, up_to: u32) -> End {
    end(Name::Session {
        id: session.id,
        owner: owner_of(&hash_of(user_id)),
        issued: session.issued.as_unix(),
        up_to,
    })
}

#[tokio::test(start_paused = true)]
async fn what_was_heard_is_good_for_a_moment() {
    let ended = Ended::new();
    let known = || ended.known(&session(1, NOW), "alex");
    assert_eq!(known(), Known::Ask, "nothing was heard yet");
    ended.heard(Instant::now());
    advance(Duration::from_millis(STALE_AFTER)).await;
    assert_eq!(known(), Known::Live);
    advance(Duration::from_millis(1)).await;
    assert_eq!(known(), Known::Ask);
    let asked = Instant::now();
    advance(Duration::from_millis(STALE_AFTER)).await;
    ended.heard(asked);
    advance(Duration::from_millis(1)).await;
    assert_eq!(known(), Known::Ask, "it counts from when it was asked");
}

#[tokio::test(start_paused = true)]
async fn a_users_end_is_that_of_the_sessions_before_it() {
    let ended = Ended::new();
    ended.heard(Instant::now());
    ended.add(of_user("alex", NOW));
    ended.add(of_user("alex", NOW - 10));
    let known = |issued, user| ended.known(&session(1, issued), user);
    assert_eq!(
        known(NOW - 120, "alex"),
        Known::Ended,
        "the later of two counts"
    );
    assert_eq!(known(NOW, "alex"), Known::Ask, "it may have begun since");
    assert!(ended.has(&session(1, NOW), "alex"));
    assert_eq!(known(NOW + 1, "alex"), Known::Live);
    assert_eq!(known(NOW, "haneul"), Known::Live);
    assert_eq!(ended.later(hash_of("alex"), NOW), NOW + 1);
}

#[tokio::test(start_paused = true)]
async fn l14_what_has_begun_since_is_not_over() {
    let ended = Ended::new();
    ended.heard(Instant::now());
    ended.add(of_user("alex", NOW));
    let begun = session(1, NOW);
    let at = ended.begins_after(&begun, "alex").unwrap();
    ended.add(end(Name::Begun { id: begun.id, at }));
    assert_eq!(ended.known(&begun, "alex"), Known::Live);
    assert!(ended.has(&session(2, NOW), "alex"));
    ended.add(of_session(&begun, "alex", u32::MAX));
    assert!(ended.has(&begun, "alex"), "it was signed out");
}

#[tokio::test(start_paused = true)]
async fn l15_what_no_cookie_can_outlive_is_dropped_and_nothing_before() {
    let ended = Ended::new();
    ended.add(of_session(&session(1, NOW), "alex", u32::MAX));
    ended.add(of_user("alex", NOW - 1));
    ended.add(end(Name::Begun {
        id: [7; 16],
        at: NOW,
    }));
    advance(NEEDED - Duration::from_secs(1)).await;
    ended.heard(Instant::now());
    assert_eq!(ended.all().len(), 3);
    advance(SWEEP).await;
    ended.heard(Instant::now());
    assert_eq!(ended.all(), []);
    assert!(ended.read().of_users.is_empty());
}

#[tokio::test(start_paused = true)]
async fn l18_what_there_is_no_room_for_goes_soonest_first() {
    let ended = Ended::new();
    for number in 1..=5 {
        ended.add(of_session(&session(number, NOW), "alex", u32::MAX));
        advance(Duration::from_secs(1)).await;
    }
    ended.write().sweep(Instant::now(), 3);
    let live = [1, 2, 3, 4, 5].map(|number| ended.has(&session(number, NOW), "alex"));
    assert_eq!(live, [false, false, true, true, true]);
    assert_eq!(ended.read().of_users.values().next().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn k24_the_end_of_a_copy_spares_newer_generations() {
    let ended = Ended::new();
    let newer = SessionRef {
        generation: 4,
        ..session(1, NOW)
    };
    ended.add(of_session(&session(1, NOW), "alex", 3));
    assert!(ended.has(&session(1, NOW), "alex"));
    assert!(!ended.has(&newer, "alex"));
    let before = ended.add(of_session(&newer, "alex", u32::MAX));
    assert_eq!(before, [of_session(&session(1, NOW), "alex", 3).name]);
    assert!(ended.has(&newer, "alex"));
    assert_eq!(ended.add(of_session(&newer, "alex", 4)), []);
    assert!(ended.has(&newer, "alex"), "what was ended stays so");
}

#[tokio::test(start_paused = true)]
async fn l18_a_users_many_ended_sessions_become_one_entry() {
    let ended = Ended::new();
    ended.add(of_session(&session(0, NOW), "haneul", u32::MAX));
    let user = hash_of("alex");
    let mut dropped = 0;
    for number in 1..=3 * MAX_OF_USER as u64 {
        let session = session(number, NOW + number);
        dropped += ended.add(of_session(&session, "alex", u32::MAX)).len();
        if let Some(name) = ended.crowd(user) {
            dropped += ended.add(end(name)).len();
        }
        assert!(ended.has(&session, "alex"));
        assert!(ended.all().len() <= MAX_OF_USER + 2);
    }
    assert_eq!(dropped + ended.all().len(), 1 + 3 * MAX_OF_USER + 2);
    for number in [1, MAX_OF_USER as u64, MAX_OF_USER as u64 + 1] {
        assert!(ended.has(&session(number, NOW + number), "alex"));
    }
    assert!(ended.has(&session(0, NOW), "haneul"));
    assert!(!ended.has(&session(9_999, NOW + 9_999), "alex"));
}
