//! The user, and the session's first segment.
//!
//! Rule: a user takes one allocation. It shares the opened segment, and reads each field from it when it is asked for.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::session::session_ref::{SessionId, SessionRef};
use crate::values::codec::{Reader, Writer};
use crate::values::timestamp::Timestamp;

/// A signed-in user. Cloning is cheap.
///
/// `Debug` shows only the id.
#[doc(alias("principal", "identity", "claims", "userinfo", "id_token"))]
#[derive(Clone)]
pub struct User(Arc<[u8]>);

/// An access token is refreshed this long before it expires, in seconds, since requests to the resource server take
/// time and clocks differ. At most a quarter of the token's life.
const MAX_LEEWAY: u64 = 30;
/// The time for which a refreshed session may still be on its way to a browser, such as a laptop that was closed in the
/// middle. Seconds.
const GRACE: u64 = 60 * 60;

/// The credential with which a request shows its user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Credential {
    /// The cookies of a session.
    Session,
    /// An access token in the `Authorization` header (RFC 6750).
    BearerToken,
}

/// Claims or session data of another type than the one asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataError;

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the session's data is not of the type that was asked for")
    }
}

impl std::error::Error for DataError {}

/// The fixed-length start of the first segment. Most requests need no more, and don't read the texts after it.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    /// The session's id: 128 random bits that never change.
    pub(crate) session_id: [u8; 16],
    /// The number of cookies of the whole session. 0 for the user of a bearer token, who has no session.
    pub(crate) chunks: u8,
    /// The number of refreshes. Of two cookies of a session, the one with the higher number is newer.
    pub(crate) generation: u32,
    /// The time of the sign-in.
    pub(crate) issued: Timestamp,
    /// The end of the session lifetime.
    pub(crate) ends: Timestamp,
    /// The end of the session without further requests. Requests move it on now and then.
    pub(crate) idle_ends: Timestamp,
    /// The time at which the access token expires.
    pub(crate) token_expires: Timestamp,
    /// The access token's life when it was issued, in seconds.
    pub(crate) token_life: u64,
    /// Whether the session has a refresh token, and so outlives its access token.
    pub(crate) can_refresh: bool,
    /// The time at which the user data was last read.
    pub(crate) user_read: Timestamp,
    /// The time at which the person last proved who they are, as far as it is known. Otherwise 0.
    pub(crate) signed_in: Timestamp,
    /// The number of changes to the session data. Of two versions of the data, the higher one is newer.
    pub(crate) data_version: u32,
}

/// The session's first segment: the terms and the user.
#[derive(Clone, Copy)]
pub(crate) struct Segment<'a> {
    pub(crate) terms: Terms,
    pub(crate) user_id: &'a str,
    /// Empty if there is no name. The same holds for the fields below.
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) scopes: &'a str,
    /// The kept members of the user data: a JSON object.
    pub(crate) claims: &'a str,
    /// JSON that the application added at the sign-in.
    pub(crate) data: &'a str,
}

impl Terms {
    /// The place of the number of cookies in the encoded terms.
    const CHUNKS_AT: usize = 16;
    /// The encoded length, in bytes.
    const LEN: usize = 16 + 1 + 4 + 8 + 5 * 4 + 8 + 4 + 1;

    fn write_to(&self, body: Writer) -> Writer {
        let since = |time: Timestamp| time.seconds_since(self.issued);
        body.raw(&self.session_id)
            .byte(self.chunks)
            .raw(&self.generation.to_be_bytes())
            .number(self.issued.as_unix())
            .seconds(since(self.ends))
            .seconds(since(self.idle_ends))
            .seconds(since(self.token_expires))
            .seconds(since(self.user_read))
            .seconds(self.token_life)
            .number(self.signed_in.as_unix())
            .raw(&self.data_version.to_be_bytes())
            .byte(u8::from(self.can_refresh))
    }

    fn read_from(body: &mut Reader<'_>) -> Option<Self> {
        // One check of the length is enough for all fields.
        let mut body = Reader::new(body.array::<{ Self::LEN }>()?);
        let (session_id, chunks) = (*body.array()?, body.byte()?);
        let generation = u32::from_be_bytes(*body.array()?);
        let issued = body.time()?;
        let mut since = || Some(issued.plus(body.seconds()?));
        Some(Self {
            session_id,
            chunks,
            generation,
            issued,
            ends: since()?,
            idle_ends: since()?,
            token_expires: since()?,
            user_read: since()?,
            token_life: body.seconds()?,
            signed_in: body.time()?,
            data_version: u32::from_be_bytes(*body.array()?),
            can_refresh: body.byte()? == 1,
        })
    }

    pub(crate) fn session(&self) -> SessionRef {
        let id = SessionId::from_bytes(self.session_id);
        SessionRef::new(id, self.generation, self.issued, self.ends)
    }

    /// The end of the session, as far as it is known now.
    pub(crate) fn over(&self) -> Timestamp {
        let over = self.ends.min(self.idle_ends);
        if self.can_refresh {
            over
        } else {
            over.min(self.token_expires)
        }
    }

    /// Whether the access token expired so long ago that no refreshed session can still be on its way to the browser.
    /// If the store remembers nothing of the session, it may then be a copy from before a refresh.
    pub(crate) fn is_past_grace(&self, now: Timestamp) -> bool {
        self.can_refresh && now.seconds_since(self.token_expires) > GRACE
    }

    /// Whether the access token should be refreshed before it is used: it has expired, or expires within the leeway.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        let leeway = MAX_LEEWAY.min(self.token_life / 4);
        // The leeway shrinks by up to a half, depending on the session's id, so that sessions from the same moment are
        // not refreshed at the same moment.
        let spread = leeway * u64::from(self.session_id[0]) / 512;
        self.can_refresh && now.plus(leeway - spread) >= self.token_expires
    }
}

impl<'a> Segment<'a> {
    /// The number of texts after the terms.
    const TEXTS: usize = 6;

    pub(crate) fn encode(&self) -> Vec<u8> {
        self.terms
            .write_to(Writer::with_capacity(256))
            .text(self.user_id)
            .text(self.name)
            .text(self.email)
            .text(self.scopes)
            .text(self.claims)
            .text(self.data)
            .into_bytes()
    }

    /// A user of their own. `None` if there is no id.
    pub(crate) fn to_user(self) -> Option<User> {
        User::open(&self.encode(), |_| true)
    }

    /// Takes over what another copy of the same session knows better: newer session data, and user data that were read
    /// later. Returns whether there was any.
    pub(crate) fn learn(&mut self, other: &Self) -> bool {
        let has_data = other.data_version > self.data_version;
        if has_data {
            self.data = other.data;
            self.terms.data_version = other.data_version;
        }
        let has_user = other.user_read > self.user_read;
        if has_user {
            self.take_user(other);
        }
        has_data || has_user
    }

    /// Takes over the user data of another copy.
    pub(crate) fn take_user(&mut self, other: &Self) {
        (self.name, self.email, self.claims) = (other.name, other.email, other.claims);
        self.terms.user_read = other.user_read;
    }

    pub(crate) fn decode(body: &'a [u8]) -> Option<Self> {
        let mut body = Reader::new(body);
        let segment = Self {
            terms: Terms::read_from(&mut body)?,
            user_id: body.text()?,
            name: body.text()?,
            email: body.text()?,
            scopes: body.text()?,
            claims: body.text()?,
            data: body.text()?,
        };
        (body.is_empty() && !segment.user_id.is_empty()).then_some(segment)
    }
}

impl Deref for Segment<'_> {
    type Target = Terms;

    fn deref(&self) -> &Terms {
        &self.terms
    }
}

/// One session as two copies of it tell. `None` if the second copy adds nothing to the first.
///
/// The copy with the higher generation counts, and of one generation the copy that ends later. The newer session data
/// count in any case, and the user data that were read later.
#[must_use]
pub fn newer(known: &User, other: &User) -> Option<User> {
    let age = |segment: &Segment<'_>| (segment.generation, segment.over());
    let (known, other) = (known.segment(), other.segment());
    let is_newer = age(&other) > age(&known);
    let (mut newest, former) = if is_newer {
        (other, known)
    } else {
        (known, other)
    };
    let learns = newest.learn(&former);
    (is_newer || learns).then(|| newest.to_user()).flatten()
}

impl User {
    /// Opens a body that decodes to a segment and whose terms are accepted. The user is the only allocation.
    pub(crate) fn open(body: &[u8], accept: impl FnOnce(&Terms) -> bool) -> Option<Self> {
        let mut reader = Reader::new(body);
        let terms = Terms::read_from(&mut reader)?;
        let texts = reader;
        let has_user_id = !reader.bytes()?.is_empty();
        let is_accepted = has_user_id && texts.is_texts(Segment::TEXTS) && accept(&terms);
        is_accepted.then(|| Self(Arc::from(body)))
    }

    pub(crate) fn segment(&self) -> Segment<'_> {
        #[expect(clippy::expect_used, reason = "open takes only what decodes")]
        Segment::decode(&self.0).expect("the body decoded before")
    }

    pub(crate) fn terms(&self) -> Terms {
        let mut body = Reader::new(&self.0);
        #[expect(clippy::expect_used, reason = "open takes only what decodes")]
        Terms::read_from(&mut body).expect("the body decoded before")
    }

    /// The address in memory. All clones of one user have the same, and no other user has it while one of them lives.
    #[doc(hidden)]
    #[must_use]
    pub fn address(&self) -> usize {
        self.0.as_ptr().addr()
    }

    /// The user's id at FNCY. It is never empty, and nothing else identifies a user.
    #[must_use]
    pub fn id(&self) -> &str {
        let texts = self.0.get(Terms::LEN..);
        #[expect(clippy::expect_used, reason = "open takes only what decodes")]
        texts
            .and_then(|texts| Reader::new(texts).text())
            .expect("the body decoded before")
    }

    /// The credential with which the request shows the user.
    ///
    /// The user of a bearer token has no session: no data, no cookies, and no refresh.
    #[must_use]
    pub fn credential(&self) -> Credential {
        match self.0.get(Terms::CHUNKS_AT) {
            Some(0) => Credential::BearerToken,
            _ => Credential::Session,
        }
    }

    pub(crate) fn has_session(&self) -> bool {
        self.credential() == Credential::Session
    }

    /// A name to show, if FNCY gave one. The user chose it freely, so escape it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        Some(self.segment().name).filter(|name| !name.is_empty())
    }

    /// An email address, if FNCY gave one. FNCY does not say that it was verified, so never look a user up by it.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        Some(self.segment().email).filter(|email| !email.is_empty())
    }

    /// The granted scopes, sorted (RFC 6749, section 3.3). Empty if the token answer named none.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let scopes = self.segment().scopes;
        scopes.split(' ').filter(|scope| !scope.is_empty())
    }

    /// Whether a scope was granted.
    #[doc(alias("role", "permission"))]
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|granted| granted == scope)
    }

    /// A member of the user data that the application keeps in the session. `None` if it isn't kept, wasn't in the user
    /// data, or is no `T`.
    #[doc(alias("role"))]
    #[must_use]
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let mut claims: serde_json::Map<String, serde_json::Value> = self.claims_as().ok()?;
        serde_json::from_value(claims.remove(name)?).ok()
    }

    /// All kept members of the user data.
    ///
    /// # Errors
    ///
    /// [`DataError`], if they are no `T`.
    pub fn claims_as<T: DeserializeOwned>(&self) -> Result<T, DataError> {
        let claims = self.segment().claims;
        let claims = if claims.is_empty() { "{}" } else { claims };
        serde_json::from_str(claims).map_err(|_| DataError)
    }

    /// The data that the application added to the session: in a hook, or with `Session::set_data` in a handler.
    ///
    /// # Errors
    ///
    /// [`DataError`], if there is data, but it is no `T`. Another release of the application may have added it.
    pub fn session_data<T: DeserializeOwned>(&self) -> Result<Option<T>, DataError> {
        match self.segment().data {
            "" => Ok(None),
            data => serde_json::from_str(data).map(Some).map_err(|_| DataError),
        }
    }

    /// The time at which the session ends, if no request is sent before.
    #[doc(alias("expiry", "expires"))]
    #[must_use]
    pub fn session_ends(&self) -> Timestamp {
        self.terms().over()
    }

    /// The time of the person's last sign-in. A refresh does not change it.
    ///
    /// By default it is when the person came back from FNCY. With `FNCY_AUTH_TIME` it is FNCY's own time, and `None` if
    /// FNCY did not say it.
    #[doc(alias("auth_time", "last login"))]
    #[must_use]
    pub fn signed_in_at(&self) -> Option<Timestamp> {
        Some(self.terms().signed_in).filter(|at| at.as_unix() > 0)
    }

    /// The session's id and generation, and its times.
    #[must_use]
    pub fn session(&self) -> SessionRef {
        self.terms().session()
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(name: &str) -> Vec<u8> {
        let at = Timestamp::from_unix;
        let terms = Terms {
            session_id: [7; 16],
            chunks: 1,
            generation: 3,
            issued: at(1),
            ends: at(2),
            idle_ends: at(3),
            token_expires: at(4),
            token_life: 5,
            can_refresh: true,
            user_read: at(6),
            signed_in: at(7),
            data_version: 8,
        };
        let segment = Segment {
            terms,
            user_id: "alex",
            name,
            email: "",
            scopes: "a b",
            claims: "",
            data: "{}",
        };
        segment.encode()
    }

    #[test]
    fn a_body_opens_exactly_if_it_decodes() {
        for name in ["Alex", "김하늘"] {
            let body = body(name);
            let user = User::open(&body, |_| true).unwrap();
            assert_eq!((user.id(), user.name()), ("alex", Some(name)));
            let is_same = |changed: &[u8]| {
                let opens = User::open(changed, |_| true).is_some();
                assert_eq!(opens, Segment::decode(changed).is_some(), "{changed:?}");
            };
            for index in 0..body.len() {
                is_same(&body[..index]);
                for byte in 0..=u8::MAX {
                    let mut changed = body.clone();
                    changed[index] = byte;
                    is_same(&changed);
                }
            }
            is_same(&[&*body, b"x"].concat());
        }
    }
}
