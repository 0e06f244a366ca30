//! The news of sessions that connections watch.

use std::sync::Arc;
use std::thread::spawn;

use fncy_login_core::{RevocationStatus, RevokedSession};

use crate::handle::watched::Watched;
use crate::models::join;
use crate::models::sessions::A_USER;
use crate::store::memory::revocations::RevocationList;

fn revoke(list: &RevocationList, watched: &Watched) {
    let revoked = RevokedSession::new(A_USER.session(), A_USER.id());
    list.change(|entries, now| entries.add(&revoked, now));
    watched.revoke(&revoked);
}

/// A connection watches first, and then checks its session. A sign-out revokes first, and then tells connections.
pub(crate) fn a_connection_hears_of_a_revocation_that_it_has_not_seen() {
    let (list, watched) = (Arc::<RevocationList>::default(), Arc::<Watched>::default());
    let signing_out = {
        let (list, watched) = (Arc::clone(&list), Arc::clone(&watched));
        spawn(move || revoke(&list, &watched))
    };
    let (news, _place) = watched.watch(&A_USER);
    let status = list.status(&A_USER.session(), A_USER.id());
    signing_out.join().unwrap();
    assert!(
        status == RevocationStatus::Revoked || news.borrow().is_revoked,
        "the connection has neither seen the sign-out nor heard of it"
    );
}

/// Two connections of a session end while a third one begins.
pub(crate) fn an_entry_stays_while_a_connection_watches() {
    let (list, watched) = (RevocationList::default(), Arc::<Watched>::default());
    let first = watched.watch(&A_USER);
    let ending = {
        let watched = Arc::clone(&watched);
        spawn(move || drop(watched.watch(&A_USER)))
    };
    let leaving = spawn(move || drop(first));
    let (news, place) = watched.watch(&A_USER);
    ending.join().unwrap();
    leaving.join().unwrap();
    let session = A_USER.session();
    assert!(watched.news_of(&session).is_some(), "a connection watches");
    revoke(&list, &watched);
    assert!(news.borrow().is_revoked, "the connection hears of it");
    drop((news, place));
    assert!(watched.news_of(&session).is_none(), "no connection is left");
}

/// Two requests change the session. The table drops what it kept before, and with it a place.
pub(crate) fn two_changes_are_kept() {
    let watched = Arc::<Watched>::default();
    let changing = {
        let watched = Arc::clone(&watched);
        spawn(move || watched.keep(&A_USER))
    };
    watched.keep(&A_USER);
    join([changing]);
    assert!(watched.news_of(&A_USER.session()).is_some());
}
