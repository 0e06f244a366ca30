//! The contract of the session lists.

use std::time::Duration;

use fncy_login::store::{MAX_LISTED, SealedSession, SessionId, SessionLists, UserKey};
use tokio::time::sleep;

const HOUR: Duration = Duration::from_secs(3_600);

/// Asserts the contract of the session lists.
pub async fn hold(here: &dyn SessionLists, there: &dyn SessionLists, number: u8) {
    a_session_has_one_entry(here, there, user(number, 1)).await;
    an_entry_expires(here, there, user(number, 2)).await;
    of_too_many_entries_the_soonest_goes(here, there, user(number, 3)).await;
}

fn user(number: u8, index: u8) -> UserKey {
    let mut hash = [number; 32];
    hash[0] = index;
    UserKey::new(hash)
}

fn id(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

fn entry(user: UserKey, number: u8, text: &str, life: Duration) -> SealedSession {
    SealedSession::new(user, id(number), text.to_owned(), life)
}

/// The texts of a list, sorted.
async fn texts(store: &dyn SessionLists, user: UserKey) -> Vec<String> {
    let all = store.all(user).await.unwrap().into_iter();
    let mut texts: Vec<_> = all.map(|text| String::from_utf8(text).unwrap()).collect();
    texts.sort();
    texts
}

async fn a_session_has_one_entry(here: &dyn SessionLists, there: &dyn SessionLists, own: UserKey) {
    let mut hash = *own.hash();
    hash[31] ^= 1;
    let other = UserKey::new(hash);
    assert_eq!(texts(here, own).await, [""; 0]);
    for (store, entry) in [
        (here, entry(own, 1, "one", HOUR)),
        (there, entry(own, 2, "two", HOUR)),
        (here, entry(other, 1, "of-another", HOUR)),
        (there, entry(own, 1, "one-again", HOUR)),
    ] {
        store.put(entry).await.unwrap();
    }
    for store in [here, there] {
        assert_eq!(texts(store, own).await, ["one-again", "two"]);
        assert_eq!(texts(store, other).await, ["of-another"]);
    }
    there.remove(own, id(2)).await.unwrap();
    there.remove(own, id(3)).await.unwrap();
    for store in [here, there] {
        assert_eq!(texts(store, own).await, ["one-again"]);
    }
}

async fn an_entry_expires(here: &dyn SessionLists, there: &dyn SessionLists, user: UserKey) {
    let short = entry(user, 1, "short", Duration::from_millis(50));
    here.put(short).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    there.put(entry(user, 2, "long", HOUR)).await.unwrap();
    for store in [here, there] {
        assert_eq!(texts(store, user).await, ["long"]);
    }
}

async fn of_too_many_entries_the_soonest_goes(
    here: &dyn SessionLists,
    there: &dyn SessionLists,
    user: UserKey,
) {
    for number in 0..=u8::try_from(MAX_LISTED).unwrap() {
        // The second one ends first.
        let life = if number == 1 { HOUR } else { 2 * HOUR };
        let text = format!("{number:03}");
        here.put(entry(user, number, &text, life)).await.unwrap();
    }
    let listed = texts(there, user).await;
    assert_eq!(listed.len(), MAX_LISTED);
    assert_eq!(listed[..2], ["000", "002"]);
}
