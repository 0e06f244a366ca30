//! Opening the sessions of a request.
//!
//! Rules:
//! - A session is two segments in one value, `user.tokens`, each with a seal of its own. A request opens the first,
//!   which is small (`user.rs`). The second is opened only if a token is needed (`sealed_tokens.rs`).
//! - A session is accepted only within its times, even under a valid seal.
//! - An opened session is not yet believed: `found.rs` judges it by its revocation status.

use memchr::memchr;

use crate::cookies::scan;
use crate::cookies::vault::Vault;
use crate::request::head::Head;
use crate::seal::format::{MAX_OVERHEAD, OpenError};
use crate::session::device_cookie::{self, Showing, is_young};
use crate::session::found::{Opened, Shown};
use crate::session::lifetimes::{Lifetimes, MAX_SKEW};
use crate::session::refusal::SessionRefusal;
use crate::session::segment::Terms;
use crate::session::user::User;
use crate::session::write::MAX_SEGMENT_LEN;
use crate::values::timestamp::Timestamp;

/// The longest text of a first segment, rounded up to whole groups of four.
const MAX_TEXT_LEN: usize = (MAX_SEGMENT_LEN + MAX_OVERHEAD).next_multiple_of(3);
/// Most texts are no longer than this. A small buffer is ready sooner.
const USUAL_TEXT_LEN: usize = 384;

/// Opens the sessions of a request. For one session it allocates the [`User`] and nothing else.
pub(crate) fn open<H: Head>(vault: &Vault, head: &H, now: Timestamp) -> Opened {
    let mut opened = Opened::new(now);
    for value in scan::values(head, vault.cookies.session_name()) {
        match open_session(vault, value, now) {
            Ok(shown) => check_device(vault, head, shown, &mut opened),
            Err(refusal) => opened.refuse(refusal),
        }
    }
    opened
}

/// Adds a session. If it is bound to a device key, or has begun a moment ago, its device cookie is checked.
#[inline]
fn check_device<H: Head>(vault: &Vault, head: &H, mut shown: Shown, opened: &mut Opened) {
    let (session, now) = (&shown.session, opened.now());
    if session.is_bound() || (vault.binds_devices && is_young(session, now)) {
        match device_cookie::check(vault, head, &shown.user, session, now) {
            Showing::Plain => {}
            Showing::Young => shown.session = shown.session.bound(),
            Showing::Bound(user) => {
                shown.session = user.session();
                shown.user = user;
                shown.is_unsealed = true;
            }
            Showing::Unproven => return opened.refuse_unproven(shown.user),
        }
    }
    opened.add(shown);
}

fn open_session(vault: &Vault, value: &[u8], now: Timestamp) -> Result<Shown, SessionRefusal> {
    let text = first_text(value);
    let mut shown = Err(SessionRefusal::Damaged);
    let opened = open_user(vault, text, |terms| {
        shown = match untimely(terms, now) {
            None => Ok((terms.session(), terms.token_expires)),
            Some(refusal) => Err(refusal),
        };
        shown.is_ok()
    });
    match opened {
        Ok(user) => shown.map(|(session, token_expires)| Shown {
            user,
            session,
            token_expires,
            is_unsealed: false,
            is_former: false,
        }),
        Err(OpenError::Foreign) => Err(SessionRefusal::Foreign),
        Err(OpenError::Broken) => Err(shown.err().unwrap_or(SessionRefusal::Damaged)),
    }
}

/// The text of the first segment in a value.
fn first_text(value: &[u8]) -> &[u8] {
    memchr(b'.', value).map_or(value, |dot| &value[..dot])
}

/// The user of a session cookie that opens, believed or not.
pub(crate) fn user_of(vault: &Vault, value: &[u8]) -> Option<User> {
    open_user(vault, first_text(value), |_| true).ok()
}

/// The user of a first segment that opens and is accepted.
pub(crate) fn open_user(
    vault: &Vault,
    text: &[u8],
    accept: impl FnOnce(&Terms) -> bool,
) -> Result<User, OpenError> {
    if text.len() <= USUAL_TEXT_LEN {
        open_user_in(vault, &mut [0; USUAL_TEXT_LEN], text, accept)
    } else {
        open_user_in(vault, &mut [0; MAX_TEXT_LEN], text, accept)
    }
}

fn open_user_in(
    vault: &Vault,
    buffer: &mut [u8],
    text: &[u8],
    accept: impl FnOnce(&Terms) -> bool,
) -> Result<User, OpenError> {
    let body = vault.keys().open_session(text, buffer)?;
    User::open(body, accept).ok_or(OpenError::Broken)
}

/// Why a session's times are not accepted, if they are not.
fn untimely(terms: &Terms, now: Timestamp) -> Option<SessionRefusal> {
    if terms.issued > now.plus(MAX_SKEW) {
        return Some(SessionRefusal::Early);
    }
    let is_possible = terms.ends.seconds_since(terms.issued) <= Lifetimes::MAX;
    (!is_possible || terms.over() <= now).then_some(SessionRefusal::Over)
}

#[cfg(test)]
mod tests {
    use super::open;
    use crate::cookies::policy::CookiePolicy;
    use crate::cookies::vault::Vault;
    use crate::seal::key_ring::KeyRing;
    use crate::seal::protection::Protection;
    use crate::seal::purpose::Purpose;
    use crate::session::found::{AskStore, Checked, Found, Verdict};
    use crate::session::lifetimes::Lifetimes;
    use crate::session::refusal::SessionRefusal;
    use crate::session::segment::{Segment, Terms};
    use crate::session::status::{RevocationStatus, StoreAnswer};
    use crate::tests::request::Request;
    use crate::values::timestamp::Timestamp;

    const NOW: u64 = 1_893_456_000;
    /// The first of January of the year one million.
    const YEAR_MILLION: u64 = 31_494_784_780_800;

    fn vault() -> Vault {
        let keys = KeyRing::new(b"0123456789abcdefghijklmnopqrstuvwxyz", &[] as &[&[u8]]);
        let cookies = CookiePolicy::new(None, None).unwrap();
        Vault::new(&keys.unwrap(), cookies, Protection::Private, "client", None)
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
                is_bound: false,
                user_read: at(NOW),
                signed_in: at(NOW),
                data_version: 0,
            },
            user_id: "alex",
            name: "",
            email: "",
            scopes: "",
            claims: "",
            data: "",
            device: "",
        }
    }

    fn found_in(vault: &Vault, request: &Request) -> Found {
        let opened = open(vault, request, Timestamp::from_unix(NOW));
        match opened.check(|_, _| RevocationStatus::Live) {
            Checked::Found(found) => found,
            Checked::Ask(ask) => ask.answered(StoreAnswer::Live),
        }
    }

    /// The result for a request whose session has these times and a valid seal.
    fn found(segment: &Segment<'_>) -> Found {
        let vault = vault();
        let keys = vault.keys();
        let text = keys.seal(Purpose::Session, [1; 12], b"", &segment.encode());
        let request = Request::get("/").header("cookie", format!("__Host-fncy_session={text}."));
        found_in(&vault, &request)
    }

    #[test]
    fn k14_absurd_times_are_refused_even_under_a_valid_seal() {
        assert!(matches!(found(&segment()).verdict, Verdict::Live));
        let absurd = [0, YEAR_MILLION, 1_u64.wrapping_neg(), i64::MIN as u64];
        for time in absurd.map(Timestamp::from_unix) {
            let own = segment();
            let ends = with(Terms {
                ends: time,
                ..own.terms
            });
            // The idle end alone can't extend a session, but a past one ends it.
            let all = with(Terms {
                idle_ends: time,
                token_expires: time,
                ..ends.terms
            });
            let from_the_future = with(Terms {
                issued: time,
                ..all.terms
            });
            let is_future = time > Timestamp::from_unix(NOW);
            let early = if is_future {
                SessionRefusal::Early
            } else {
                SessionRefusal::Over
            };
            for (segment, refusal) in [
                (ends, SessionRefusal::Over),
                (all, SessionRefusal::Over),
                (from_the_future, early),
            ] {
                assert_eq!(
                    found(&segment).verdict,
                    Verdict::Refused(refusal),
                    "{time:?}"
                );
            }
        }
    }

    #[test]
    fn k07_two_generations_of_a_session_conflict() {
        let vault = vault();
        let keys = vault.keys();
        let [older, newer] = [0, 1].map(|generation| {
            let segment = with(Terms {
                generation,
                ..segment().terms
            });
            let text = keys.seal(Purpose::Session, [1; 12], b"", &segment.encode());
            format!("__Host-fncy_session={text}.")
        });
        for (second, is_live) in [(&older, true), (&newer, false)] {
            let request = Request::get("/").header("cookie", format!("{older}; {second}"));
            let found = found_in(&vault, &request);
            assert_eq!(matches!(found.verdict, Verdict::Live), is_live);
            let is_conflicting =
                matches!(found.verdict, Verdict::Refused(SessionRefusal::Conflicting));
            assert_eq!(is_conflicting, !is_live);
        }
    }

    /// A request that shows these generations of a session, of which the store must be asked about each.
    fn asking(generations: &[u32]) -> Box<AskStore> {
        let vault = vault();
        let keys = vault.keys();
        let cookies = generations.iter().map(|generation| {
            let segment = with(Terms {
                generation: *generation,
                ..segment().terms
            });
            let text = keys.seal(Purpose::Session, [1; 12], b"", &segment.encode());
            format!("__Host-fncy_session={text}.")
        });
        let cookies: Vec<_> = cookies.collect();
        let request = Request::get("/").header("cookie", cookies.join("; "));
        let opened = open(&vault, &request, Timestamp::from_unix(NOW));
        match opened.check(|_, _| RevocationStatus::Ask) {
            Checked::Ask(ask) => ask,
            Checked::Found(_) => panic!("the store was not asked"),
        }
    }

    #[test]
    fn k07_two_copies_of_a_revoked_session_are_revoked() {
        let found = asking(&[0, 0]).answered(StoreAnswer::Revoked);
        assert_eq!(found.verdict, Verdict::Refused(SessionRefusal::Revoked));
        assert!(!found.is_any());
    }

    #[test]
    fn l17_without_the_store_a_sign_out_ends_all_sessions_that_open() {
        for generations in [&[0][..], &[0, 1], &[0, 1, 2]] {
            let found = asking(generations).answered(StoreAnswer::Unknown);
            assert!(!found.is_live());
            let ended = found.into_all().map(|user| user.session().generation());
            assert_eq!(ended.count(), generations.len());
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
            let found = matches!(found(&segment).verdict, Verdict::Live);
            assert_eq!(found, is_live, "{issued}, {lasts}");
        }
    }
}
