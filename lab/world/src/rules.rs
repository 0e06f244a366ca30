//! What must be true, whatever happens. `docs/scale.md` names the exceptions.

use std::collections::BTreeMap;

use crate::browsers::{Visit, What};
use crate::faults::Fault;
use crate::instance::handler_time;
use crate::ledger::{Ledger, Session, Shown};
use crate::network::wires::Answer;
use crate::provider::Use;
use crate::schedule::Time;
use crate::story::letter;
use crate::world::World;

/// The time for all that a request causes, without the handler's own.
const DEADLINE: Time = 15_000;
/// How late a timer may be.
pub(crate) const SLACK: Time = 500;
/// How long other instances may believe a session that was revoked.
pub(crate) const BELIEVED: Time = 5_000;
/// How long instances take to tell a store what it has lost: a reading of the log may fail, and the next one shows it.
const TOLD_AGAIN: Time = 2_500;
/// The deadline of one exchange.
pub(crate) const EXCHANGE: Time = 10_000;
/// How long a lease lasts.
pub(crate) const LEASE: Time = 30_000;
/// How long older generations are valid after a newer one was shown.
const GRACE: Time = 60_000;
/// How far a user's entry reaches ahead.
const AHEAD: Time = 60_000;

/// A sign-out of all sessions of a user.
pub(crate) struct Everywhere {
    user: &'static str,
    asked: Time,
    /// When all instances know of it, if its answer has promised that.
    known: Option<Time>,
}

impl World {
    /// Each answer comes within its deadline, unless its instance stood still.
    pub(crate) fn judge_time(&mut self, instance: usize, time: Time, number: u64) {
        let visit = &self.visits[&number];
        let (arrived, stops) = (visit.arrived, |fault: Fault| fault.stops(instance));
        let took = time - arrived;
        let deadline = DEADLINE + handler_time(visit.path()) + SLACK;
        if took > deadline && !self.faults.between(arrived, time, stops) {
            let seen = format!("{} took {took} ms at {}", visit.path(), letter(instance));
            self.falls("each answer comes within its deadline", seen);
        }
    }

    /// A code or a refresh token that was used up has come again.
    pub(crate) fn judge_second_use(&mut self, secret: &str, first: Use, instance: usize) {
        let (now, holder) = (self.now, first.instance);
        let arrival = self.ledger.arrival(first.exchange);
        let is_lost = arrival.is_none() && now > first.at + EXCHANGE;
        let answered = arrival.unwrap_or(now);
        let stopped = |fault: Fault| fault.stops(holder);
        let kept = |fault: Fault| fault.hinders_store_of(holder);
        // Its holder tries to leave the outcome as long as it has the lease.
        let could_leave = self.faults.over(answered, kept) + 2_000 < first.at + LEASE;
        let excuse = if is_lost || self.ledger.is_failed(first.exchange) {
            "its answer was lost"
        } else if self.faults.between(first.at, now, stopped) {
            "its holder stopped"
        } else if self.faults.between(first.at, now, Fault::loses_data) {
            "the store has lost its data"
        } else if !could_leave {
            "its outcome could not be left in the store"
        } else {
            let seen = format!(
                "{secret} came from {} at {} ms and from {} at {now} ms",
                letter(holder),
                first.at,
                letter(instance)
            );
            self.falls("no code or refresh token is sent twice", seen);
            return;
        };
        self.count("secrets sent twice, with an excuse");
        self.tell(|| format!("{secret} came twice: {excuse}"));
    }

    /// Learns the sessions of the cookies in an answer.
    pub(crate) fn learn(&mut self, visit: &Visit, answer: &Answer) {
        let before = self.ledger.shown(visit.cookies.as_deref());
        let generation = header(answer, "x-generation").and_then(|text| text.parse().ok());
        let lines = answer.headers.get_all("set-cookie").iter();
        let lines = lines.filter_map(|line| line.to_str().ok());
        for line in lines.filter(|line| Ledger::is_session(line)) {
            if self.ledger.known(line).is_some() {
                continue;
            }
            let shown = match (visit.what, before) {
                (What::Callback, _) => self.new_session(visit),
                (_, Some(before)) => Some(Shown {
                    generation: generation.unwrap_or(before.generation + 1),
                    ..before
                }),
                (_, None) => None,
            };
            match shown {
                Some(shown) => self.ledger.learn(line, shown),
                None => {
                    let seen = format!("{} has set one", visit.path());
                    self.falls("no cookie comes from nowhere", seen);
                }
            }
        }
    }

    fn new_session(&mut self, visit: &Visit) -> Option<Shown> {
        let grant = self.provider.grant_of(&visit.parameter("code")?)?;
        let user = self.browsers[visit.browser].user;
        let session = self.ledger.sessions.len();
        self.ledger.sessions.push(Session {
            user,
            grant,
            began: visit.arrived,
            generations: BTreeMap::new(),
            is_to_end: false,
            promises: Vec::new(),
        });
        self.tell(|| format!("session {session} of {user} begins"));
        Some(Shown {
            session,
            generation: 0,
        })
    }

    /// Notes which sessions a request is to end. From now on they may have ended.
    pub(crate) fn note_request(&mut self, number: u64) {
        for session in self.sessions_to_end(number) {
            self.ledger.sessions[session].is_to_end = true;
        }
        let visit = &self.visits[&number];
        if visit.what == What::Everywhere {
            let user = self.browsers[visit.browser].user;
            self.everywhere.push(Everywhere {
                user,
                asked: self.now,
                known: None,
            });
        }
    }

    /// Notes which sessions an answer promises to have ended.
    pub(crate) fn note_promise(
        &mut self,
        instance: usize,
        time: Time,
        number: u64,
        answer: &Answer,
    ) {
        let is_done = match self.visits[&number].what {
            What::SignOut => answer.status == 303,
            // A callback whose code is spent ends no session, nor does one that shows a copy from before a refresh.
            What::Callback => sets_session(answer) && !self.shows_copy(number),
            What::Everywhere => answer.status == 200,
            What::Page | What::Api => false,
        };
        if !is_done {
            return;
        }
        let sessions = self.sessions_to_end(number);
        self.learn_ended(instance, time, &sessions);
        if let Some(promised) = self.promise(instance, time) {
            for session in sessions {
                self.ledger.sessions[session].promises.push(promised);
            }
            let (asked, user) = (
                self.visits[&number].arrived,
                self.browsers[self.visits[&number].browser].user,
            );
            let mut all = self.everywhere.iter_mut();
            if let Some(one) = all.find(|one| one.user == user && one.asked == asked) {
                one.known = Some(promised);
            }
        }
    }

    /// The sessions that a request is to end.
    fn sessions_to_end(&self, number: u64) -> Vec<usize> {
        let visit = &self.visits[&number];
        let Some(shown) = self.ledger.shown(visit.cookies.as_deref()) else {
            return Vec::new();
        };
        let user = self.browsers[visit.browser].user;
        let all = self.ledger.sessions.iter().enumerate();
        match visit.what {
            What::Page | What::Api => Vec::new(),
            // A callback that comes again brings the session that it has begun.
            What::Callback if self.is_own_callback(number, shown) => Vec::new(),
            What::Everywhere => {
                let of_user = all.filter(|(_, session)| session.user == user);
                of_user.map(|(number, _)| number).collect()
            }
            What::Callback | What::SignOut => vec![shown.session],
        }
    }

    /// Whether a request shows a generation before one that was shown.
    fn shows_copy(&self, number: u64) -> bool {
        let shown = self.ledger.shown(self.visits[&number].cookies.as_deref());
        shown.is_some_and(|shown| {
            let session = &self.ledger.sessions[shown.session];
            session.is_outdated(shown.generation, self.now + SLACK, 0)
        })
    }

    /// Whether a callback is the one that has begun this session.
    fn is_own_callback(&self, number: u64, shown: Shown) -> bool {
        let code = self.visits[&number].parameter("code");
        let grant = code.and_then(|code| self.provider.grant_of(&code));
        grant == Some(self.ledger.sessions[shown.session].grant)
    }

    /// When no instance believes a session that this one has revoked now.
    fn promise(&self, instance: usize, time: Time) -> Option<Time> {
        let hindered = |fault: Fault| fault.hinders_store_of(instance) || fault.stops(instance);
        let told = self.faults.over(time, hindered) + SLACK;
        let killed = |fault| fault == Fault::Killed(instance);
        let is_lost = self.faults.between(time, told + 1_000, killed);
        (!is_lost).then_some(told + BELIEVED + SLACK)
    }

    /// Looks at an answer that has reached its browser.
    pub(crate) fn judge(&mut self, visit: &Visit, answer: &Answer) {
        let shown = self.ledger.shown(visit.cookies.as_deref());
        let status = answer.status;
        match (visit.what, status) {
            (What::Page | What::Api | What::Everywhere, 200) => {
                self.judge_page(visit, answer, shown);
            }
            (What::Page, 303) | (What::Api | What::Everywhere, 401) => {
                self.count("requests without a user");
                self.judge_refusal(visit, shown);
            }
            (What::SignOut, 303) => self.count("sign-outs"),
            (What::Callback, 303) => {}
            (_, 503) => {
                self.count("answers 503");
                self.judge_unavailable(visit);
                if !answer.headers.contains_key("retry-after") && visit.what != What::Everywhere {
                    let seen = format!("{} has none", visit.path());
                    self.falls("each 503 has a Retry-After", seen);
                }
            }
            (What::Callback, 400 | 502 | 504) => self.count("sign-ins that failed"),
            _ => {
                let code = answer.code.unwrap_or("no code");
                let seen = format!("{} is answered {status} with {code}", visit.path());
                self.falls("no answer is a surprise", seen);
            }
        }
        if visit.is_last && status != 200 {
            let seen = format!("{} is answered {status}", visit.path());
            self.falls("all is well at the end", seen);
        }
    }

    fn judge_page(&mut self, visit: &Visit, answer: &Answer, shown: Option<Shown>) {
        self.count("pages with a user");
        let own = self.browsers[visit.browser].user;
        let user = header(answer, "x-user").unwrap_or_default();
        if user != own {
            let seen = format!("{own} was shown {user}");
            self.falls("no one sees another's user", seen);
        }
        let token = header(answer, "x-token").unwrap_or_default();
        if self.provider.user_of(token) != Some(own) {
            let seen = format!("a handler got {token} for {own}");
            self.falls("no handler gets another's token", seen);
        }
        let Some(shown) = shown else {
            let seen = format!("{} for {user}", visit.path());
            return self.falls("no user without a session", seen);
        };
        let session = &self.ledger.sessions[shown.session];
        let is_over = session.promises.iter().any(|promised| {
            *promised < visit.arrived && !self.is_forgotten(promised - BELIEVED, visit.arrived)
        });
        if is_over {
            let instance = visit.instance.map_or('?', letter);
            let seen = format!("session {} of {user} at {instance}", shown.session);
            self.falls(
                "no revoked session is believed for longer than promised",
                seen,
            );
        }
    }

    /// Whether the store has lost what it was told, and no instance that knew it could tell it again.
    pub(crate) fn is_forgotten(&self, told: Time, now: Time) -> bool {
        let mut losses = self.faults.all().iter().filter(|planned| {
            let loses = [Fault::StoreIsEmptied, Fault::StoreFailsOver];
            loses.contains(&planned.fault) && planned.until <= now && told <= planned.until + SLACK
        });
        losses.any(|lost| {
            let mut instances = 0..self.instances.len();
            !instances.any(|of| {
                let hindered = |fault: Fault| fault.hinders_store_of(of) || fault.stops(of);
                let told_again = self.faults.over(lost.until, hindered) + TOLD_AGAIN;
                let killed = |fault| fault == Fault::Killed(of);
                let knew = lost.from.saturating_sub(TOLD_AGAIN);
                told_again <= now && !self.faults.between(knew, told_again, killed)
            })
        })
    }

    /// Whether a sign-out everywhere may have ended a session that began after it. Once all instances know of it, an
    /// instance that begins a session tells the store.
    fn is_reached(&self, session: &Session) -> bool {
        let lost = self
            .faults
            .between(session.began, self.now, Fault::loses_data);
        let signing_in = session.began + DEADLINE;
        let instances = 0..self.instances.len();
        let untold = instances.into_iter().any(|of| {
            let hindered = |fault: Fault| fault.hinders_store_of(of) || fault.stops(of);
            self.faults.between(session.began, signing_in, hindered)
        });
        self.everywhere.iter().any(|one| {
            let known = one.known.filter(|_| !lost && !untold);
            let reach = known.unwrap_or(one.asked + AHEAD + BELIEVED + 2 * 25_000);
            one.user == session.user && session.began < reach
        })
    }

    /// A request without a user must have no session that lives.
    fn judge_refusal(&mut self, visit: &Visit, shown: Option<Shown>) {
        let Some(shown) = shown else { return };
        let session = &self.ledger.sessions[shown.session];
        // The store counts the grace by its own clock.
        let jumped = |fault| fault == Fault::StoreClockJumps;
        let grace = match self.faults.between(session.began, self.now, jumped) {
            true => 0,
            false => GRACE,
        };
        let is_outdated = session.is_outdated(shown.generation, self.now + SLACK, grace);
        let is_reached = self.is_reached(session);
        let is_refused = self.provider.ended(session.grant).is_some();
        if !session.is_to_end && !is_outdated && !is_refused && !is_reached {
            let instance = visit.instance.map_or('?', letter);
            let seen = format!(
                "session {} of {}, generation {} of {}, at {instance}",
                shown.session,
                session.user,
                shown.generation,
                session.newest()
            );
            self.falls("nobody is signed out by a fault", seen);
        }
    }
}

/// Whether an answer sets a session's cookie.
pub(crate) fn sets_session(answer: &Answer) -> bool {
    let mut lines = answer.headers.get_all("set-cookie").iter();
    lines.any(|line| line.to_str().is_ok_and(Ledger::is_session))
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.get(name)?.to_str().ok()
}
