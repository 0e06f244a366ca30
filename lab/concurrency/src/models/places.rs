//! The places at the provider, and the lines for them.

use std::block_on;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::thread::spawn;
use std::time::{Duration, Instant};

use crate::observe::telemetry::Telemetry;
use crate::provider::places::{Places, Work};

/// A user may have this many places for refreshes at once.
const AT_ONCE: usize = 4;

/// All places of a user are taken. The places are given back while one request waits and another one leaves.
pub(crate) fn a_place_is_never_lost() {
    let places = Arc::new(Places::new(Arc::<Telemetry>::default()));
    let until = Instant::now() + Duration::from_secs(15);
    let take = move |places: &Places| block_on(places.take(Work::Refresh(1), until));
    let mut taken: Vec<_> = (0..AT_ONCE).map(|_| take(&places)).collect();
    assert!(taken.iter().all(Option::is_some));
    assert!(!places.is_free(Work::Refresh(1)));
    let giving_back = spawn(move || drop(taken.pop()));
    let leaving = {
        let places = Arc::clone(&places);
        spawn(move || {
            let mut waiting = pin!(places.take(Work::Refresh(1), until));
            drop(
                waiting
                    .as_mut()
                    .poll(&mut Context::from_waker(Waker::noop())),
            );
        })
    };
    assert!(take(&places).is_some(), "a place is free in time");
    giving_back.join().unwrap();
    leaving.join().unwrap();
    let again: Vec<_> = (0..AT_ONCE).map(|_| take(&places)).collect();
    assert!(again.iter().all(Option::is_some), "all places came back");
}
