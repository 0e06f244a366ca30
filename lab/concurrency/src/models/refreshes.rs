//! The table of refreshes in flight, and the breaker under its lock.

use std::block_on;
use std::sync::Arc;
use std::thread::spawn;
use std::time::{Duration, Instant, advance};

use fncy_login_core::RefreshFailure;

use crate::models::sessions::refresh;
use crate::refresh::refreshes::{Entered, Refreshes};

const LOST: RefreshFailure = RefreshFailure::Unavailable { retry_after: 1 };
const SECOND: Duration = Duration::from_secs(1);

/// The refresh fails, so a request after it finds a token that rests.
pub(crate) fn one_request_refreshes() {
    let refreshes = Arc::new(Refreshes::new());
    // Whether the request has refreshed.
    let request = |refreshes: &Refreshes| match refreshes.enter(&refresh(), true) {
        Entered::First(sender, _waiting) => {
            sender.tell(refreshes.finish(&refresh(), Err(LOST)));
            true
        }
        Entered::Joined(waiting) => {
            let outcome = block_on(waiting.outcome(Instant::now() + SECOND));
            // The sender may have gone before the table knew it.
            assert!(matches!(outcome, Some(Err(LOST))), "it was under way");
            false
        }
        Entered::Failed(failure) => {
            assert_eq!(failure, LOST);
            false
        }
    };
    let threads = [(); 2].map(|()| {
        let refreshes = Arc::clone(&refreshes);
        spawn(move || request(&refreshes))
    });
    let own = request(&refreshes);
    let others = threads.map(|thread| thread.join().unwrap());
    let refreshed = [own, others[0], others[1]]
        .into_iter()
        .filter(|first| *first);
    assert_eq!(refreshed.count(), 1);
}

/// An open breaker, and the time of its first probe.
fn open() -> Arc<Refreshes> {
    let refreshes = Arc::new(Refreshes::new());
    let opens = refreshes.answered(1, Some(RefreshFailure::Unreachable));
    assert_eq!(opens, Some(true));
    assert!(!refreshes.may_ask());
    advance(SECOND);
    refreshes
}

pub(crate) fn one_probe_goes_each_second() {
    let refreshes = open();
    for _ in 0..2 {
        let threads = [(); 2].map(|()| {
            let refreshes = Arc::clone(&refreshes);
            spawn(move || usize::from(refreshes.may_ask()))
        });
        let own = usize::from(refreshes.may_ask());
        let others = threads.map(|thread| thread.join().unwrap());
        assert_eq!(own + others[0] + others[1], 1, "probes in one second");
        advance(SECOND);
    }
}

/// Two answers come at once, while a third refresh fails.
pub(crate) fn the_breaker_closes_once() {
    let refreshes = open();
    let threads = [(); 2].map(|()| {
        let refreshes = Arc::clone(&refreshes);
        spawn(move || refreshes.answered(1, None))
    });
    assert_eq!(
        refreshes.answered(2, Some(LOST)),
        None,
        "one failure opens nothing"
    );
    let told = threads.map(|thread| thread.join().unwrap());
    assert!(
        told.contains(&Some(false)) && told.contains(&None),
        "{told:?}"
    );
    assert!(refreshes.may_ask());
}
