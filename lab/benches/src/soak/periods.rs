//! The incidents so far, by which an answer is judged.
//!
//! Rule: a request is excused by an incident that began before its answer, and was over before it was sent by no more than
//! the incident's time of recovery.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use tokio::time::Instant;

use super::incidents::{Concerns, Incident};

/// What Redis was told in the last second before it was killed is lost. A request may have begun a second before that.
const FORGOTTEN: Duration = Duration::from_secs(2);
/// How long the result of a refresh is kept for older cookies.
const OLD_COOKIES: Duration = Duration::from_secs(60);

/// All incidents, the present one last.
#[derive(Default)]
pub(super) struct Periods(Mutex<Vec<Period>>);

/// An incident that has happened.
pub(super) struct Period {
    incident: &'static Incident,
    began: Instant,
    ended: Option<Instant>,
    seen: Seen,
}

/// What visitors saw of it.
#[derive(Default)]
struct Seen {
    times: u32,
    later: u64,
    unanswered: u64,
    sign_ins: u64,
    slowest: Duration,
    /// From its end to the last request that was not answered as usual.
    recovery: Duration,
}

/// A request that was not answered as usual.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) at: Instant,
    pub(super) answered: Instant,
}

impl Period {
    fn excuses(&self, asked: Asked) -> bool {
        let recovers = Duration::from_secs(self.incident.recovers);
        self.began <= asked.answered && self.ended.is_none_or(|end| asked.at <= end + recovers)
    }

    fn saw(&mut self, asked: Asked) {
        let late = self.ended.map(|end| asked.answered.duration_since(end));
        let seen = &mut self.seen;
        seen.slowest = seen.slowest.max(asked.answered - asked.at);
        seen.recovery = seen.recovery.max(late.unwrap_or_default());
    }
}

impl Periods {
    /// An incident begins.
    pub(super) fn begin(&self, incident: &'static Incident) {
        self.all().push(Period {
            incident,
            began: Instant::now(),
            ended: None,
            seen: Seen::default(),
        });
    }

    /// It ends, and recovers.
    pub(super) fn end(&self) {
        self.all().last_mut().unwrap().ended = Some(Instant::now());
    }

    /// Whether a 503 is excused: of a request that needs refreshed tokens or a sign-in, or of any request.
    pub(super) fn excuse_later(&self, asked: Asked, needs_provider: bool) -> bool {
        let concerned =
            |period: &Period| needs_provider || period.incident.concerns == Concerns::Store;
        self.note(asked, concerned, |seen| seen.later += 1)
    }

    /// Notes a request without an answer, of an instance that was away.
    pub(super) fn unanswered(&self, asked: Asked) {
        self.note(asked, |_| true, |seen| seen.unanswered += 1);
    }

    /// Notes that a visitor must sign in again.
    pub(super) fn lost(&self, asked: Asked) {
        if let Some(period) = self.all().last_mut() {
            period.saw(asked);
            period.seen.sign_ins += 1;
        }
    }

    fn note(
        &self,
        asked: Asked,
        concerned: impl Fn(&Period) -> bool,
        count: impl Fn(&mut Seen),
    ) -> bool {
        let mut all = self.all();
        let mut latest = all.iter_mut().rev();
        let Some(period) = latest.find(|it| concerned(it) && it.excuses(asked)) else {
            return false;
        };
        period.saw(asked);
        count(&mut period.seen);
        true
    }

    /// Whether the store may have lost the result of a refresh that older cookies lead to.
    pub(super) fn may_forget_old_cookies(&self, asked: Asked) -> bool {
        let in_time = |end| asked.at <= end + OLD_COOKIES;
        self.all().iter().any(|period| {
            period.incident.concerns == Concerns::Store && period.ended.is_none_or(in_time)
        })
    }

    /// The incident that explains why the result of a use of a token was lost, except at an instance that was away.
    pub(super) fn explain_reuse(&self, at: Instant) -> Option<&'static str> {
        let all = self.all();
        let mut explaining = all.iter().filter(|period| {
            let lasted = period.began - FORGOTTEN <= at
                && period.ended.is_none_or(|end| at <= end + FORGOTTEN);
            lasted && matches!(period.incident.concerns, Concerns::Store | Concerns::Answer)
        });
        explaining.next().map(|period| period.incident.name)
    }

    /// Whether all of them are over, and what they caused.
    pub(super) fn are_over(&self) -> bool {
        let now = Instant::now();
        let asked = Asked {
            at: now,
            answered: now,
        };
        !self.all().iter().any(|period| period.excuses(asked))
    }

    /// How many incidents there were.
    pub(super) fn count(&self) -> usize {
        self.all().len()
    }

    fn all(&self) -> MutexGuard<'_, Vec<Period>> {
        self.0.lock().unwrap()
    }
}

impl fmt::Display for Periods {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut by_name: BTreeMap<&str, Seen> = BTreeMap::new();
        for Period { incident, seen, .. } in &*self.all() {
            let sum = by_name.entry(incident.name).or_default();
            sum.times += 1;
            sum.later += seen.later;
            sum.unanswered += seen.unanswered;
            sum.sign_ins += seen.sign_ins;
            sum.slowest = sum.slowest.max(seen.slowest);
            sum.recovery = sum.recovery.max(seen.recovery);
        }
        writeln!(
            f,
            "| incident | times | 503 | no answer | new sign-ins | longest wait of these | last of these after its end |\n\
             | --- | --: | --: | --: | --: | --: | --: |"
        )?;
        for (name, seen) in by_name {
            let Seen {
                times,
                later,
                unanswered,
                sign_ins,
                slowest,
                recovery,
            } = seen;
            let (slowest, recovery) = (slowest.as_secs_f64(), recovery.as_secs_f64());
            writeln!(
                f,
                "| {name} | {times} | {later} | {unanswered} | {sign_ins} | {slowest:.1} s | {recovery:.1} s |"
            )?;
        }
        Ok(())
    }
}
