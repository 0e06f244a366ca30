//! Sealed texts that browsers keep for us: offers, challenges and the names of bindings.
//!
//! Rule: each kind has associated data of its own, so that none takes the place of another.

use crate::cookies::vault::Vault;
use crate::device::device_key::DeviceKey;
use crate::seal::format::{NONCE_LEN, OVERHEAD_LOGIN, SALT_LEN};
use crate::seal::purpose::Purpose;
use crate::session::device_cookie::DEVICE_COOKIE_LIFE;
use crate::session::lifetimes::MAX_SKEW;
use crate::session::session_ref::{SessionId, SessionRef};
use crate::values::codec::{Reader, Writer};
use crate::values::timestamp::Timestamp;

const OFFER: &[u8] = b"device offer";
const CHALLENGE: &[u8] = b"device challenge";
/// Time and session id, in bytes.
const CHALLENGE_LEN: usize = 8 + 16;
const BINDING: &[u8] = b"device binding";

/// How long a challenge may be answered, in seconds: twice the life of a device cookie. The browser gets the next challenge
/// with each cookie, and answers it when the cookie is gone, without asking for another one first.
pub const DEVICE_CHALLENGE_LIFE: u64 = 2 * DEVICE_COOKIE_LIFE;

/// A session that a key may be bound to, and its user.
pub(crate) struct Bindable {
    pub(crate) session: SessionRef,
    pub(crate) user_id: String,
}

/// A session and the key that it is bound to.
pub(crate) struct Binding {
    pub(crate) bindable: Bindable,
    pub(crate) key: DeviceKey,
}

impl Bindable {
    fn write_to(&self, body: Writer) -> Writer {
        body.raw(self.session.id().as_bytes())
            .number(self.session.issued().as_unix())
            .number(self.session.ends().as_unix())
            .text(&self.user_id)
    }

    fn read_from(body: &mut Reader<'_>) -> Option<Self> {
        let id = SessionId::from_bytes(*body.array()?);
        Some(Self {
            session: SessionRef::new(id, 0, body.time()?, body.time()?),
            user_id: body.text()?.to_owned(),
        })
    }
}

/// The challenge of a registration. It names the session.
pub(crate) fn offer(
    vault: &Vault,
    bindable: &Bindable,
    now: Timestamp,
    nonce: [u8; NONCE_LEN],
) -> String {
    let body = bindable.write_to(Writer::with_capacity(128).number(now.as_unix()));
    seal(vault, OFFER, body, nonce)
}

/// The session of an offer that is not too old.
pub(crate) fn open_offer(vault: &Vault, text: &str, now: Timestamp) -> Option<Bindable> {
    open(vault, OFFER, text, |body| {
        let is_fresh = is_fresh(body.time()?, now);
        Bindable::read_from(body).filter(|_| is_fresh)
    })
}

/// A challenge for the key of a bound session. Each is sealed with a key of its own: a browser may ask for any number of
/// them, and random nonces under one key would run out.
pub(crate) fn challenge(
    vault: &Vault,
    session: &SessionRef,
    now: Timestamp,
    salt: [u8; SALT_LEN],
) -> String {
    let body = Writer::with_capacity(CHALLENGE_LEN)
        .number(now.as_unix())
        .raw(session.id().as_bytes());
    vault.keys().seal_login(salt, CHALLENGE, &body.into_bytes())
}

/// Whether a text is a challenge for the key of this session, and not too old.
pub(crate) fn is_challenge(
    vault: &Vault,
    text: &str,
    session: &SessionRef,
    now: Timestamp,
) -> bool {
    let mut buffer = [0; (CHALLENGE_LEN + OVERHEAD_LOGIN).next_multiple_of(3)];
    let opened = vault
        .keys()
        .open_login(CHALLENGE, text.as_bytes(), &mut buffer);
    opened.is_ok_and(|body| {
        let mut body = Reader::new(body);
        let is_fresh = body.time().is_some_and(|at| is_fresh(at, now));
        is_fresh && body.array() == Some(session.id().as_bytes()) && body.is_empty()
    })
}

/// The name of a binding, which the browser sends with each refresh.
pub(crate) fn binding(vault: &Vault, binding: &Binding, nonce: [u8; NONCE_LEN]) -> String {
    let body = binding.bindable.write_to(Writer::with_capacity(192));
    seal(vault, BINDING, body.raw(binding.key.as_bytes()), nonce)
}

/// The binding of a name.
pub(crate) fn open_binding(vault: &Vault, text: &str) -> Option<Binding> {
    open(vault, BINDING, text, |body| {
        Some(Binding {
            bindable: Bindable::read_from(body)?,
            key: DeviceKey::from_bytes(*body.array()?),
        })
    })
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    at <= now.plus(MAX_SKEW) && now.seconds_since(at) <= DEVICE_CHALLENGE_LIFE
}

fn seal(vault: &Vault, kind: &[u8], body: Writer, nonce: [u8; NONCE_LEN]) -> String {
    let keys = vault.keys();
    keys.seal(Purpose::Device, nonce, kind, &body.into_bytes())
}

fn open<T>(
    vault: &Vault,
    kind: &[u8],
    text: &str,
    read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
) -> Option<T> {
    let keys = vault.keys();
    keys.open_pieces(Purpose::Device, kind, &[text.as_bytes()], |body| {
        let mut body = Reader::new(body);
        let read = read(&mut body);
        read.filter(|_| body.is_empty())
    })
}
