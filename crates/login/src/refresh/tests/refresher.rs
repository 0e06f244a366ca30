//! Refreshes with a provider that rotates tokens and takes a reused token for theft. The clock is paused, and a seed
//! gives each schedule, so each run has the same result.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fncy_login_core::{
    Exchange, Failure, ProviderAnswer, ProviderResult, RefreshRequest, RevocationStatus,
    RevokedSession, SessionId,
};
use tokio::task::JoinSet;
use tokio::time::{Instant, advance, sleep, timeout};

use crate::handle::login::Login;
use crate::hooks::approval::{Approval, RefreshedLogin, Refusal};
use crate::provider::exchanges::Exchanges;
use crate::provider::places::{self, Place};
use crate::refresh::exchange::obtain;
use crate::refresh::parts::Parts;
use crate::refresh::refresher::Refresher;
use crate::store::in_flight::in_flight;
use crate::store::leases::{Claim, LeaseKey, LeaseKind, LeaseOutcome, Leases as _};
use crate::store::memory::MemoryStore;
use crate::store::revocations::Revocations as _;
use crate::store::without_store::WithoutStore;

use super::double::*;

fn lease_key(key: [u8; 32]) -> LeaseKey {
    LeaseKey::new(LeaseKind::Refresh, key)
}

/// Requests of one session, spread over instances, of which some are dropped in the middle.
async fn crowd(login: &Login, seed: u64, instances: usize, lost: u64) -> (Vec<String>, u64) {
    let dice = Dice::new(seed);
    let provider = Provider::new(&dice, rotates);
    let store = Distant {
        inner: MemoryStore::new(),
        dice: dice.clone(),
        lost,
        lease: Duration::from_secs(30),
    };
    let instances: Vec<_> = (0..instances)
        .map(|_| instance(login, &provider, store.clone(), |_| {}))
        .collect();
    let mut requests = JoinSet::new();
    for _ in 0..30 {
        let which = dice.below(instances.len() as u64);
        let refresher = instances[usize::try_from(which).unwrap()].clone();
        let refresh = refresh(login, "r1", 0);
        let dice = dice.clone();
        let patience = Duration::from_millis(match dice.below(4) {
            0 => dice.below(60),
            _ => 60_000,
        });
        requests.spawn(async move {
            dice.wait(120).await;
            timeout(patience, comes_to(&refresher, &refresh)).await.ok()
        });
    }
    let mut outcomes = Vec::new();
    while let Some(outcome) = requests.join_next().await {
        outcomes.extend(outcome.unwrap());
    }
    (outcomes, provider.most_shown())
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_waits_for_a_place_is_small() {
    let login = login();
    let provider = Provider::new(&Dice::new(1), rotates);
    let refresher = instance(&login, &provider, MemoryStore::new(), |_| {});
    let (request, (sender, _)) = (Arc::new(refresh(&login, "r1", 0)), in_flight());
    let deadline = Instant::now() + DEADLINE;
    let obtaining = obtain(&refresher.0, &request, None, &sender, deadline);
    let refreshing = refresher.refresh(Arc::clone(&request), None, deadline);
    let sizes = (size_of_val(&obtaining), size_of_val(&refreshing));
    assert!(sizes.0 < 640 && sizes.1 < 640, "{sizes:?}");
}

#[tokio::test(start_paused = true)]
async fn f01_f04_f06_one_exchange_in_every_schedule() {
    let login = login();
    for seed in 0..300 {
        let instances = 1 + usize::try_from(seed % 3).unwrap();
        let (outcomes, shown) = crowd(&login, seed, instances, 0).await;
        assert_eq!(shown, 1, "seed {seed}");
        assert!(outcomes.len() >= 15, "seed {seed}: {}", outcomes.len());
        assert!(
            outcomes.iter().all(|outcome| outcome == "1 a2"),
            "seed {seed}: {outcomes:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn f08_a_store_that_loses_questions_causes_no_second_exchange() {
    let login = login();
    let mut served = 0;
    for seed in 0..300 {
        let (outcomes, shown) = crowd(&login, seed, 3, 30).await;
        assert!(shown <= 1, "seed {seed}: {shown} exchanges");
        for outcome in outcomes {
            assert!(
                outcome == "1 a2" || outcome == "StoreUnavailable",
                "seed {seed}: {outcome}"
            );
            served += u64::from(outcome == "1 a2");
        }
    }
    assert!(served > 1_000, "{served} of 9,000");
}

#[tokio::test(start_paused = true)]
async fn f05_a_leader_that_panics_leaves_no_deadlock() {
    let login = login();
    let (refresher, provider) = alone(&login, |times| match times {
        1 => panic!("as anything may"),
        _ => rotates(1),
    });
    let old = refresh(&login, "r1", 0);
    let together = [&old; 3].map(|old| comes_to(&refresher, old));
    let [first, second, third] = together;
    let outcomes = tokio::join!(first, second, third);
    let lost = "Unreadable".to_owned();
    assert_eq!(outcomes, (lost.clone(), lost.clone(), lost));
    assert_eq!(comes_to(&refresher, &old).await, "again in 1");
    advance(Duration::from_secs(1)).await;
    assert_eq!(comes_to(&refresher, &old).await, "1 a2");
    assert_eq!(provider.most_shown(), 2);
}

#[tokio::test(start_paused = true)]
async fn f07_no_exchange_begins_with_a_lease_that_it_may_outlast() {
    let login = login();
    let dice = Dice::new(1);
    let provider = Provider::new(&dice, rotates);
    let store = |seconds| Distant {
        inner: MemoryStore::new(),
        dice: dice.clone(),
        lost: 0,
        lease: Duration::from_secs(seconds),
    };
    let old = refresh(&login, "r1", 0);
    let hasty = instance(&login, &provider, store(20), |_| {});
    assert_eq!(comes_to(&hasty, &old).await, "StoreUnavailable");
    assert_eq!(provider.most_shown(), 0);
    let patient = instance(&login, &provider, store(30), |_| {});
    assert_eq!(comes_to(&patient, &old).await, "1 a2");
}

#[tokio::test(start_paused = true)]
async fn f08_without_the_store_only_a_danger_switch_refreshes() {
    let login = login();
    let dice = Dice::new(1);
    let provider = Provider::new(&dice, rotates);
    let down = Distant {
        inner: MemoryStore::new(),
        dice: dice.clone(),
        lost: 100,
        lease: DEADLINE,
    };
    let old = refresh(&login, "r1", 0);
    let careful = instance(&login, &provider, down.clone(), |_| {});
    assert_eq!(comes_to(&careful, &old).await, "StoreUnavailable");
    assert_eq!(provider.most_shown(), 0);
    let here = MemoryStore::new();
    let store = Arc::new(down);
    let daring = instance(&login, &provider, WithoutStore { store, here }, |_| {});
    for _ in 0..3 {
        assert_eq!(comes_to(&daring, &old).await, "1 a2");
        advance(Duration::from_secs(60)).await;
    }
    assert_eq!(provider.most_shown(), 1, "it remembers what it did");
}

#[tokio::test(start_paused = true)]
async fn l12_what_a_store_makes_up_is_not_believed() {
    let login = login();
    let provider = Provider::new(&Dice::new(1), rotates);
    let store = MemoryStore::new();
    let refresher = instance(&login, &provider, store.clone(), |_| {});
    let old = refresh(&login, "r1", 0);
    let other = refresh(&login, "r9", 0);
    assert_eq!(comes_to(&refresher, &other).await, "1 a2");
    let others = store.find(lease_key(other.key), None).await.unwrap();
    let others = others.unwrap();
    for (number, made_up) in [b"garbage".to_vec(), Vec::new(), others]
        .into_iter()
        .enumerate()
    {
        let store = MemoryStore::new();
        let Ok(Claim::Granted(lease)) = store.claim(lease_key(old.key), None).await else {
            panic!("nobody holds it");
        };
        let outcome = LeaseOutcome::new(made_up, Duration::from_secs(60)).with_version(1);
        lease.finish(outcome).await.unwrap();
        let refresher = instance(&login, &provider, store, |_| {});
        assert_eq!(comes_to(&refresher, &old).await, "Refused", "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_successor_whose_token_expired_leads_on() {
    let login = login();
    let (refresher, provider) = alone(&login, |_| {
        response(
            200,
            r#"{"access_token":"a2","refresh_token":"r2","expires_in":0}"#,
        )
    });
    let old = refresh(&login, "r1", 0);
    assert_eq!(
        comes_to(&refresher, &old).await,
        "1 a2",
        "p18: dead on arrival"
    );
    let next = refresh(&login, "r2", 1);
    assert_eq!(comes_to(&refresher, &next).await, "again in 10");
    assert_eq!(refresher.0.refreshes.under_way(), 0);
    advance(Duration::from_secs(10)).await;
    assert_eq!(
        comes_to(&refresher, &old).await,
        "2 a2",
        "the old one leads to the next"
    );
    assert_eq!(provider.shown.lock().unwrap().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn p21_without_rotation_the_same_token_is_used_again() {
    let login = login();
    let (refresher, provider) = alone(&login, |times| {
        let life = if times == 1 { 3 } else { 7200 };
        response(
            200,
            &format!(r#"{{"access_token":"a{times}","expires_in":{life}}}"#),
        )
    });
    assert_eq!(
        comes_to(&refresher, &refresh(&login, "r1", 0)).await,
        "1 a1"
    );
    assert_eq!(
        comes_to(&refresher, &refresh(&login, "r1", 0)).await,
        "1 a1"
    );
    let newer = refresh(&login, "r1", 1);
    assert_eq!(
        comes_to(&refresher, &newer).await,
        "2 a2",
        "it has the first already"
    );
    assert_eq!(
        comes_to(&refresher, &refresh(&login, "r1", 0)).await,
        "2 a2"
    );
    assert_eq!(provider.most_shown(), 2);
}

#[tokio::test(start_paused = true)]
async fn p23_a_refusal_is_remembered() {
    let login = login();
    let (refresher, provider) = alone(&login, |_| rotates(2));
    let old = refresh(&login, "r1", 0);
    for _ in 0..3 {
        assert_eq!(comes_to(&refresher, &old).await, "Refused");
    }
    assert_eq!(provider.most_shown(), 1);
    advance(Duration::from_secs(3_600)).await;
    assert_eq!(comes_to(&refresher, &old).await, "Refused");
    assert_eq!(provider.most_shown(), 2);
}

#[tokio::test(start_paused = true)]
async fn f16_p41_a_token_that_fails_rests_alone() {
    let login = login();
    let (refresher, provider) = alone(&login, |_| {
        Ok(ProviderAnswer {
            status: 429,
            retry_after: Some("300".to_owned()),
            body: Vec::new(),
            sent: Vec::new(),
        })
    });
    let limited = refresh(&login, "r1", 0);
    for _ in 0..3 {
        assert_eq!(comes_to(&refresher, &limited).await, "again in 300");
    }
    assert_eq!(provider.most_shown(), 1, "it rests");
    let other = refresh(&login, "r2", 0);
    assert_eq!(comes_to(&refresher, &other).await, "again in 300");
    assert_eq!(
        provider.shown.lock().unwrap().len(),
        2,
        "the other was asked for"
    );
    advance(Duration::from_secs(299)).await;
    assert_eq!(comes_to(&refresher, &limited).await, "again in 1");
    advance(Duration::from_secs(1)).await;
    assert_eq!(comes_to(&refresher, &limited).await, "again in 300");
    assert_eq!(provider.most_shown(), 2);
}

#[tokio::test(start_paused = true)]
async fn f09_a_token_that_fails_again_rests_longer() {
    let login = login();
    let (refresher, provider) = alone(&login, |_| response(503, ""));
    let failing = refresh(&login, "r1", 0);
    let mut asked = Vec::new();
    for tenth in 0..150 {
        let before = provider.most_shown();
        comes_to(&refresher, &failing).await;
        if provider.most_shown() > before {
            asked.push(tenth);
        }
        advance(Duration::from_millis(100) - Duration::from_millis(1)).await;
        advance(Duration::from_millis(1)).await;
    }
    let pauses: Vec<_> = asked
        .windows(2)
        .map(|pair| (pair[1] - pair[0] + 5) / 10)
        .collect();
    assert_eq!(pauses, [1, 2, 4, 4], "{asked:?}");
}

#[tokio::test(start_paused = true)]
async fn f09_in_an_outage_one_refresh_a_second_is_tried() {
    let login = login();
    let (refresher, provider) = alone(&login, |_| response(503, ""));
    for step in 0..600 {
        let session = refresh_of(&login, &format!("user-{}", step % 40));
        let outcome = comes_to(&refresher, &session).await;
        assert!(outcome.starts_with("again in "), "{outcome}");
        advance(Duration::from_millis(100)).await;
    }
    let asked: u64 = provider.shown.lock().unwrap().values().sum();
    assert!((55..=66).contains(&asked), "{asked} requests in a minute");
}

#[tokio::test(start_paused = true)]
async fn f16_one_users_sessions_that_fail_stop_no_other_user() {
    let login = login();
    let (refresher, provider) = alone(&login, |_| response(503, ""));
    for number in 0..20 {
        let session = refresh(&login, &format!("r{number}"), 0);
        assert_eq!(comes_to(&refresher, &session).await, "again in 1");
    }
    assert_eq!(provider.shown.lock().unwrap().len(), 20, "each was tried");
    *provider.answer.lock().unwrap() = rotates;
    let other = refresh_of(&login, "haneul");
    assert_eq!(comes_to(&refresher, &other).await, "1 a2");
}

#[tokio::test(start_paused = true)]
async fn f09_who_asks_the_provider_nothing_takes_no_probe() {
    let login = login();
    let (refresher, provider) = alone(&login, rotates);
    // A browser that gets no answer shows its old cookie again and again.
    let old = refresh(&login, "r1", 0);
    assert_eq!(comes_to(&refresher, &old).await, "1 a2");
    // A user who was signed out on another instance a moment ago.
    let ended = RefreshRequest {
        session: session(SessionId::from_bytes([8; 16]), 0),
        ..refresh_of(&login, "jun")
    };
    let ending = RevokedSession::new(ended.session, "jun");
    refresher.0.store.revoke(ending).await.unwrap();
    *provider.answer.lock().unwrap() = |_| Err(Failure::NoConnection);
    let failing = refresh_of(&login, "maximiliane");
    assert_eq!(comes_to(&refresher, &failing).await, "Unreachable");
    *provider.answer.lock().unwrap() = rotates;
    advance(Duration::from_secs(1)).await;
    assert_eq!(comes_to(&refresher, &old).await, "1 a2");
    assert_eq!(comes_to(&refresher, &ended).await, "NotWelcome");
    let other = refresh_of(&login, "haneul");
    assert_eq!(comes_to(&refresher, &other).await, "1 a2");
}

#[tokio::test(start_paused = true)]
async fn f18_who_waits_for_another_instance_keeps_no_place() {
    let login = login();
    let store = MemoryStore::new();
    let provider = Provider::new(&Dice::new(1), rotates);
    let refresher = instance(&login, &provider, store.clone(), |_| {});
    let mut elsewhere = Vec::new();
    let mut waiting = JoinSet::new();
    for number in 0..16 {
        let refresh = refresh_of(&login, &format!("user-{number}"));
        // An instance that was killed in the middle holds it.
        elsewhere.push(store.claim(lease_key(refresh.key), Some(0)).await.unwrap());
        let refresher = refresher.clone();
        waiting.spawn(async move { comes_to(&refresher, &refresh).await });
    }
    sleep(Duration::from_millis(100)).await;
    let other = refresh_of(&login, "haneul");
    let other = timeout(Duration::from_secs(1), comes_to(&refresher, &other)).await;
    assert_eq!(other.as_deref(), Ok("1 a2"));
    assert_eq!(waiting.len(), 16);
    drop(elsewhere);
    while let Some(outcome) = waiting.join_next().await {
        assert_eq!(outcome.unwrap(), "1 a2");
    }
}

#[tokio::test(start_paused = true)]
async fn f07_a_turn_that_comes_too_late_sends_no_refresh_token() {
    let login = login();
    let store = MemoryStore::new();
    let provider = Provider::new(&Dice::new(1), rotates);
    let refresher = instance(&login, &provider, store.clone(), |_| {});
    let refresh = refresh(&login, "r1", 0);
    let elsewhere = store.claim(lease_key(refresh.key), Some(0));
    let elsewhere = elsewhere.await.unwrap();
    let late = tokio::spawn({
        let (refresher, refresh) = (refresher.clone(), refresh.clone());
        async move { comes_to(&refresher, &refresh).await }
    });
    sleep(DEADLINE - Duration::from_secs(1)).await;
    drop(elsewhere);
    assert_eq!(late.await.unwrap(), "Crowded");
    assert_eq!(provider.most_shown(), 0);
    assert_eq!(comes_to(&refresher, &refresh).await, "1 a2", "nor rests it");
}

#[tokio::test(start_paused = true)]
async fn f09_the_newest_tokens_are_told_whatever_fails_after_them() {
    let login = login();
    for answer in [
        (|_| Err(Failure::NoConnection)) as fn(u64) -> ProviderResult,
        |_| response(200, "?"),
        |_| response(401, r#"{"error":"invalid_client"}"#),
        |_| response(403, ""),
    ] {
        let (refresher, provider) = alone(&login, |_| {
            response(
                200,
                r#"{"access_token":"a2","refresh_token":"r2","expires_in":0}"#,
            )
        });
        let old = refresh(&login, "r1", 0);
        assert_eq!(comes_to(&refresher, &old).await, "1 a2");
        advance(Duration::from_secs(10)).await;
        *provider.answer.lock().unwrap() = answer;
        assert_eq!(
            comes_to(&refresher, &old).await,
            "1 a2",
            "its refresh token is the one that works"
        );
        assert_eq!(provider.shown.lock().unwrap().len(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn p41_a_probe_that_succeeds_lets_everybody_go() {
    let login = login();
    let provider = Provider::new(&Dice::new(1), |_| Err(Failure::NoConnection));
    let store = MemoryStore::new();
    let refresher = instance(&login, &provider, store, |_| {});
    let session = |number: u32| refresh(&login, &format!("r{number}"), 0);
    assert_eq!(comes_to(&refresher, &session(0)).await, "Unreachable");
    for number in 1..30 {
        assert_eq!(comes_to(&refresher, &session(number)).await, "again in 1");
    }
    assert_eq!(
        provider.shown.lock().unwrap().len(),
        1,
        "no other was tried"
    );
    advance(Duration::from_secs(1)).await;
    assert_eq!(comes_to(&refresher, &session(0)).await, "Unreachable");
    *provider.answer.lock().unwrap() = |_| rotates(1);
    // The next probe, while the token that failed twice still rests.
    advance(Duration::from_secs(1)).await;
    for number in 1..30 {
        assert_eq!(
            comes_to(&refresher, &session(number)).await,
            "1 a2",
            "{number}"
        );
    }
    assert_eq!(
        comes_to(&refresher, &session(0)).await,
        "1 a2",
        "its rest is over as well"
    );
}

#[tokio::test(start_paused = true)]
async fn f09_what_is_known_already_is_served_in_an_outage() {
    let login = login();
    let (refresher, provider) = alone(&login, |times| match times {
        1 => rotates(1),
        _ => response(503, ""),
    });
    let old = refresh(&login, "r1", 0);
    assert_eq!(comes_to(&refresher, &old).await, "1 a2");
    let fail = refresh(&login, "r1", 1);
    assert_eq!(comes_to(&refresher, &fail).await, "again in 1");
    assert_eq!(comes_to(&refresher, &old).await, "1 a2");
    assert_eq!(provider.most_shown(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_fails_is_asked_again_and_loses_no_token() {
    let login = hooked_login();
    let provider = Provider::new(&Dice::new(1), rotates);
    let asked = Arc::new(AtomicU64::new(0));
    let refresher = instance(&login, &provider, MemoryStore::new(), |parts| {
        let asked = Arc::clone(&asked);
        parts.on_refresh = Some(Arc::new(move |login: RefreshedLogin| {
            let times = asked.fetch_add(1, Ordering::SeqCst);
            assert_eq!((login.id(), login.tokens().access_token()), ("alex", "a2"));
            Box::pin(async move {
                match times {
                    0 => panic!("as a hook may"),
                    1 => std::future::pending().await,
                    _ => Ok(Approval::with_data(&7).unwrap()),
                }
            })
        }));
    });
    let old = refresh(&login, "r1", 0);
    assert_eq!(comes_to(&refresher, &old).await, "Undecided");
    assert_eq!(comes_to(&refresher, &old).await, "again in 1");
    advance(Duration::from_secs(1)).await;
    assert_eq!(comes_to(&refresher, &old).await, "Undecided");
    let other = refresh(&login, "r9", 0);
    assert_eq!(
        comes_to(&refresher, &other).await,
        "1 a2",
        "others don't wait for it"
    );
    advance(Duration::from_secs(5)).await;
    assert_eq!(comes_to(&refresher, &old).await, "1 a2");
    assert_eq!(provider.most_shown(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_refuses_ends_the_session_everywhere() {
    let login = hooked_login();
    let provider = Provider::new(&Dice::new(1), rotates);
    let store = MemoryStore::new();
    let refuses = |parts: &mut Parts| {
        parts.on_refresh = Some(Arc::new(|_| Box::pin(async { Err(Refusal::new("no")) })));
    };
    let here = instance(&login, &provider, store.clone(), refuses);
    let there = instance(&login, &provider, store.clone(), refuses);
    let old = refresh(&login, "r1", 0);
    let both = tokio::join!(comes_to(&here, &old), comes_to(&there, &old));
    assert_eq!(both, ("NotWelcome".to_owned(), "NotWelcome".to_owned()));
    assert_eq!(
        store.status(&old.session, "alex"),
        RevocationStatus::Revoked
    );
    assert_eq!(provider.most_shown(), 1);
}

/// All places for refreshes.
async fn all_places(refresher: &Refresher) -> Vec<Place> {
    let mut taken = Vec::new();
    for user in 0..16 {
        let work = places::Work::Refresh(user);
        taken.extend(refresher.0.places.take(work, Instant::now()).await);
    }
    assert_eq!(taken.len(), 16);
    taken
}

#[tokio::test(start_paused = true)]
async fn without_a_free_place_only_urgent_ones_start() {
    let login = login();
    let (refresher, _) = alone(&login, rotates);
    let taken = all_places(&refresher).await;
    let urgent = refresh(&login, "r1", 0);
    let patient = RefreshRequest {
        is_urgent: false,
        ..urgent.clone()
    };
    assert_eq!(comes_to(&refresher, &patient).await, "again in 1");
    let waits = tokio::spawn({
        let (refresher, urgent) = (refresher.clone(), urgent.clone());
        async move { comes_to(&refresher, &urgent).await }
    });
    advance(Duration::from_secs(4)).await;
    drop(taken);
    assert_eq!(waits.await.unwrap(), "1 a2");
}

#[tokio::test(start_paused = true)]
async fn f17_who_waits_for_a_blocked_task_is_answered_at_the_deadline() {
    let login = login();
    let provider = Provider::new(&Dice::new(1), rotates);
    let refresher = instance(&login, &provider, MemoryStore::new(), |parts| {
        parts.provider = Arc::new(Blocked);
    });
    let began = Instant::now();
    assert_eq!(
        comes_to(&refresher, &refresh(&login, "r1", 0)).await,
        "Undecided"
    );
    assert_eq!(began.elapsed(), DEADLINE);
}

/// A worker whose thread is busy with other work.
struct Blocked;

impl Exchanges for Blocked {
    fn run<'a>(
        &'a self,
        _: Exchange<'a>,
        _: &'a Place,
        _: Instant,
    ) -> Pin<Box<dyn Future<Output = ProviderResult> + Send + 'a>> {
        Box::pin(std::future::pending())
    }
}

#[tokio::test(start_paused = true)]
async fn what_no_request_waits_for_is_not_sent() {
    let login = login();
    let (refresher, provider) = alone(&login, rotates);
    let taken = all_places(&refresher).await;
    let gone = refresh(&login, "r1", 0);
    let gone = timeout(Duration::from_secs(1), comes_to(&refresher, &gone)).await;
    assert!(gone.is_err(), "its browser has left");
    drop(taken);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(provider.most_shown(), 0);
    assert_eq!(
        comes_to(&refresher, &refresh(&login, "r1", 0)).await,
        "1 a2"
    );
}
