//! Places at the provider: a limit of concurrent requests to FNCY, shared fairly among clients and users.
//!
//! ```text
//!             places  at once        served next                       may wait  can strangers cause it?
//!  sign-ins       12  any            the client with the fewest places,     256  yes, with invented codes
//!                                    then the newest callback
//!  refreshes      16  4 of a user    the user with the fewest places,       any  no, only with a sealed session
//!                                    then the oldest request
//!  tokens          8  any            the client with the fewest places,     256  yes, with invented bearer tokens
//!                                    then the newest request
//!  known tokens    8  2 of a user    the user with the fewest places,   1,024  no, only with a token that was accepted
//!                                    then the oldest request
//!  others          4  3 of a kind    the kind with the fewest places,       256  no: token revocations, client
//!                                    then the oldest request                     tokens, checks and key sets
//!  API calls      32  8 of a user    the user with the fewest places,     1,024  no, only with an accepted user
//!                                    then the oldest call
//! ```
//!
//! Rules:
//! - A place covers the token request and the user data request of one callback or one refresh token. It is released
//!   before the application's hook runs.
//! - Each row has places of its own. If strangers hold all places for sign-ins, only sign-ins are late.
//! - A sign-in takes its place before its lease, so a callback without a place leaves no entry in the store. A refresh
//!   takes its lease first, so a request that waits for another instance holds no place.
//! - After the time that its caller names, a request gets no place, since its answer would come too late.
//! - A wait ends at that time, or when its caller goes away. If a line is too long, the client or user with the most
//!   waits loses the wait that would be served last.
//! - Sign-ins and unknown tokens are served newest first. Otherwise, if strangers send more of them than FNCY answers,
//!   every request would wait until its deadline.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use crate::observe::meter::{Meter, PlaceMeter};
use crate::observe::once_per_minute::limited;
use crate::observe::telemetry::Telemetry;
use crate::store::expiring_map::shrink;

/// A client or a user as a number. It is a keyed hash, so no address is kept.
type Holder = u64;

/// The work that needs a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Redeeming the code of a callback, for a client.
    SignIn(Holder),
    /// Using the refresh token of a user's session.
    Refresh(Holder),
    /// Asking about a bearer token, for a client.
    Bearer(Holder),
    /// Asking again about a user's bearer token that was accepted within the last hour.
    KnownBearer(Holder),
    /// Revoking a token. No request waits for it.
    Revocation,
    /// A request for the application itself: a client token, a check or a key set.
    Other,
    /// A handler's call of the API, for a user.
    Api(Holder),
}

/// The places of one process.
pub(crate) struct Places {
    sign_ins: Arc<Line>,
    refreshes: Arc<Line>,
    bearers: Arc<Line>,
    known_bearers: Arc<Line>,
    others: Arc<Line>,
    api_calls: Arc<Line>,
    telemetry: Arc<Telemetry>,
}

/// The right to send requests to the provider. Dropping it gives it back.
#[must_use]
pub(crate) struct Place {
    line: Arc<Line>,
    holder: Holder,
}

/// The places of one row of the table, and the line for them.
struct Line {
    /// The most places that one holder has at once.
    at_once: usize,
    /// The most waits in the line.
    max_waiting: usize,
    newest_first: bool,
    work: &'static str,
    places: usize,
    meter: PlaceMeter,
    state: Mutex<State>,
}

struct State {
    free: usize,
    /// The number of the last arrival.
    arrivals: i64,
    waiting: usize,
    holders: HashMap<Holder, Share>,
    /// Holders that may be served, ordered by their number of places and then by their first wait.
    next: BTreeSet<(usize, i64, Holder)>,
}

/// The places and the waits of one holder. The first wait is served first.
#[derive(Default)]
struct Share {
    held: usize,
    waiting: BTreeMap<i64, oneshot::Sender<Place>>,
}

/// A wait in a line. Dropping it leaves the line.
struct Waiting {
    line: Arc<Line>,
    holder: Holder,
    position: i64,
    place: oneshot::Receiver<Place>,
}

impl Places {
    pub(crate) fn new(telemetry: Arc<Telemetry>) -> Self {
        let line = |work, places, at_once, max_waiting, newest_first| {
            Arc::new(Line {
                at_once,
                max_waiting,
                newest_first,
                work,
                places,
                meter: Meter::places(work, places),
                state: Mutex::new(State::new(places)),
            })
        };
        Self {
            sign_ins: line("sign_in", 12, 12, 256, true),
            // A refresh needs a sealed session, so its line has no limit.
            refreshes: line("refresh", 16, 4, usize::MAX, false),
            bearers: line("bearer", 8, 8, 256, true),
            known_bearers: line("known_bearer", 8, 2, 1024, false),
            others: line("other", 4, 3, 256, false),
            api_calls: line("api", 32, 8, 1_024, false),
            telemetry,
        }
    }

    /// Waits for a place. `None` if no place is free before `until`.
    pub(crate) async fn take(&self, work: Work, until: Instant) -> Option<Place> {
        if Instant::now() > until {
            return None;
        }
        let (line, holder) = self.line(work);
        let began = Instant::now();
        let mut waiting = Line::enter(line, holder);
        let place = timeout_at(until, &mut waiting.place).await;
        line.meter.waited(began.elapsed());
        let place = place.ok().and_then(Result::ok);
        // Strangers can cause it any number of times.
        if place.is_none() {
            limited!(
                self.telemetry,
                warn,
                "too many requests wait for the provider at once; some of them are turned away",
                by line.work,
                work = line.work
            );
        }
        place
    }

    /// Whether a place is free now.
    pub(crate) fn is_free(&self, work: Work) -> bool {
        let (line, holder) = self.line(work);
        let state = line.state();
        let held = state.holders.get(&holder).map_or(0, |share| share.held);
        state.free > 0 && held < line.at_once
    }

    fn line(&self, work: Work) -> (&Arc<Line>, Holder) {
        match work {
            Work::SignIn(client) => (&self.sign_ins, client),
            Work::Refresh(user) => (&self.refreshes, user),
            Work::Bearer(client) => (&self.bearers, client),
            Work::KnownBearer(user) => (&self.known_bearers, user),
            Work::Revocation => (&self.others, 0),
            Work::Other => (&self.others, 1),
            Work::Api(user) => (&self.api_calls, user),
        }
    }
}

impl Line {
    fn enter(line: &Arc<Self>, holder: Holder) -> Waiting {
        let (sender, place) = oneshot::channel();
        let mut state = line.state();
        state.arrivals += 1;
        let position = if line.newest_first {
            -state.arrivals
        } else {
            state.arrivals
        };
        state.waiting += 1;
        state.change(holder, line.at_once, |share| {
            share.waiting.insert(position, sender);
        });
        state.serve(line);
        if state.waiting > line.max_waiting {
            state.send_one_away(line.at_once);
        }
        line.show(&state);
        drop(state);
        Waiting {
            line: Arc::clone(line),
            holder,
            position,
            place,
        }
    }

    /// Shows how many places are used, and how many requests wait.
    fn show(&self, state: &State) {
        self.meter.now(self.places - state.free, state.waiting);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new(places: usize) -> Self {
        Self {
            free: places,
            arrivals: 0,
            waiting: 0,
            holders: HashMap::new(),
            next: BTreeSet::new(),
        }
    }

    /// Changes a holder's share, and updates the order of service.
    fn change<T>(
        &mut self,
        holder: Holder,
        at_once: usize,
        change: impl FnOnce(&mut Share) -> T,
    ) -> T {
        let share = self.holders.entry(holder).or_default();
        if let Some((held, first)) = share.turn(at_once) {
            self.next.remove(&(held, first, holder));
        }
        let changed = change(share);
        if let Some((held, first)) = share.turn(at_once) {
            self.next.insert((held, first, holder));
        }
        if share.held == 0 && share.waiting.is_empty() {
            self.holders.remove(&holder);
            shrink(&mut self.holders);
        }
        changed
    }

    /// Gives the free places to the waits that are next.
    fn serve(&mut self, line: &Arc<Line>) {
        while self.free > 0
            && let Some((_, first, holder)) = self.next.first().copied()
        {
            let waiter = self.change(holder, line.at_once, |share| {
                share.held += 1;
                share.waiting.remove(&first)
            });
            self.free -= 1;
            self.waiting -= 1;
            let place = Place {
                line: Arc::clone(line),
                holder,
            };
            // A caller that goes away leaves the line first, so the place always arrives.
            if let Some(waiter) = waiter {
                drop(waiter.send(place));
            }
        }
    }

    /// Ends the last wait of the holder with the most waits.
    fn send_one_away(&mut self, at_once: usize) {
        let waiting = |(_, share): &(&Holder, &Share)| share.waiting.len();
        if let Some(holder) = self
            .holders
            .iter()
            .max_by_key(waiting)
            .map(|(holder, _)| *holder)
        {
            self.waiting -= 1;
            // The wait ends when its sender is dropped.
            self.change(holder, at_once, |share| share.waiting.pop_last());
        }
    }
}

impl Share {
    /// The number of its places and its first wait. `None` if no wait may be served.
    fn turn(&self, at_once: usize) -> Option<(usize, i64)> {
        let (first, _) = self.waiting.first_key_value()?;
        (self.held < at_once).then_some((self.held, *first))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut state = self.line.state();
        let left = state.change(self.holder, self.line.at_once, |share| {
            share.waiting.remove(&self.position)
        });
        state.waiting -= usize::from(left.is_some());
        self.line.show(&state);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.line.state();
        state.free += 1;
        state.change(self.holder, self.line.at_once, |share| share.held -= 1);
        state.serve(&self.line);
        self.line.show(&state);
    }
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
