//! Waits for another task of this process, and the table of redemptions.

use std::block_on;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::oneshot;
use std::thread::spawn;
use std::time::{Duration, Instant};

use fncy_login_core::Reply;

use crate::handle::redemptions::Redemptions;
use crate::models::join;
use crate::store::in_flight::{InFlight, in_flight};

fn outcome<T: Clone>(waiting: InFlight<T>) -> Option<T> {
    block_on(waiting.outcome(Instant::now() + Duration::from_secs(15)))
}

pub(crate) fn a_joined_request_gets_the_outcome() {
    let (sender, first) = in_flight();
    let under_way = sender.under_way();
    let task = spawn(move || sender.tell(7));
    let waiting = spawn(move || assert_eq!(outcome(first), Some(7)));
    if let Some(joined) = under_way.join() {
        assert_eq!(outcome(joined), Some(7));
    }
    task.join().unwrap();
    waiting.join().unwrap();
    assert!(under_way.join().is_none(), "the task has ended");
}

/// The task's runtime ends before it tells an outcome.
pub(crate) fn a_joined_request_notices_the_end() {
    let (sender, first) = in_flight::<u8>();
    let under_way = sender.under_way();
    let task = spawn(move || drop(sender));
    let waiting = spawn(move || assert_eq!(outcome(first), None));
    if let Some(joined) = under_way.join() {
        assert_eq!(outcome(joined), None);
    }
    task.join().unwrap();
    waiting.join().unwrap();
}

/// A request joins while the first one leaves. It may find a task that has just given up, which tells so.
pub(crate) fn a_task_ends_with_its_last_waiter_and_not_before() {
    let (sender, first) = in_flight();
    let under_way = sender.under_way();
    let (answer, answered) = oneshot::channel();
    let task = spawn(move || {
        let work = pin!(answered);
        let done = block_on(sender.while_heard(work));
        sender.tell(done.is_some());
    });
    let leaving = spawn(move || drop(first));
    let joined = under_way.join();
    leaving.join().unwrap();
    // Without a waiter, the task ends before its work does.
    if let Some(joined) = joined {
        answer.send(()).unwrap_or_default();
        assert!(outcome(joined).is_some());
        task.join().unwrap();
    } else {
        task.join().unwrap();
        drop(answer);
    }
}

fn reply() -> Reply {
    Reply {
        status: 303,
        headers: Vec::new(),
        body: String::new(),
        code: None,
        reference: None,
        reports: Vec::new(),
        events: Vec::new(),
        subject: None,
        endings: Vec::new(),
        begins: None,
        keeps: None,
    }
}

/// A callback that comes after the reply redeems again: the lease refuses it.
pub(crate) fn one_callback_redeems() {
    let (table, redeeming) = (Arc::<Redemptions>::default(), Arc::<AtomicUsize>::default());
    let callback = |table: &Redemptions, redeeming: &AtomicUsize| {
        let (waiting, first) = table.enter([1; 32]);
        if let Some(sender) = first {
            assert_eq!(redeeming.fetch_add(1, Ordering::Relaxed), 0, "redemptions");
            redeeming.fetch_sub(1, Ordering::Relaxed);
            sender.tell(reply());
            table.leave(&[1; 32]);
        }
        assert_eq!(outcome(waiting).map(|reply| reply.status), Some(303));
    };
    let threads = [(); 2].map(|()| {
        let (table, redeeming) = (Arc::clone(&table), Arc::clone(&redeeming));
        spawn(move || callback(&table, &redeeming))
    });
    callback(&table, &redeeming);
    join(threads);
}
