//! The revocation list of one process: what is read without its lock.

use std::sync::Arc;
use std::thread::spawn;

use fncy_login_core::RevocationStatus;

use crate::models::sessions::{NOW, USER, revoked, session};
use crate::models::{Returned, join};
use crate::store::memory::revocations::RevocationList;

/// A revocation of the user's other session goes on meanwhile.
pub(crate) fn a_revocation_is_seen_from_its_return_on() {
    let (list, returned) = (Arc::<RevocationList>::default(), Returned::default());
    let threads = [1, 2].map(|number| {
        let (list, returned) = (Arc::clone(&list), returned.clone());
        spawn(move || {
            list.change(|entries, now| entries.add(&revoked(number), now));
            if number == 1 {
                returned.set();
            }
        })
    });
    let is_revoked = |number| list.status(&session(number), USER) == RevocationStatus::Revoked;
    if returned.is_set() {
        assert!(is_revoked(1), "the call has returned");
    }
    join(threads);
    assert!(is_revoked(1) && is_revoked(2) && !is_revoked(3));
}

/// The session is revoked from the beginning on.
pub(crate) fn an_entry_that_is_added_again_is_never_missing() {
    let list = Arc::<RevocationList>::default();
    list.change(|entries, now| entries.add(&revoked(1), now));
    let again = {
        let list = Arc::clone(&list);
        spawn(move || list.change(|entries, now| entries.add(&revoked(1), now)))
    };
    assert_eq!(list.status(&session(1), USER), RevocationStatus::Revoked);
    again.join().unwrap();
}

/// The session is revoked from the beginning on, and its entry is dropped when the user gets one.
pub(crate) fn a_users_entry_replaces_a_sessions_without_a_gap() {
    let list = Arc::<RevocationList>::default();
    list.change(|entries, now| entries.add(&revoked(1), now));
    let user = {
        let list = Arc::clone(&list);
        spawn(move || list.change(|entries, now| entries.add_user(USER, NOW, None, now)))
    };
    assert_eq!(list.status(&session(1), USER), RevocationStatus::Revoked);
    user.join().unwrap();
    assert_eq!(list.status(&session(1), USER), RevocationStatus::Revoked);
}
