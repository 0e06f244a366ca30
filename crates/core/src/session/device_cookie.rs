//! The device cookie: the proof, for a few minutes, that a browser holds the device key of a session.
//!
//! Rules:
//! - A bound session is believed only beside a device cookie of the same session and the same key.
//! - A session that is not bound yet, beside a device cookie of its own, is bound from then on. So a registration needs
//!   no session cookie: a browser sends none with it if a page of another site has caused it, as FNCY's has.
//! - A request that was on its way when its session was bound may still show the unbound copy. So a young session is
//!   judged as a bound one.
//! - The device cookie of an unbound copy is looked for while the session is young, and later only if this
//!   instance knows that its unbound copies are revoked. So it costs other sessions nothing.

use crate::cookies::vault::Vault;
use crate::request::head::Head;
use crate::seal::format::{NONCE_LEN, OVERHEAD};
use crate::seal::purpose::Purpose;
use crate::session::lifetimes::MAX_SKEW;
use crate::session::session_ref::SessionRef;
use crate::session::user::User;
use crate::values::codec::{Reader, Writer};
use crate::values::timestamp::Timestamp;

/// The life of a device cookie in the browser, in seconds.
///
/// Then the browser proves its key again, which takes one request. A copy of all cookies is good for this long, and for a
/// minute more, since clocks differ. Chromium signs six times in nine minutes at most, which is meant for this.
pub const DEVICE_COOKIE_LIFE: u64 = 5 * 60;
/// For this long after its sign-in, a session is judged as a bound one, in seconds: a minute, and a minute for clocks that
/// differ. A browser registers within a few seconds, and some devices take 20.
pub(crate) const YOUNG: u64 = 60 + MAX_SKEW;

/// The kind of the sealed text.
const KIND: &[u8] = b"device cookie";
/// A text as long as a thumbprint: SHA-256 in base64url.
pub(crate) const ANY_THUMBPRINT: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const THUMBPRINT_LEN: usize = ANY_THUMBPRINT.len();
/// The length of the body: session id, time, and a text with its length.
const LEN: usize = 16 + 8 + 2 + THUMBPRINT_LEN;
/// The longest text, rounded up to whole groups of four.
const MAX_TEXT_LEN: usize = (LEN + OVERHEAD).next_multiple_of(3);

/// The value of a session's device cookie, which is good for `DEVICE_COOKIE_LIFE` from now on.
pub(crate) fn seal(
    vault: &Vault,
    session: &SessionRef,
    thumbprint: &str,
    now: Timestamp,
    nonce: [u8; NONCE_LEN],
) -> String {
    let body = Writer::with_capacity(LEN)
        .raw(session.id().as_bytes())
        .number(now.plus(DEVICE_COOKIE_LIFE + MAX_SKEW).as_unix())
        .text(thumbprint)
        .into_bytes();
    vault.keys().seal(Purpose::Device, nonce, KIND, &body)
}

/// How a request shows a session, as far as device keys are concerned.
pub(crate) enum Showing {
    /// As it is.
    Plain,
    /// A young session, which is judged as a bound one.
    Young,
    /// The unbound copy of a session that is bound since. This is the user of the bound one.
    Bound(User),
    /// A bound session without its device cookie.
    Unproven,
}

/// Checks a session that is bound, or may have been bound since its cookie was written. Nothing is allocated for a bound
/// session.
pub(crate) fn check<H: Head>(
    vault: &Vault,
    head: &H,
    user: &User,
    session: &SessionRef,
    now: Timestamp,
) -> Showing {
    let id = session.id();
    let mut values = vault.cookies.device_values(head, id.as_bytes());
    let mut buffer = [0; MAX_TEXT_LEN];
    let proved = values.find_map(|value| {
        let keys = vault.keys();
        let body = keys.open(Purpose::Device, KIND, value, &mut buffer).ok()?;
        read(body, session, now, |thumbprint| {
            if session.is_bound() {
                (user.device() == thumbprint).then_some(Showing::Plain)
            } else {
                user.bound_to(thumbprint).map(Showing::Bound)
            }
        })
    });
    match proved {
        Some(showing) => showing,
        None if session.is_bound() => Showing::Unproven,
        None if is_young(session, now) => Showing::Young,
        None => Showing::Plain,
    }
}

/// The user of the bound session, if this is the user of an unbound copy and the browser has proved the key since.
pub(crate) fn bound_since<H: Head>(
    vault: &Vault,
    head: &H,
    user: &User,
    now: Timestamp,
) -> Option<User> {
    let session = user.session();
    if !vault.binds_devices || session.is_bound() {
        return None;
    }
    match check(vault, head, user, &session, now) {
        Showing::Bound(user) => Some(user),
        _ => None,
    }
}

/// Whether a session is judged as a bound one, since it has begun a moment ago.
#[inline]
pub(crate) fn is_young(session: &SessionRef, now: Timestamp) -> bool {
    now.seconds_since(session.issued()) < YOUNG
}

/// What a device cookie of this session means, while it is good.
fn read<T>(
    body: &[u8],
    session: &SessionRef,
    now: Timestamp,
    meaning: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let mut body = Reader::new(body);
    let is_of_session = body.array()? == session.id().as_bytes();
    let is_good = body.time()? > now;
    let thumbprint = body.text()?;
    let is_whole = body.is_empty() && thumbprint.len() == THUMBPRINT_LEN;
    if is_of_session && is_good && is_whole {
        meaning(thumbprint)
    } else {
        None
    }
}
