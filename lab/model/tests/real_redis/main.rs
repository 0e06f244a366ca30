//! Histories of a real Redis, recorded while it is killed, suspended and replaced, and compared with the model.
//!
//! Rules:
//! - Each client is an instance with a store of its own. It claims, finishes, gives back, searches and revokes.
//! - Without a loss of data, each history is linearizable. With one, it is so if the store may forget what was written
//!   last.
//! - This redis-server can't be run with libfaketime, since both replace parts of its allocator. A clock that is set ahead
//!   is played by its effect: leases are over at once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test's failure is a panic, and its figures go to stdout"
)]

mod servers;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{
    Claim, LeaseKey, LeaseKind, LeaseOutcome, Leases as _, Revocations as _, RevokedSession,
    SessionId, SessionRef,
};
use fncy_login_model::history::{Call, Heard, MAX_CALLS, Recorded, is_linearizable};
use fncy_login_redis::RedisStore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::servers::{Fault, Servers};

const CLIENTS: usize = 4;
/// How long a key is used before the next one.
const EPOCH: u128 = 250;
/// How long after a loss the instances may not yet have written the log anew.
const RESENT: u64 = 3_000_000;

/// All that is recorded in one run.
#[derive(Default)]
struct Record {
    keys: Mutex<HashMap<u16, Key>>,
    revoked: Mutex<Vec<SessionRef>>,
    /// When a session that was revoked was said to be live.
    missed: Mutex<Vec<u64>>,
    is_over: AtomicBool,
}

#[derive(Default)]
struct Key {
    calls: Vec<Recorded>,
    fences: u8,
    issues: u8,
}

struct Client {
    number: usize,
    store: RedisStore,
    record: Arc<Record>,
    start: Instant,
    /// The outcomes in the memory of its store.
    here: HashMap<u16, (u8, u8)>,
    /// The newest version that it has seen of a key.
    seen: HashMap<u16, u8>,
    dice: u64,
}

fn session(number: u64, generation: u32) -> SessionRef {
    let [issued, ends] = [4_000_000_000, 4_000_600_000].map(Timestamp::from_unix);
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_le_bytes());
    SessionRef::new(SessionId::from_bytes(id), generation, issued, ends)
}

impl Client {
    fn roll(&mut self, below: u64) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice % below
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap()
    }

    fn note(&self, key: u16, call: Call, began: u64, heard: Heard) {
        let ended = if heard == Heard::Silence {
            u64::MAX
        } else {
            self.now()
        };
        let recorded = Recorded {
            client: self.number,
            call,
            began,
            ended,
            heard,
            here: self.here.get(&key).copied(),
        };
        let mut keys = self.record.keys.lock().unwrap();
        keys.entry(key).or_default().calls.push(recorded);
    }

    async fn work(mut self) {
        while !self.record.is_over.load(Ordering::Relaxed) {
            let epoch = self.start.elapsed().as_millis() / EPOCH * 2;
            let key = u16::try_from(epoch).unwrap() + u16::try_from(self.roll(2)).unwrap();
            let calls = self
                .record
                .keys
                .lock()
                .unwrap()
                .get(&key)
                .map_or(0, |key| key.calls.len());
            match self.roll(10) {
                // Each of the others may add three more, and each loss one.
                _ if calls > MAX_CALLS - 4 * CLIENTS => {}
                0..=6 => self.claim(key).await,
                7 | 8 => self.find(key).await,
                _ => self.revoke().await,
            }
            let pause = self.roll(15);
            sleep(Duration::from_millis(pause)).await;
        }
    }

    async fn claim(&mut self, key: u16) {
        let fence = {
            let mut keys = self.record.keys.lock().unwrap();
            let key = keys.entry(key).or_default();
            key.fences += 1;
            key.fences
        };
        let newest = self.seen.get(&key).copied().unwrap_or_default();
        let newer_than = if self.roll(3) == 0 { 0 } else { newest };
        let (call, began) = (Call::Claim { newer_than, fence }, self.now());
        let given_back = Call::Release { fence };
        let store = self.store.clone();
        let claiming = store.claim(name(key), Some(newer_than.into()));
        let lease = match timeout(Duration::from_millis(700), claiming).await {
            Ok(Ok(Claim::Granted(lease))) => lease,
            Ok(Ok(Claim::Done(sealed))) => {
                let (version, issue) = (sealed[0], sealed[1]);
                self.note(key, call, began, Heard::Done(version, issue));
                self.seen.insert(key, version.max(newest));
                // If the answer is its own memory's, the lease may have been granted.
                if self.here.get(&key) == Some(&(version, issue)) {
                    self.note(key, given_back, began, Heard::Silence);
                }
                return;
            }
            Ok(Ok(other)) => panic!("{other:?}"),
            Ok(Err(_)) | Err(_) => {
                self.note(key, call, began, Heard::Silence);
                self.note(key, given_back, began, Heard::Silence);
                return;
            }
        };
        self.note(key, call, began, Heard::Granted);
        let pause = self.roll(6);
        sleep(Duration::from_millis(pause)).await;
        let began = self.now();
        if self.roll(10) < 3 {
            drop(lease);
            self.note(key, given_back, began, Heard::Silence);
            return;
        }
        let issue = {
            let mut keys = self.record.keys.lock().unwrap();
            let key = keys.entry(key).or_default();
            key.issues += 1;
            key.issues
        };
        let version = newer_than + 1;
        let shown = session(u64::from(key), version.into());
        let outcome = LeaseOutcome::new([version, issue], Duration::from_secs(3_600))
            .with_version(version.into())
            .with_session(shown.id());
        let finished = timeout(Duration::from_secs(2), lease.finish(outcome)).await;
        let heard = match finished {
            Ok(Ok(())) => Heard::Finished,
            Ok(Err(_)) | Err(_) => Heard::Silence,
        };
        let outcome = (version, issue);
        self.note(key, Call::Finish { fence, outcome }, began, heard);
        let here = self.here.entry(key).or_insert(outcome);
        if here.0 <= newer_than {
            *here = outcome;
        }
        self.seen.insert(key, version.max(newest));
        if self.roll(2) == 0 {
            self.store.confirm(&|| shown);
        }
    }

    async fn find(&mut self, key: u16) {
        let newest = self.seen.get(&key).copied().unwrap_or_default();
        let newer_than = if self.roll(2) == 0 { 0 } else { newest };
        let (call, began) = (Call::Find { newer_than }, self.now());
        match self.store.find(name(key), Some(newer_than.into())).await {
            Ok(Some(sealed)) => self.note(key, call, began, Heard::Done(sealed[0], sealed[1])),
            Ok(None) => self.note(key, call, began, Heard::Nothing),
            Err(_) => {}
        }
    }

    /// Revokes a session, or asks about one that was revoked.
    async fn revoke(&mut self) {
        let known = self.record.revoked.lock().unwrap().last().copied();
        if self.roll(2) == 0 {
            let new = session(1_000 + self.dice, 0);
            let revoked = RevokedSession::new(new, "alex");
            if self.store.revoke(revoked).await.is_ok() {
                self.record.revoked.lock().unwrap().push(new);
            }
        } else if let Some(known) = known {
            let began = self.now();
            if self.store.is_revoked(known, "alex").await == Ok(false) {
                self.record.missed.lock().unwrap().push(began);
            }
        }
    }
}

fn name(key: u16) -> LeaseKey {
    let mut hash = [0; 32];
    hash[..2].copy_from_slice(&key.to_le_bytes());
    LeaseKey::new(LeaseKind::Refresh, hash)
}

/// The figures of some runs.
#[derive(Default)]
struct Figures {
    histories: usize,
    calls: usize,
    unanswered: usize,
    harmed: usize,
    /// Histories that are linearizable only if the store may forget.
    forgetful: usize,
    revoked: usize,
    missed: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} times, {} histories, {} calls ({} without an answer), {} histories forget, {} sign-outs, {} late",
            self.harmed,
            self.histories,
            self.calls,
            self.unanswered,
            self.forgetful,
            self.revoked,
            self.missed
        )
    }
}

/// Lets clients work while a server is harmed so many times, and checks all histories.
async fn run(fault: Fault, times: usize) -> Option<Figures> {
    let mut servers = Servers::start(fault).await?;
    let (record, start) = (Arc::<Record>::default(), Instant::now());
    let stores: Vec<_> = (0..CLIENTS)
        .map(|_| RedisStore::from_file(servers.address()).unwrap())
        .collect();
    let mut clients = JoinSet::new();
    for (number, store) in stores.iter().enumerate() {
        let client = Client {
            number,
            store: store.clone(),
            record: Arc::clone(&record),
            start,
            here: HashMap::new(),
            seen: HashMap::new(),
            dice: 0x9e37_79b9 * (number as u64 + 1),
        };
        clients.spawn(client.work());
    }
    let now = || u64::try_from(start.elapsed().as_micros()).unwrap();
    let mut losses = Vec::new();
    for _ in 0..times {
        sleep(Duration::from_millis(400)).await;
        let began = now();
        servers.harm().await;
        if fault.loses_data() {
            losses.push((began, now()));
        }
        sleep(Duration::from_millis(1_200)).await;
    }
    record.is_over.store(true, Ordering::Relaxed);
    clients.join_all().await;
    let mut figures = check(fault, &record, &losses);
    figures.harmed = times;
    // Each instance reads the log each second, and writes what it lacks.
    sleep(Duration::from_millis(2_500)).await;
    let revoked = record.revoked.lock().unwrap().clone();
    for session in &revoked {
        for store in &stores {
            let is_revoked = store.is_revoked(*session, "alex").await;
            assert_eq!(is_revoked, Ok(true), "{fault:?}");
        }
    }
    figures.revoked = revoked.len();
    Some(figures)
}

fn check(fault: Fault, record: &Record, losses: &[(u64, u64)]) -> Figures {
    let mut figures = Figures::default();
    for (number, key) in record.keys.lock().unwrap().iter() {
        let mut calls = key.calls.clone();
        figures.histories += 1;
        figures.calls += calls.len();
        figures.unanswered += calls
            .iter()
            .filter(|call| call.heard == Heard::Silence)
            .count();
        if is_linearizable(&calls) {
            continue;
        }
        let last = calls.iter().map(|call| call.began).max().unwrap();
        let lost = losses.iter().filter(|(began, _)| *began <= last);
        calls.extend(lost.map(|&(began, ended)| Recorded {
            client: 0,
            call: Call::Loss,
            began,
            ended,
            heard: Heard::Silence,
            here: None,
        }));
        figures.forgetful += 1;
        calls.sort_by_key(|call| call.began);
        assert!(
            is_linearizable(&calls),
            "{fault:?}, key {number}: {calls:#?}"
        );
    }
    for missed in record.missed.lock().unwrap().iter() {
        figures.missed += 1;
        let mut losses = losses.iter();
        let is_excused = losses.any(|(began, ended)| (*began..*ended + RESENT).contains(missed));
        assert!(
            is_excused,
            "{fault:?}: a revoked session was live at {missed}"
        );
    }
    figures
}

/// Runs all faults at the same time.
async fn run_all(times: usize) {
    let runs =
        Fault::ALL.map(|fault| tokio::spawn(async move { (fault, run(fault, times).await) }));
    for run in runs {
        let (fault, Some(figures)) = run.await.unwrap() else {
            return;
        };
        println!("{fault:?}: {figures}");
        assert!(figures.calls > 0, "{figures}");
        if !fault.loses_data() {
            assert_eq!(figures.forgetful, 0, "{fault:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn histories_are_those_of_the_model() {
    run_all(1).await;
}

/// `cargo xtask slow histories`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn long_histories_are_those_of_the_model() {
    for _ in 0..10 {
        run_all(10).await;
    }
}
