//! The session: who is signed in and with which tokens, in cookies.
//!
//! Rules:
//! - Two segments in one value, `user.tokens`, each sealed by itself. A request opens the first,
//!   which is small (`user.rs`); the second is opened only by who asks for tokens (`tokens.rs`).
//! - Two different sessions that both open are none: nothing says which one is the browser's own.
//! - An ended session is dead, whatever its cookie says. One of which nobody can say whether it was
//!   ended is nobody's, and its cookie stays.
//! - A cookie from before a refresh whose refreshed was shown a minute ago is dead too, and stays: the
//!   browser that sends it late may hold the newer one.

use memchr::memchr;

use crate::cookies::scan;
use crate::cookies::vault::Vault;
use crate::reply::event::SessionRefusal;
use crate::request::head::Head;
use crate::seal::{MAX_OVERHEAD, OpenError};
use crate::session::user::{SessionRef, Terms, User};
use crate::session::write::MAX_SEGMENT_LEN;
use crate::values::timestamp::Timestamp;

/// The first segment's limit as text, rounded up to whole groups of four.
const MAX_TEXT_LEN: usize = (MAX_SEGMENT_LEN + MAX_OVERHEAD).next_multiple_of(3);
/// Most are no longer than this: a small buffer is ready sooner.
const USUAL_TEXT_LEN: usize = 384;
/// Instances' clocks differ: a session issued this far ahead is still believed. Seconds.
pub const MAX_SKEW: u64 = 60;

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    absolute: u64,
    idle: u64,
}

impl Lifetimes {
    /// No session lasts longer than this, in seconds: 30 days.
    pub const MAX: u64 = 30 * 24 * 60 * 60;

    /// Seconds from the sign-in to the end, whatever happens (a week by default), and seconds
    /// without a request (a day by default). Both are at most [`Lifetimes::MAX`].
    #[must_use]
    pub fn new(absolute: u64, idle: u64) -> Self {
        let absolute = absolute.min(Self::MAX);
        Self {
            absolute,
            idle: idle.min(absolute),
        }
    }

    pub(crate) fn ends(self, issued: Timestamp) -> Timestamp {
        issued.plus(self.absolute)
    }

    /// The idle end of a session that is used now.
    pub(crate) fn idle_ends(self, ends: Timestamp, now: Timestamp) -> Timestamp {
        now.plus(self.idle).min(ends)
    }

    /// Whether a session's idle time should be moved on: a tenth of it has passed.
    pub(crate) fn is_roll_due(self, terms: &Terms, now: Timestamp) -> bool {
        now.plus(self.idle - self.idle / 10) >= terms.idle_ends && terms.idle_ends < terms.ends
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self::new(7 * 24 * 60 * 60, 24 * 60 * 60)
    }
}

/// When a request came, and what is known of sessions then.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// The time.
    pub now: Timestamp,
    /// What is known of a session beside its cookie.
    pub standing: &'a dyn Fn(&Shown<'_>) -> Standing,
}

/// A session as a request's cookie shows it, before it is believed.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// Names the session and its generation.
    pub session: SessionRef,
    /// Whose it is.
    pub user_id: &'a str,
    /// Whether its access token has expired. A session is refreshed when its access token is about to
    /// expire, so only a session with an expired access token can be outdated.
    pub has_expired: bool,
}

/// What is known of a session beside its cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has ended it.
    Live,
    /// It was ended early, by a sign-out.
    Ended,
    /// A newer generation of it was shown more than a minute ago.
    Outdated,
    /// Whoever knows can't be asked.
    Unknown,
}

/// What a request's cookies say of its session.
pub(crate) enum Found {
    /// There is one.
    Live(User),
    /// There is one, unless it was ended.
    Unknown,
    /// What came is not believed.
    Refused(SessionRefusal),
    /// There is none.
    Absent,
}

impl Found {
    /// Whether the browser sent a session's cookie that opens, be the session ended or not: it keeps them. One
    /// whose time is over may have been so when it came, by a clock that is wrong.
    pub(crate) fn sticks(&self) -> bool {
        match self {
            Self::Live(_) | Self::Unknown => true,
            Self::Refused(refusal) => {
                matches!(
                    refusal,
                    SessionRefusal::Conflicting | SessionRefusal::Ended | SessionRefusal::Outdated
                )
            }
            Self::Absent => false,
        }
    }

    pub(crate) fn is_live(&self) -> bool {
        matches!(self, Self::Live(_))
    }

    pub(crate) fn into_user(self) -> Option<User> {
        match self {
            Self::Live(user) => Some(user),
            Self::Unknown | Self::Refused(_) | Self::Absent => None,
        }
    }
}

impl Vault {
    /// The session of a request. Allocates the [`User`] and nothing else.
    pub(crate) fn session<H: Head>(&self, head: &H, moment: Moment<'_>) -> Found {
        let mut live: Option<(User, Standing)> = None;
        let mut refused = None;
        for value in scan::values(head, self.cookies.session_name()) {
            match self.open_session(value, moment) {
                Ok(found) => match &live {
                    Some((other, _)) if other.session() != found.0.session() => {
                        return Found::Refused(SessionRefusal::Conflicting);
                    }
                    _ => live = Some(found),
                },
                // What another instance may know stays, whatever else is there.
                Err(_) if refused == Some(SessionRefusal::Foreign) => {}
                Err(refusal) => refused = Some(refusal),
            }
        }
        match live {
            Some((_, Standing::Unknown)) => Found::Unknown,
            Some((user, _)) => Found::Live(user),
            None => refused.map_or(Found::Absent, Found::Refused),
        }
    }

    /// All sessions of a request that open and were not ended, those included of which nobody can say whether they
    /// were, and those that are none beside another: for their end.
    pub(crate) fn sessions<H: Head>(&self, head: &H, moment: Moment<'_>) -> Vec<User> {
        let values = scan::values(head, self.cookies.session_name());
        let opened = values.filter_map(|value| self.open_session(value, moment).ok());
        opened.map(|(user, _)| user).collect()
    }

    fn open_session(
        &self,
        value: &[u8],
        moment: Moment<'_>,
    ) -> Result<(User, Standing), SessionRefusal> {
        let text = memchr(b'.', value).map_or(value, |dot| &value[..dot]);
        let mut verdict = Err(SessionRefusal::Damaged);
        let opened = self.open_user(text, |terms, user_id| {
            verdict = judge(terms, user_id, moment);
            verdict.is_ok()
        });
        match (opened, verdict) {
            (Ok(user), Ok(standing)) => Ok((user, standing)),
            (Err(OpenError::Foreign), _) => Err(SessionRefusal::Foreign),
            (_, verdict) => Err(verdict.err().unwrap_or(SessionRefusal::Damaged)),
        }
    }

    /// The user of a first segment that opens and is accepted.
    pub(crate) fn open_user(
        &self,
        text: &[u8],
        accept: impl FnOnce(&Terms, &str) -> bool,
    ) -> Result<User, OpenError> {
        if text.len() <= USUAL_TEXT_LEN {
            self.open_user_in(&mut [0; USUAL_TEXT_LEN], text, accept)
        } else {
            self.open_user_in(&mut [0; MAX_TEXT_LEN], text, accept)
        }
    }

    fn open_user_in(
        &self,
        buffer: &mut [u8],
        text: &[u8],
        accept: impl FnOnce(&Terms, &str) -> bool,
    ) -> Result<User, OpenError> {
        let body = self.keys().open_session(&self.session_aad, text, buffer)?;
        User::open(body, accept).ok_or(OpenError::Broken)
    }
}

/// Whether a session that opens is believed.
fn judge(terms: &Terms, user_id: &str, moment: Moment<'_>) -> Result<Standing, SessionRefusal> {
    let is_current = terms.issued <= moment.now.plus(MAX_SKEW)
        && terms.ends.seconds_since(terms.issued) <= Lifetimes::MAX
        && terms.over() > moment.now;
    if !is_current {
        return Err(SessionRefusal::Over);
    }
    let shown = Shown {
        session: terms.session(),
        user_id,
        has_expired: terms.token_expires <= moment.now,
    };
    match (moment.standing)(&shown) {
        Standing::Ended => Err(SessionRefusal::Ended),
        Standing::Outdated => Err(SessionRefusal::Outdated),
        standing => Ok(standing),
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, Lifetimes, Moment, Standing};
    use crate::cookies::policy::CookiePolicy;
    use crate::cookies::vault::Vault;
    use crate::reply::event::SessionRefusal;
    use crate::seal::Protection;
    use crate::seal::key_ring::{KeyRing, Purpose};
    use crate::session::user::{Segment, Terms};
    use crate::testing::Request;
    use crate::values::timestamp::Timestamp;

    const NOW: u64 = 1_893_456_000;
    /// The first of January of the year one million.
    const YEAR_MILLION: u64 = 31_494_784_780_800;

    fn vault() -> Vault {
        let keys = KeyRing::new(b"0123456789abcdefghijklmnopqrstuvwxyz", &[] as &[&[u8]]);
        let cookies = CookiePolicy::new(None, None).unwrap();
        Vault::new(keys.unwrap(), cookies, Protection::Private, "client", None)
    }

    fn with(terms: Terms) -> Segment<'static> {
        Segment { terms, ..segment() }
    }

    fn segment() -> Segment<'static> {
        let at = Timestamp::from_unix;
        Segment {
            terms: Terms {
                session_id: [1; 16],
                chunks: 1,
                generation: 0,
                issued: at(NOW),
                ends: at(NOW + Lifetimes::MAX),
                idle_ends: at(NOW + 1),
                token_expires: at(NOW + 1),
                token_life: 1,
                can_refresh: true,
                user_read: at(NOW),
            },
            user_id: "alex",
            name: "",
            email: "",
            scopes: "",
            claims: "",
            data: "",
        }
    }

    /// What a request finds whose session has these times, under a seal that is right.
    fn found(segment: &Segment<'_>) -> Found {
        let vault = vault();
        let (keys, aad) = (vault.keys(), &vault.session_aad);
        let text = keys.seal(Purpose::Session, [1; 12], aad, &segment.encode());
        let request = Request::get("/").header("cookie", format!("__Host-fncy_session={text}."));
        let moment = Moment {
            now: Timestamp::from_unix(NOW),
            standing: &|_| Standing::Live,
        };
        vault.session(&request, moment)
    }

    #[test]
    fn k14_absurd_times_are_refused_even_under_a_right_seal() {
        assert!(matches!(found(&segment()), Found::Live(_)));
        let absurd = [0, YEAR_MILLION, 1_u64.wrapping_neg(), i64::MIN as u64];
        for time in absurd.map(Timestamp::from_unix) {
            let own = segment();
            let ends = with(Terms {
                ends: time,
                ..own.terms
            });
            // The idle end alone can't keep a session, and one that has come ends it.
            let all = with(Terms {
                idle_ends: time,
                token_expires: time,
                ..ends.terms
            });
            let from_the_future = with(Terms {
                issued: time,
                ..all.terms
            });
            for segment in [ends, all, from_the_future] {
                let found = found(&segment);
                assert!(
                    matches!(found, Found::Refused(SessionRefusal::Over)),
                    "{time:?}"
                );
            }
        }
    }

    #[test]
    fn k07_two_generations_of_a_session_are_none() {
        let vault = vault();
        let (keys, aad) = (vault.keys(), &vault.session_aad);
        let [older, newer] = [0, 1].map(|generation| {
            let segment = with(Terms {
                generation,
                ..segment().terms
            });
            let text = keys.seal(Purpose::Session, [1; 12], aad, &segment.encode());
            format!("__Host-fncy_session={text}.")
        });
        for (second, is_live) in [(&older, true), (&newer, false)] {
            let request = Request::get("/").header("cookie", format!("{older}; {second}"));
            let moment = Moment {
                now: Timestamp::from_unix(NOW),
                standing: &|_| Standing::Live,
            };
            let found = vault.session(&request, moment);
            assert_eq!(matches!(found, Found::Live(_)), is_live);
            let is_conflicting = matches!(found, Found::Refused(SessionRefusal::Conflicting));
            assert_eq!(is_conflicting, !is_live);
        }
    }

    #[test]
    fn k14_no_session_outlives_the_longest_lifetime() {
        let own = segment();
        let day = 24 * 60 * 60;
        for (issued, lasts, is_live) in [
            (NOW, Lifetimes::MAX, true),
            (NOW, Lifetimes::MAX + 1, false),
            (NOW + 60, Lifetimes::MAX, true),
            (NOW + 61, Lifetimes::MAX, false),
            (NOW - day, day, false),
            (NOW - day, day + 1, true),
        ] {
            let segment = with(Terms {
                issued: Timestamp::from_unix(issued),
                ends: Timestamp::from_unix(issued + lasts),
                idle_ends: Timestamp::from_unix(u64::MAX),
                ..own.terms
            });
            let found = matches!(found(&segment), Found::Live(_));
            assert_eq!(found, is_live, "{issued}, {lasts}");
        }
    }
}
