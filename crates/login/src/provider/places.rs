//! Places at the provider: who may talk to FNCY at once, in which order, and who is told to come again.
//!
//! ```text
//!             places  at once     who is next                        may wait  strangers can cause it
//!  sign-ins       12  any         the client that holds the fewest,       256  yes, by callbacks with
//!                                 then the newest callback                     invented codes
//!  refreshes      16  4 of a user the user who holds the fewest,          any  no: a sealed session does
//!                                 then the oldest request
//!  others          4  3 of a kind the kind that holds the fewest,         256  no: revocations; client
//!                                 then the oldest                              tokens and probes
//! ```
//!
//! Rules:
//! - A place is held for one piece of work: the token request and the user data that follow from one
//!   callback or one refresh token. The application's hook runs without it.
//! - The lines are apart. Strangers who hold all places for sign-ins delay sign-ins, and nothing else.
//! - For a sign-in, a place comes before a lease: what gets no place leaves nothing in the store. A refresh has
//!   its lease first, so that a request which waits for another instance keeps no place.
//! - A turn that comes too late is none: an answer that no request waits for would be lost.
//! - Every wait ends: at the deadline that its caller names, when its caller goes, or when too many wait.
//!   Then the longest line of one client or user gets shorter, at the end that would be served last.
//! - Newest first is for sign-ins alone. When strangers bring more codes than FNCY answers, the oldest
//!   first would make every callback wait until its deadline; so the ones that are answered are answered
//!   soon.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};

use crate::observe::once_per_minute::OncePerMinute;

/// A client, or a user, as a number: a keyed hash, so that no address is kept.
type Holder = u64;

/// What a place is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// Redeeming the code of a callback, for a client.
    SignIn(Holder),
    /// Using the refresh token of a user's session.
    Refresh(Holder),
    /// Revoking a token, which no request waits for.
    Revocation,
    /// What the application asks for itself.
    Other,
}

/// The places of one process.
pub(crate) struct Places {
    sign_ins: Arc<Line>,
    refreshes: Arc<Line>,
    others: Arc<Line>,
    /// When the last warning was given that there are too few.
    warning: OncePerMinute,
}

/// The right to talk to the provider. Dropping it gives it back.
#[must_use]
pub(crate) struct Place {
    line: Arc<Line>,
    holder: Holder,
}

/// One kind of work, and those who wait for it.
struct Line {
    /// Places that one holder has at once, at most.
    at_once: usize,
    /// Those who wait, at most.
    max_waiting: usize,
    newest_first: bool,
    state: Mutex<State>,
}

struct State {
    free: usize,
    /// Numbers the arrivals.
    arrivals: i64,
    waiting: usize,
    holders: HashMap<Holder, Share>,
    /// Holders that may be served: by the places that they hold, then by their first in line.
    next: BTreeSet<(usize, i64, Holder)>,
}

/// What one holder has, and what it waits for: the first is served first.
#[derive(Default)]
struct Share {
    held: usize,
    waiting: BTreeMap<i64, oneshot::Sender<Place>>,
}

/// Somebody in line. Dropping it leaves the line.
struct Waiting {
    line: Arc<Line>,
    holder: Holder,
    position: i64,
    place: oneshot::Receiver<Place>,
}

impl Places {
    pub(crate) fn new() -> Self {
        let line = |places, at_once, max_waiting, newest_first| {
            Arc::new(Line {
                at_once,
                max_waiting,
                newest_first,
                state: Mutex::new(State::new(places)),
            })
        };
        Self {
            sign_ins: line(12, 12, 256, true),
            // Only a sealed session causes one: as many may wait as there are requests.
            refreshes: line(16, 4, usize::MAX, false),
            others: line(4, 3, 256, false),
            warning: OncePerMinute::default(),
        }
    }

    /// A place, if there is one before `until`.
    pub(crate) async fn take(&self, work: Work, until: Instant) -> Option<Place> {
        if Instant::now() > until {
            return None;
        }
        let (line, holder) = self.line(work);
        let mut waiting = Line::enter(line, holder);
        let place = timeout_at(until, &mut waiting.place).await;
        let place = place.ok().and_then(Result::ok);
        if place.is_none() {
            self.warn(work);
        }
        place
    }

    /// Once a minute: strangers can cause it as often as they like.
    fn warn(&self, work: Work) {
        if self.warning.is_due() {
            let work = match work {
                Work::SignIn(_) => "sign_in",
                Work::Refresh(_) => "refresh",
                Work::Revocation | Work::Other => "other",
            };
            tracing::warn!(
                work,
                "more is asked of the provider at once than it answers; some of it is turned away"
            );
        }
    }

    /// Whether a place could be had at once.
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
            Work::Revocation => (&self.others, 0),
            Work::Other => (&self.others, 1),
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
        drop(state);
        Waiting {
            line: Arc::clone(line),
            holder,
            position,
            place,
        }
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

    /// Changes what a holder has, and keeps the order of service right.
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
        }
        changed
    }

    /// Gives free places to those who are next.
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
            // Whoever goes leaves the line first, so that the place arrives.
            if let Some(waiter) = waiter {
                drop(waiter.send(place));
            }
        }
    }

    /// Too many wait: the holder with most of them loses the one that would be served last.
    fn send_one_away(&mut self, at_once: usize) {
        let waiting = |(_, share): &(&Holder, &Share)| share.waiting.len();
        if let Some(holder) = self
            .holders
            .iter()
            .max_by_key(waiting)
            .map(|(holder, _)| *holder)
        {
            self.waiting -= 1;
            // Its sender is dropped, which is what it waits for.
            self.change(holder, at_once, |share| share.waiting.pop_last());
        }
    }
}

impl Share {
    /// The places that it holds and its first in line, if that one may be served.
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
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.line.state();
        state.free += 1;
        state.change(self.holder, self.line.at_once, |share| share.held -= 1);
        state.serve(&self.line);
    }
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
