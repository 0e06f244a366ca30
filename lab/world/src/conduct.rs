//! What must be true of each instance, whatever people see of it: what it asks for, and what it hands out.

use std::collections::{HashMap, HashSet};
use std::mem::replace;

use http::Request;
use serde_json::Value;

use crate::browsers::{Visit, What};
use crate::faults::Fault;
use crate::ledger::Session;
use crate::network::wires::Answer;
use crate::rules::{BELIEVED, EXCHANGE, LEASE, SLACK, sets_session};
use crate::schedule::Time;
use crate::story::letter;
use crate::world::World;

/// Between two refreshes while the provider can't be reached.
const PROBE: Time = 1_000;
/// How long an outage of the provider counts.
const FORGIVEN: Time = 60_000;
/// The time from a look at the revocation list to the exchange that follows, and the time of a look.
const LOOK: Time = 3_000;
/// How long tasks of requests that were given up may still ask.
const LEFT: Time = 2_000;
/// How long an instance may be busy with the consequences of an outage of the store.
const OUTAGE: Time = 7_000;

/// What each process has done. It is forgotten when the process ends.
#[derive(Clone, Default)]
pub(crate) struct Conduct {
    /// When it first and last learned that the provider can't be reached.
    gone: Option<(Time, Time)>,
    /// When it last sent a refresh token, and the exchanges that are under way.
    refreshed: Time,
    refreshes: HashSet<u64>,
    /// When it last dropped a request that was given up.
    abandoned: Option<Time>,
    /// Until when the claim of each lease is under way.
    claims: HashMap<Vec<u8>, Time>,
    /// The newest generation of each session that it has handed out.
    newest: HashMap<usize, u32>,
    /// When it ended a session.
    ended: HashMap<usize, Time>,
}

impl World {
    /// An instance sends a request to the provider.
    pub(crate) fn judge_exchange(
        &mut self,
        instance: usize,
        time: Time,
        number: u64,
        request: &Request<Vec<u8>>,
    ) {
        let Some(token) = refresh_token(request) else {
            return;
        };
        let conduct = &mut self.conduct[instance];
        conduct.refreshes.insert(number);
        let before = replace(&mut conduct.refreshed, time);
        let gone = conduct.gone;
        let recently = time.saturating_sub(LOOK);
        let stood = self
            .faults
            .between(recently, time, |fault| fault.stops(instance));
        let is_gone = gone.is_some_and(|(first, last)| first < before && time < last + FORGIVEN);
        if is_gone && time < before + PROBE && !stood {
            let seen = format!("{} sent two after {before} ms", letter(instance));
            self.falls("one refresh a second tries a provider that is gone", seen);
        }
        let grant = self.provider.grant_of_refresh(&token);
        let of_grant = |session: &&Session| Some(session.grant) == grant;
        let Some(session) = self.ledger.sessions.iter().find(of_grant) else {
            return;
        };
        let is_over = session.promises.iter().any(|promised| {
            let told = promised.saturating_sub(BELIEVED + SLACK);
            told + LOOK < time && !self.is_forgotten(told, time)
        });
        if is_over && !stood {
            let seen = format!("{token} by {}", letter(instance));
            self.falls("no token of a revoked session is refreshed", seen);
        }
    }

    /// An answer of the provider to a refresh has reached an instance.
    pub(crate) fn learn_reach(&mut self, number: u64, is_gone: bool) {
        let conduct = &mut self.conduct[self.ledger.instance(number)];
        if conduct.refreshes.remove(&number) {
            let (first, _) = conduct.gone.unwrap_or((self.now, self.now));
            conduct.gone = is_gone.then_some((first, self.now));
        }
    }

    /// An instance asks the store for a lease.
    pub(crate) fn judge_claim(&mut self, instance: usize, time: Time, command: &[Vec<u8>]) {
        let Some(key) = claimed(command) else { return };
        let conduct = &mut self.conduct[instance];
        let under_way = conduct.claims.insert(key.to_vec(), Time::MAX);
        let left = conduct
            .abandoned
            .is_some_and(|abandoned| time < abandoned + LEFT);
        let hindered = |fault: Fault| fault.hinders_store_of(instance) || fault.stops(instance);
        let is_excused = left
            || self
                .faults
                .between(time.saturating_sub(OUTAGE), time, hindered);
        if under_way.is_some_and(|until| time < until) && !is_excused {
            let seen = format!("{} asks twice at once", letter(instance));
            self.falls("a process asks once for a lease", seen);
        }
    }

    /// The answer to a claim arrives at this time.
    pub(crate) fn learn_claim(&mut self, instance: usize, command: &[Vec<u8>], arrives: Time) {
        if let Some(key) = claimed(command) {
            self.conduct[instance].claims.insert(key.to_vec(), arrives);
        }
    }

    pub(crate) fn learn_abandoned(&mut self, instance: usize) {
        self.conduct[instance].abandoned = Some(self.now);
    }

    /// An instance has ended these sessions.
    pub(crate) fn learn_ended(&mut self, instance: usize, time: Time, sessions: &[usize]) {
        let ended = &mut self.conduct[instance].ended;
        for session in sessions {
            ended.entry(*session).or_insert(time);
        }
    }

    /// An answer with a new cookie of a session leaves an instance.
    pub(crate) fn judge_cookie(
        &mut self,
        instance: usize,
        time: Time,
        session: usize,
        generation: u32,
    ) {
        let conduct = &mut self.conduct[instance];
        let newest = conduct.newest.entry(session).or_default();
        let is_older = generation < *newest;
        *newest = generation.max(*newest);
        let ended = conduct.ended.get(&session);
        if ended.is_some_and(|ended| *ended < time) {
            let seen = format!("session {session} by {}", letter(instance));
            self.falls("no answer brings back a session that was ended here", seen);
        }
        if is_older {
            let seen = format!(
                "session {session}, generation {generation} by {}",
                letter(instance)
            );
            self.falls("no answer brings an older generation", seen);
        }
    }

    /// A page or an interface can't be shown: something is wrong, or was a moment ago.
    pub(crate) fn judge_unavailable(&mut self, visit: &Visit) {
        if !matches!(visit.what, What::Page | What::Api) {
            return;
        }
        let all = || 0..self.instances.len();
        let since = |time: Time| visit.arrived.saturating_sub(time);
        let hinders = |fault: Fault| all().any(|of| fault.hinders_store_of(of));
        let stops = |fault: Fault| all().any(|of| fault.stops(of));
        let jumps = |fault| fault == Fault::StoreClockJumps;
        let is_excused = self.faults.between(since(OUTAGE), self.now, hinders)
            || self
                .faults
                .between(since(OUTAGE), self.now, Fault::loses_data)
            || self
                .faults
                .between(since(FORGIVEN + EXCHANGE), self.now, Fault::is_of_provider)
            || self.faults.between(since(OUTAGE + LEASE), self.now, stops)
            || self.faults.between(0, self.now, jumps);
        if !is_excused {
            let seen = format!("{} of {} ms", visit.path(), visit.arrived);
            self.falls("what is well again is shown again", seen);
        }
    }

    /// A process has ended.
    pub(crate) fn forget_conduct(&mut self, instance: usize) {
        self.conduct[instance] = Conduct::default();
    }
}

/// Whether an answer sets a cookie of its session, and which generation it has.
pub(crate) fn generation_of(answer: &Answer) -> Option<u32> {
    let generation = answer.headers.get("x-generation");
    let generation = generation.filter(|_| sets_session(answer))?;
    generation.to_str().ok()?.parse().ok()
}

/// The refresh token that a request to the provider brings.
fn refresh_token(request: &Request<Vec<u8>>) -> Option<String> {
    let body: Value = serde_json::from_slice(request.body()).ok()?;
    Some(body.get("refresh_token")?.as_str()?.to_owned())
}

/// The lease that a command claims: `claim.lua` alone has three keys and three arguments that begin with a version.
fn claimed(command: &[Vec<u8>]) -> Option<&[u8]> {
    let lease = command.get(3).filter(|key| key.ends_with(b":lease"))?;
    (command.len() == 9 && lease.windows(9).any(|part| part == b"{refresh:")).then_some(lease)
}
