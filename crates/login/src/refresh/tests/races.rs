//! Events during a refresh: a sign-out, a hook that fails, a lease that expires, another session with the same
//! refresh token.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fncy_login_core::{
    RefreshRequest, RevocationStatus, Revoke, RevokedSession, Secret, SessionId, SessionRef,
    Timestamp, TokenKind,
};
use tokio::time::{advance, sleep, timeout};

use crate::hooks::approval::{Approval, Refusal};
use crate::refresh::refresher::Refresher;
use crate::refresh::revocation::newest_of;

use crate::handle::login::Login;
use crate::store::leases::{Claim, LeaseKey, Leases};
use crate::store::memory::MemoryStore;
use crate::store::revocations::Revocations;
use crate::store::shared_store::SharedStore;
use crate::store::store_error::StoreFuture;
use crate::store::without_store::WithoutStore;

use super::double::*;
use super::expiring::Expiring;

/// What `on_refresh` does, call by call. After the last word it approves.
#[derive(Clone, Copy)]
enum Word {
    Approves,
    Refuses,
    Panics,
    Hangs,
    TakesSeconds(u64),
}

/// An instance whose hook says these words.
fn with_words(
    login: &Login,
    provider: &Arc<Provider>,
    store: impl SharedStore,
    words: &[Word],
) -> Refresher {
    let words = Mutex::new(words.iter().copied().collect::<VecDeque<_>>());
    instance(login, provider, store, |parts| {
        parts.on_refresh = Some(Arc::new(move |_| {
            let word = words.lock().unwrap().pop_front();
            Box::pin(async move {
                match word.unwrap_or(Word::Approves) {
                    Word::Approves => Ok(Approval::new()),
                    Word::Refuses => Err(Refusal::new("no")),
                    Word::Panics => panic!("as a hook may"),
                    Word::Hangs => std::future::pending().await,
                    Word::TakesSeconds(seconds) => {
                        sleep(Duration::from_secs(seconds)).await;
                        Ok(Approval::new())
                    }
                }
            })
        }));
    })
}

fn store() -> MemoryStore {
    MemoryStore::new()
}

/// Another session with the same refresh token. Some providers issue the same one for each sign-in.
fn of_session(refresh: &RefreshRequest, number: u8) -> RefreshRequest {
    let id = SessionId::from_bytes([number; 16]);
    let session = session(id, refresh.session.generation());
    RefreshRequest {
        session,
        ..refresh.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_fails_for_one_stops_nobody_else() {
    let login = hooked_login();
    let provider = Provider::new(&Dice::new(1), rotates);
    for word in [Word::Panics, Word::Hangs] {
        let refresher = with_words(&login, &provider, store(), &[word]);
        let unlucky = refresh(&login, "r1", 0);
        let outcome = comes_to(&refresher, &unlucky).await;
        assert!(!outcome.starts_with("1 "), "{outcome}");
        provider.shown.lock().unwrap().clear();
        let other = refresh(&login, "r9", 0);
        assert_eq!(comes_to(&refresher, &other).await, "1 a2");
        assert_eq!(comes_to(&refresher, &unlucky).await, "again in 1");
        advance(Duration::from_secs(1)).await;
        assert_eq!(comes_to(&refresher, &unlucky).await, "1 a2");
        provider.shown.lock().unwrap().clear();
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_takes_too_long_is_ended() {
    struct Gone(Arc<AtomicU64>);
    impl Drop for Gone {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let login = hooked_login();
    let provider = Provider::new(&Dice::new(1), rotates);
    let gone = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&gone);
    let refresher = instance(&login, &provider, store(), |parts| {
        parts.on_refresh = Some(Arc::new(move |_| {
            let guard = Gone(Arc::clone(&counter));
            Box::pin(async move {
                std::future::pending::<()>().await;
                drop(guard);
                Ok(Approval::new())
            })
        }));
    });
    comes_to(&refresher, &refresh(&login, "r1", 0)).await;
    tokio::task::yield_now().await;
    assert_eq!(gone.load(Ordering::SeqCst), 1, "nobody waits for it");
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_refuses_when_it_is_asked_again_ends_the_session_and_its_tokens() {
    let login = hooked_login();
    let provider = Provider::new(&Dice::new(1), rotates);
    let store = store();
    let here = with_words(&login, &provider, store.clone(), &[Word::Panics]);
    let there = with_words(&login, &provider, store.clone(), &[Word::Refuses]);
    let old = refresh(&login, "r1", 0);
    comes_to(&here, &old).await;
    assert_eq!(comes_to(&there, &old).await, "NotWelcome");
    assert_eq!(
        store.status(&old.session, "alex"),
        RevocationStatus::Revoked
    );
    assert_eq!(*provider.revoked.lock().unwrap(), ["r2"]);
}

#[tokio::test(start_paused = true)]
async fn f10_a_sign_out_revokes_what_still_waits_for_the_hook() {
    let login = hooked_login();
    let provider = Provider::new(&Dice::new(1), rotates);
    let refresher = with_words(&login, &provider, store(), &[Word::Panics]);
    comes_to(&refresher, &refresh(&login, "r1", 0)).await;
    let shown = Revoke {
        token: Secret::new("r1".to_owned()),
        kind: TokenKind::Refresh,
    };
    let newest = newest_of(&refresher.0, shown).await;
    assert_eq!(newest.token.expose(), "r2");
}

#[tokio::test(start_paused = true)]
async fn f10_a_session_that_ended_elsewhere_leaves_no_tokens() {
    /// Always asks, as an instance does that has not learned of a sign-out yet.
    struct Unaware(MemoryStore);
    impl Revocations for Unaware {
        fn status(&self, _: &SessionRef, _: &str) -> RevocationStatus {
            RevocationStatus::Live
        }
        fn is_revoked<'a>(
            &'a self,
            session: SessionRef,
            user_id: &'a str,
        ) -> StoreFuture<'a, bool> {
            self.0.is_revoked(session, user_id)
        }
        fn revoke(&self, revoked: RevokedSession) -> StoreFuture<'_, ()> {
            self.0.revoke(revoked)
        }
        fn read_user<'a>(&'a self, user_id: &'a str, since: Timestamp) -> StoreFuture<'a, ()> {
            self.0.read_user(user_id, since)
        }

        fn read_since<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Option<Timestamp>> {
            self.0.read_since(user_id)
        }

        fn revoke_user<'a>(
            &'a self,
            user_id: &'a str,
            until: Timestamp,
            spared: Option<SessionId>,
        ) -> StoreFuture<'a, ()> {
            self.0.revoke_user(user_id, until, spared)
        }
    }
    impl Leases for Unaware {
        fn claim(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Claim> {
            self.0.claim(key, newer_than)
        }
        fn find(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Option<Vec<u8>>> {
            self.0.find(key, newer_than)
        }
        fn confirm(&self, session: &dyn Fn() -> SessionRef) {
            self.0.confirm(session);
        }
    }
    impl SharedStore for Unaware {
        fn ping(&self) -> StoreFuture<'_, ()> {
            self.0.ping()
        }
    }
    let login = hooked_login();
    let provider = Provider::new(&Dice::new(1), rotates);
    let store = store();
    let words = [Word::TakesSeconds(5)];
    let refresher = with_words(&login, &provider, Unaware(store.clone()), &words);
    let old = refresh(&login, "r1", 0);
    let request = tokio::spawn({
        let (refresher, old) = (refresher.clone(), old.clone());
        async move { comes_to(&refresher, &old).await }
    });
    sleep(Duration::from_secs(2)).await;
    store
        .revoke(RevokedSession::new(old.session, "alex"))
        .await
        .unwrap();
    request.await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(*provider.revoked.lock().unwrap(), ["r2"]);
}

#[tokio::test(start_paused = true)]
async fn f07_a_lease_outlasts_all_that_is_done_with_it() {
    let login = hooked_login();
    let dice = Dice::new(1);
    for seconds in 9..24 {
        let provider = Provider::new(&dice, rotates);
        let store = Expiring::new(Duration::from_secs(seconds));
        let words = [Word::TakesSeconds(14)];
        let slow = with_words(&login, &provider, store.clone(), &words);
        let next = with_words(&login, &provider, store, &[]);
        let old = refresh(&login, "r1", 0);
        let (first, second) = tokio::join!(comes_to(&slow, &old), async {
            // So late that the lease expires before its own turn.
            sleep(Duration::from_secs(12)).await;
            comes_to(&next, &old).await
        });
        let shown = provider.most_shown();
        assert!(shown <= 1, "{seconds} s: {shown}, {first}, {second}");
    }
}

#[tokio::test(start_paused = true)]
async fn f07_a_process_that_wakes_after_its_lease_sends_no_token() {
    let login = login();
    let provider = Provider::new(&Dice::new(1), rotates);
    let old = refresh(&login, "r1", 0);
    for (seconds, answer, shown) in [(40, "Undecided", 0), (0, "1 a2", 1)] {
        let store = Expiring::new(Duration::from_secs(30));
        let store = store.suspended(Duration::from_secs(seconds));
        let refresher = instance(&login, &provider, store, |_| {});
        assert_eq!(comes_to(&refresher, &old).await, answer);
        sleep(Duration::from_secs(1)).await;
        assert_eq!(provider.most_shown(), shown, "{seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ended_ends_no_other_with_the_same_token() {
    let login = login();
    let (refresher, provider) = alone(&login, rotates);
    let ended = refresh(&login, "r1", 0);
    let other = of_session(&ended, 8);
    let store = &refresher.0.store;
    store
        .revoke(RevokedSession::new(ended.session, "alex"))
        .await
        .unwrap();
    let both = tokio::join!(comes_to(&refresher, &ended), comes_to(&refresher, &other));
    assert_eq!(both, ("NotWelcome".to_owned(), "1 a2".to_owned()));
    assert_eq!(comes_to(&refresher, &ended).await, "NotWelcome");
    assert_eq!(comes_to(&refresher, &other).await, "1 a2");
    assert_eq!(provider.most_shown(), 1);
}

#[tokio::test(start_paused = true)]
async fn p21_two_generations_with_one_token_each_get_their_own_refreshed() {
    let login = login();
    let (refresher, provider) = alone(&login, |times| {
        response(
            200,
            &format!(r#"{{"access_token":"a{times}","expires_in":7200}}"#),
        )
    });
    let [older, newer] = [0, 1].map(|generation| refresh(&login, "r1", generation));
    let both = tokio::join!(comes_to(&refresher, &older), comes_to(&refresher, &newer));
    assert_eq!(both, ("1 a1".to_owned(), "2 a2".to_owned()));
    assert_eq!(provider.most_shown(), 2);
}

#[tokio::test(start_paused = true)]
async fn f03_a_successor_is_found_by_each_request_that_came_before_its_cookie_was_outdated() {
    let login = login();
    let (refresher, provider) = alone(&login, rotates);
    let old = refresh(&login, "r1", 0);
    assert_eq!(comes_to(&refresher, &old).await, "1 a2");
    let shown = refresh(&login, "r2", 1).session;
    refresher.0.store.confirm(&|| shown);
    // A request asks whether its cookie is outdated, which it is after a minute. Then it has 15 seconds.
    for seconds in [59, 1, 15, 14] {
        advance(Duration::from_secs(seconds)).await;
        assert_eq!(comes_to(&refresher, &old).await, "1 a2");
        assert_eq!(provider.most_shown(), 1);
    }
    advance(Duration::from_secs(1)).await;
    assert_eq!(comes_to(&refresher, &old).await, "Refused");
    assert_eq!(provider.most_shown(), 2);
}

#[tokio::test(start_paused = true)]
async fn f03_a_successor_that_nobody_has_shown_stays_an_hour() {
    let login = login();
    let (refresher, provider) = alone(&login, rotates);
    let old = refresh(&login, "r1", 0);
    assert_eq!(comes_to(&refresher, &old).await, "1 a2");
    advance(Duration::from_secs(3_599)).await;
    assert_eq!(comes_to(&refresher, &old).await, "1 a2");
    assert_eq!(provider.most_shown(), 1);
}

#[tokio::test(start_paused = true)]
async fn p18_no_user_data_is_read_with_a_token_that_has_expired() {
    let login = login();
    for (life, reads) in [(7_200, 1), (0, 0)] {
        let provider = Provider::new(
            &Dice::new(1),
            match life {
                0 => |_| {
                    response(
                        200,
                        r#"{"access_token":"a2","refresh_token":"r2","expires_in":0}"#,
                    )
                },
                _ => rotates,
            },
        );
        let refresher = instance(&login, &provider, store(), |_| {});
        let due = RefreshRequest {
            reads_user: true,
            ..refresh(&login, "r1", 0)
        };
        assert_eq!(comes_to(&refresher, &due).await, "1 a2");
        assert_eq!(provider.read.load(Ordering::SeqCst), reads, "{life}");
    }
}

#[tokio::test(start_paused = true)]
async fn on_refresh_is_asked_once_for_each_refresh() {
    let login = hooked_login();
    let provider = Provider::new(&Dice::new(1), rotates);
    // The hook would refuse the second call.
    let words = [Word::Approves, Word::Refuses];
    let refresher = with_words(&login, &provider, store(), &words);
    let old = refresh(&login, "r1", 0);
    for _ in 0..3 {
        assert_eq!(comes_to(&refresher, &old).await, "1 a2");
    }
}

#[test]
fn f05_a_refresh_whose_runtime_has_gone_is_begun_again() {
    let login = hooked_login();
    let provider = Provider::new(&Dice::new(1), |_| rotates(1));
    let refresher = with_words(&login, &provider, store(), &[Word::Hangs]);
    let old = refresh(&login, "r1", 0);
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_time().build().unwrap()
    };
    // The runtime ends, as that of an actix-web worker which stops.
    let worker = runtime();
    let patience = Duration::from_millis(200);
    let left = worker.block_on(async { timeout(patience, comes_to(&refresher, &old)).await });
    assert!(left.is_err());
    drop(worker);
    assert_eq!(runtime().block_on(comes_to(&refresher, &old)), "1 a2");
}

#[tokio::test(start_paused = true)]
async fn f08_a_store_that_says_nothing_is_out_of_reach_as_well() {
    /// Receives every call, and never answers.
    struct Silent;
    impl Revocations for Silent {
        fn status(&self, _: &SessionRef, _: &str) -> RevocationStatus {
            RevocationStatus::Ask
        }
        fn is_revoked<'a>(&'a self, _: SessionRef, _: &'a str) -> StoreFuture<'a, bool> {
            Box::pin(std::future::pending())
        }
        fn revoke(&self, _: RevokedSession) -> StoreFuture<'_, ()> {
            Box::pin(std::future::pending())
        }
        fn read_user<'a>(&'a self, _: &'a str, _: Timestamp) -> StoreFuture<'a, ()> {
            Box::pin(std::future::pending())
        }
        fn read_since<'a>(&'a self, _: &'a str) -> StoreFuture<'a, Option<Timestamp>> {
            Box::pin(std::future::pending())
        }
        fn revoke_user<'a>(
            &'a self,
            _: &'a str,
            _: Timestamp,
            _: Option<SessionId>,
        ) -> StoreFuture<'a, ()> {
            Box::pin(std::future::pending())
        }
    }
    impl Leases for Silent {
        fn claim(&self, _: LeaseKey, _: Option<u32>) -> StoreFuture<'_, Claim> {
            Box::pin(std::future::pending())
        }
        fn find(&self, _: LeaseKey, _: Option<u32>) -> StoreFuture<'_, Option<Vec<u8>>> {
            Box::pin(std::future::pending())
        }
        fn confirm(&self, _: &dyn Fn() -> SessionRef) {}
    }
    impl SharedStore for Silent {
        fn ping(&self) -> StoreFuture<'_, ()> {
            Box::pin(std::future::pending())
        }
    }
    let login = login();
    let provider = Provider::new(&Dice::new(1), rotates);
    let old = refresh(&login, "r1", 0);
    let careful = instance(&login, &provider, Silent, |_| {});
    assert_eq!(comes_to(&careful, &old).await, "StoreUnavailable");
    let daring = WithoutStore {
        store: Arc::new(Silent),
        here: store(),
    };
    let daring = instance(&login, &provider, daring, |_| {});
    assert_eq!(comes_to(&daring, &old).await, "1 a2");
    assert_eq!(provider.most_shown(), 1);
}
