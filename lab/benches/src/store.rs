//! The work that one Redis carries, and its cost for an instance: the tables of `docs/scale.md`.
//!
//! Rules: the crate's own code asks a real server; a cost is the server's own processor time, since the instances share
//! the machine with it; all figures are of one run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{
    Claim, LeaseKey, LeaseKind, LeaseOutcome, Leases as _, Revocations as _, RevokedSession,
    SessionId, SessionRef,
};
use fncy_login_redis::RedisStore;
use futures_util::future::join_all;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::interleave::{Case, measure};
use crate::redis_server::RedisServer;
use crate::sample::{Get, Provider, REFRESH_TOKEN_LEN, TOKEN_LEN, sign_in};

/// Instances that work at the same time, and the leases that each has under way.
const INSTANCES: usize = 4;
const WORKERS: usize = 32;
/// How long each kind goes on.
const FOR: Duration = Duration::from_secs(3);
/// Entries of each kind that are put into the store to see what memory they take.
const KEPT: u64 = 20_000;
/// Sign-outs in the list when a lookup is measured.
const REVOKED: u64 = 100_000;
/// Two sealed tokens and what is beside them.
const OUTCOME: usize = (TOKEN_LEN + REFRESH_TOKEN_LEN + 200) * 4 / 3;
/// How long the reply of a sign-in stays.
const REPLY: Duration = Duration::from_secs(2);
const HOUR: Duration = Duration::from_secs(3_600);

/// Prints all of it.
pub async fn run() {
    let redis = RedisServer::start();
    work(&redis).await;
    memory(&redis).await;
    readers(&redis).await;
    checks(&redis).await;
}

/// What the store does for refreshes, sign-ins and sign-outs.
#[expect(clippy::print_stdout, reason = "measures, for people")]
async fn work(redis: &RedisServer) {
    println!("| work | per second here | µs of Redis for each | per second at half a core |");
    println!("| --- | --: | --: | --: |");
    for (name, kind) in [
        ("refresh", Kind::Refresh),
        ("sign-in", Kind::SignIn),
        ("sign-out", Kind::SignOut),
    ] {
        redis.empty().await;
        let numbers = Arc::new(AtomicU64::new(0));
        let (began, cpu) = (Instant::now(), redis.cpu());
        let mut workers = JoinSet::new();
        for _ in 0..INSTANCES {
            let instance = redis.instance();
            for _ in 0..WORKERS {
                let (instance, numbers) = (instance.clone(), Arc::clone(&numbers));
                workers.spawn(async move {
                    while began.elapsed() < FOR {
                        let number = numbers.fetch_add(1, Ordering::Relaxed);
                        kind.once(&instance, number).await;
                    }
                });
            }
        }
        workers.join_all().await;
        let count = numbers.load(Ordering::Relaxed) as f64;
        let each = (redis.cpu() - cpu) * 1e6 / count;
        let here = count / began.elapsed().as_secs_f64();
        println!("| {name} | {here:.0} | {each:.0} | {:.0} |", 0.5e6 / each);
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Refresh,
    SignIn,
    SignOut,
}

impl Kind {
    /// As the driver asks.
    async fn once(self, instance: &RedisStore, number: u64) {
        match self {
            Self::Refresh => {
                let session = session(number);
                let claim = instance.claim(refresh(number), Some(0)).await;
                assert_eq!(instance.is_revoked(session, "alex").await, Ok(false));
                finish(claim.unwrap(), outcome().with_session(session.id())).await;
                assert_eq!(instance.is_revoked(session, "alex").await, Ok(false));
                instance.confirm(&|| session);
            }
            Self::SignIn => {
                let claim = instance.claim(redemption(number), None).await;
                finish(claim.unwrap(), reply()).await;
            }
            Self::SignOut => instance.revoke(revoked(number)).await.unwrap(),
        }
    }
}

/// The memory that each kind of entry takes in the store.
#[expect(clippy::print_stdout, reason = "measures, for people")]
async fn memory(redis: &RedisServer) {
    println!("\n| entry | bytes |\n| --- | --: |");
    for name in [
        "a lease",
        "the result of a refresh",
        "a spent code",
        "a sign-out",
        "the end of all sessions of a user",
    ] {
        redis.empty().await;
        let instance = redis.instance();
        let mut leases = Vec::new();
        // Without any entry there are a connection, the scripts and the log's age.
        assert_eq!(instance.is_revoked(session(0), "alex").await, Ok(false));
        Kind::Refresh.once(&instance, KEPT).await;
        let before = redis.memory();
        for number in 0..KEPT {
            match name {
                "a lease" => leases.push(instance.claim(refresh(number), Some(0)).await.unwrap()),
                "the result of a refresh" => {
                    let claim = instance.claim(refresh(number), Some(0)).await.unwrap();
                    finish(claim, outcome()).await;
                }
                "a spent code" => Kind::SignIn.once(&instance, number).await,
                "a sign-out" => instance.revoke(revoked(number)).await.unwrap(),
                _ => {
                    let user = number.to_string();
                    let until = Timestamp::from_unix(START);
                    instance.revoke_user(&user, until, None).await.unwrap();
                }
            }
        }
        // The replies of sign-ins expire before that.
        sleep(2 * REPLY).await;
        let each = (redis.memory() - before) / KEPT as f64;
        println!("| {name} | {each:.0} |");
    }
}

/// The cost of instances that only read the log.
#[expect(clippy::print_stdout, reason = "measures, for people")]
async fn readers(redis: &RedisServer) {
    println!("\n| instances | share of one core of Redis | µs of Redis per second and instance |");
    println!("| --: | --: | --: |");
    for count in [10, 100, 1_000] {
        redis.empty().await;
        let instances: Vec<_> = (0..count).map(|_| redis.instance()).collect();
        for instance in &instances {
            instance.status(&session(0), "alex");
        }
        sleep(Duration::from_secs(2)).await;
        let (began, cpu) = (Instant::now(), redis.cpu());
        sleep(FOR).await;
        let share = (redis.cpu() - cpu) / began.elapsed().as_secs_f64();
        let each = share * 1e6 / f64::from(count);
        println!("| {count} | {:.1} % | {each:.0} |", share * 100.0);
    }
}

/// The cost of a request to know that its session was not revoked.
#[expect(clippy::print_stdout, reason = "measures, for people")]
async fn checks(redis: &RedisServer) {
    redis.empty().await;
    let (none, many) = (redis.instance(), redis.instance());
    let provider = Provider::start().await;
    let with_store = none.clone();
    let alone = provider.login(|builder| builder);
    let shared = provider.login(|builder| builder.store(with_store));
    let cookies = sign_in(&shared, TOKEN_LEN).await;
    println!("\n| cost of a request | ns |\n| --- | --: |");
    let mut cases = Vec::new();
    for (name, login) in [
        ("the check of a session, without a store", alone),
        ("the check of a session, with Redis", shared),
    ] {
        let head = Get::page(cookies.as_str());
        cases.push(Case::new(name, move || drop(login.decide(&head, None))));
    }
    assert_eq!(none.is_revoked(session(0), "alex").await, Ok(false));
    let nothing = none.clone();
    cases.push(Case::new(
        "the lookup in the revocation list, if it is empty",
        move || {
            nothing.status(&session(REVOKED), "alex");
        },
    ));
    for figure in measure(cases).await {
        println!("| {} | {:.0} |", figure.name, figure.whole);
    }
    for first in (0..REVOKED).step_by(1_000) {
        let ends = (first..first + 1_000).map(|number| many.revoke(revoked(number)));
        assert!(join_all(ends).await.iter().all(Result::is_ok));
    }
    let began = Instant::now();
    let new = redis.instance();
    assert_eq!(new.is_revoked(session(REVOKED), "alex").await, Ok(false));
    let read = began.elapsed().as_millis();
    let sessions = many.clone();
    many.revoke_user("haneul", Timestamp::from_unix(START), None)
        .await
        .unwrap();
    let cases = vec![Case::new(
        "the same, with 100,000 sessions and one user in it",
        move || {
            sessions.status(&session(REVOKED), "alex");
        },
    )];
    for figure in measure(cases).await {
        println!("| {} | {:.0} |", figure.name, figure.whole);
    }
    println!("\nA new instance reads {REVOKED} sign-outs in {read} ms.");
}

/// 2100, so that nothing is swept.
const START: u64 = 4_102_444_800;

fn revoked(number: u64) -> RevokedSession {
    RevokedSession::new(session(number), &number.to_string())
}

fn session(number: u64) -> SessionRef {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_le_bytes());
    let [issued, ends] = [START + 1, START + 604_800].map(Timestamp::from_unix);
    SessionRef::new(SessionId::from_bytes(id), 1, issued, ends)
}

fn refresh(number: u64) -> LeaseKey {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_le_bytes());
    LeaseKey::new(LeaseKind::Refresh, hash)
}

fn redemption(number: u64) -> LeaseKey {
    LeaseKey::new(LeaseKind::Redemption, *refresh(number).hash())
}

fn outcome() -> LeaseOutcome {
    LeaseOutcome::new(vec![b'x'; OUTCOME], HOUR).with_version(1)
}

/// What a sign-in leaves: a reply with its cookies.
fn reply() -> LeaseOutcome {
    LeaseOutcome::new(vec![b'x'; OUTCOME], REPLY).with_spent(Duration::from_secs(600))
}

async fn finish(claim: Claim, outcome: LeaseOutcome) {
    match claim {
        Claim::Granted(lease) => lease.finish(outcome).await.unwrap(),
        other => unreachable!("no other claimant: {other:?}"),
    }
}
