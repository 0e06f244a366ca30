//! The lease table of one process.

use std::block_on;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::thread::spawn;
use std::time::{Duration, advance};

use fncy_login_core::SessionRef;

use crate::models::sessions::{NOW, session};
use crate::models::{Returned, join};
use crate::store::leases::{Claim, LeaseKey, LeaseKind, LeaseOutcome};
use crate::store::memory::leases::LeaseTables;

const KEY: LeaseKey = LeaseKey::new(LeaseKind::Refresh, [1; 32]);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// What claimants share.
#[derive(Clone, Default)]
struct Claimants {
    tables: Arc<LeaseTables>,
    holders: Arc<AtomicUsize>,
}

impl Claimants {
    /// Claims the lease, and holds it for a moment.
    fn hold(&self) {
        let Claim::Granted(lease) = block_on(self.tables.claim(KEY, None)) else {
            panic!("no claimant leaves an outcome")
        };
        assert_eq!(self.holders.fetch_add(1, Ordering::Relaxed), 0, "holders");
        self.holders.fetch_sub(1, Ordering::Relaxed);
        drop(lease);
    }
}

/// Each claimant drops its lease, so the others get it one after the other.
pub(crate) fn one_claimant_holds_a_lease() {
    let claimants = Claimants::default();
    let threads = [(); 2].map(|()| {
        let claimants = claimants.clone();
        spawn(move || claimants.hold())
    });
    claimants.hold();
    join(threads);
}

pub(crate) fn one_claimant_works_and_the_others_get_its_outcome() {
    let claimants = Claimants::default();
    let claim = |claimants: &Claimants| match block_on(claimants.tables.claim(KEY, None)) {
        Claim::Granted(lease) => {
            claimants.holders.fetch_add(1, Ordering::Relaxed);
            block_on(lease.finish(LeaseOutcome::new("done", HOUR))).unwrap();
        }
        Claim::Done(outcome) => assert_eq!(outcome, b"done"),
        Claim::Spent => panic!("the outcome is kept"),
    };
    let threads = [(); 2].map(|()| {
        let claimants = claimants.clone();
        spawn(move || claim(&claimants))
    });
    claim(&claimants);
    join(threads);
    assert_eq!(claimants.holders.load(Ordering::Relaxed), 1);
}

/// A request whose browser leaves is dropped while it waits.
pub(crate) fn a_claimant_that_gives_up_takes_no_wake_up() {
    let claimants = Claimants::default();
    let holding = {
        let claimants = claimants.clone();
        spawn(move || claimants.hold())
    };
    let leaving = {
        let tables = Arc::clone(&claimants.tables);
        spawn(move || {
            let mut claim = pin!(tables.claim(KEY, None));
            drop(claim.as_mut().poll(&mut Context::from_waker(Waker::noop())));
        })
    };
    claimants.hold();
    holding.join().unwrap();
    leaving.join().unwrap();
}

/// A browser shows the new session as soon as it has it.
pub(crate) fn an_outcome_that_was_left_can_be_confirmed() {
    let (tables, left) = (Arc::<LeaseTables>::default(), Returned::default());
    let finishing = {
        let (tables, left) = (Arc::clone(&tables), left.clone());
        spawn(move || {
            let Claim::Granted(lease) = block_on(tables.claim(KEY, None)) else {
                panic!("there is no other claimant")
            };
            let outcome = LeaseOutcome::new("done", HOUR).with_version(1);
            let outcome = outcome.with_session(session(1).id());
            block_on(lease.finish(outcome)).unwrap();
            left.set();
        })
    };
    let shown = SessionRef::new(session(1).id(), 1, NOW, NOW.plus(3_600));
    let is_left = left.is_set();
    tables.confirm(&|| shown);
    finishing.join().unwrap();
    advance(Duration::from_secs(91));
    assert!(
        tables.find(KEY, None).is_none() || !is_left,
        "it was confirmed"
    );
    assert_eq!(
        tables.is_outdated(&session(1)),
        tables.find(KEY, None).is_none()
    );
}
