//! The user: who is signed in, as the session's first segment says it.
//!
//! Rule: one allocation. The opened segment itself is shared, and read where it is asked.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::session::session_ref::{SessionId, SessionRef};
use crate::values::codec::{Reader, Writer};
use crate::values::timestamp::Timestamp;

/// The user of a request. Cloning is cheap.
///
/// `Debug` shows the id only.
#[derive(Clone)]
pub struct User(Arc<[u8]>);

/// An access token is refreshed this long before it expires, in seconds: requests to the resource
/// server take time, and clocks differ. Never more than a quarter of the token's life.
const MAX_LEEWAY: u64 = 30;
/// How long a refreshed may still be on its way to a browser: a laptop closed in the middle.
/// Seconds.
const GRACE: u64 = 60 * 60;

/// Claims or session data are there, but are no value of the type that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataError;

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the session has data of another type")
    }
}

impl std::error::Error for DataError {}

/// The beginning of the first segment, of fixed length: what nearly every request asks for, and reads
/// without the texts behind it.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    /// Names the session for good: 128 random bits.
    pub(crate) session_id: [u8; 16],
    /// How many cookies the whole session takes.
    pub(crate) chunks: u8,
    /// Counts the refreshes: of two cookies of one session, the higher one is newer.
    pub(crate) generation: u32,
    /// When the person signed in.
    pub(crate) issued: Timestamp,
    /// When the session ends, whatever happens.
    pub(crate) ends: Timestamp,
    /// When it ends unless it is used: moved on now and then.
    pub(crate) idle_ends: Timestamp,
    /// When the access token expires.
    pub(crate) token_expires: Timestamp,
    /// How long the access token was to live when it came, in seconds.
    pub(crate) token_life: u64,
    /// Whether there is a refresh token, so that the session outlives its access token.
    pub(crate) can_refresh: bool,
    /// When the user data was last read.
    pub(crate) user_read: Timestamp,
}

/// The session's first segment: its terms, and the user.
#[derive(Clone, Copy)]
pub(crate) struct Segment<'a> {
    pub(crate) terms: Terms,
    pub(crate) user_id: &'a str,
    /// Empty where there is none, as are all that follow.
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) scopes: &'a str,
    /// Members of the user data: a JSON object.
    pub(crate) claims: &'a str,
    /// What the application added at the sign-in: JSON.
    pub(crate) data: &'a str,
}

impl Terms {
    /// Their length as bytes.
    const LEN: usize = 16 + 1 + 4 + 5 * 8 + 1 + 8;

    fn write_to(&self, body: Writer) -> Writer {
        body.raw(&self.session_id)
            .byte(self.chunks)
            .raw(&self.generation.to_be_bytes())
            .number(self.issued.as_unix())
            .number(self.ends.as_unix())
            .number(self.idle_ends.as_unix())
            .number(self.token_expires.as_unix())
            .number(self.token_life)
            .byte(u8::from(self.can_refresh))
            .number(self.user_read.as_unix())
    }

    fn read_from(body: &mut Reader<'_>) -> Option<Self> {
        // Taken at once, so that only one length is checked.
        let mut body = Reader::new(body.array::<{ Self::LEN }>()?);
        Some(Self {
            session_id: *body.array()?,
            chunks: body.byte()?,
            generation: u32::from_be_bytes(*body.array()?),
            issued: body.time()?,
            ends: body.time()?,
            idle_ends: body.time()?,
            token_expires: body.time()?,
            token_life: body.number()?,
            can_refresh: body.byte()? == 1,
            user_read: body.time()?,
        })
    }

    pub(crate) fn session(&self) -> SessionRef {
        let id = SessionId::from_bytes(self.session_id);
        SessionRef::new(id, self.generation, self.issued, self.ends)
    }

    /// When the session is over, as far as it is known now.
    pub(crate) fn over(&self) -> Timestamp {
        let over = self.ends.min(self.idle_ends);
        if self.can_refresh {
            over
        } else {
            over.min(self.token_expires)
        }
    }

    /// Whether its access token expired so long ago that no refreshed is on its way to the browser
    /// any more. Where nothing is remembered of the session, this may be a copy from before a refresh.
    pub(crate) fn is_past_grace(&self, now: Timestamp) -> bool {
        self.can_refresh && now.seconds_since(self.token_expires) > GRACE
    }

    /// Whether the access token should be refreshed before it is used: it has expired, or expires
    /// within the leeway.
    pub(crate) fn is_stale(&self, now: Timestamp) -> bool {
        let leeway = MAX_LEEWAY.min(self.token_life / 4);
        // Up to half of it, by the session: those that were issued together don't refresh together.
        let spread = leeway * u64::from(self.session_id[0]) / 512;
        self.can_refresh && now.plus(leeway - spread) >= self.token_expires
    }
}

impl<'a> Segment<'a> {
    /// How many texts follow the terms.
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

impl User {
    /// Takes a body that decodes to a segment, and whose terms are accepted. It allocates the user and nothing else.
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

    /// The user's id at the provider: never empty, and the only thing that identifies a user.
    #[must_use]
    pub fn id(&self) -> &str {
        let texts = self.0.get(Terms::LEN..);
        #[expect(clippy::expect_used, reason = "open takes only what decodes")]
        texts
            .and_then(|texts| Reader::new(texts).text())
            .expect("the body decoded before")
    }

    /// A name to show, if the provider gave one. It is whatever the user typed: escape it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        Some(self.segment().name).filter(|name| !name.is_empty())
    }

    /// An email address, if the provider gave one. Whether it was verified is the provider's to
    /// say: never look a user up by it.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        Some(self.segment().email).filter(|email| !email.is_empty())
    }

    /// The scopes that the token answer granted, sorted (RFC 6749, section 3.3). Empty where the
    /// answer named none.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let scopes = self.segment().scopes;
        scopes.split(' ').filter(|scope| !scope.is_empty())
    }

    /// Whether a scope was granted.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes().any(|granted| granted == scope)
    }

    /// A member of the user data that the application keeps in the session. None where it isn't
    /// kept, wasn't there, or is no `T`.
    #[must_use]
    pub fn claim<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let mut claims: serde_json::Map<String, serde_json::Value> = self.claims_as().ok()?;
        serde_json::from_value(claims.remove(name)?).ok()
    }

    /// All kept members of the user data.
    ///
    /// # Errors
    ///
    /// [`DataError`], where they are no `T`.
    pub fn claims_as<T: DeserializeOwned>(&self) -> Result<T, DataError> {
        let claims = self.segment().claims;
        let claims = if claims.is_empty() { "{}" } else { claims };
        serde_json::from_str(claims).map_err(|_| DataError)
    }

    /// What the application added to the session at the sign-in.
    ///
    /// # Errors
    ///
    /// [`DataError`], where there is something, but no `T`: perhaps it was added by another
    /// release.
    pub fn session_data<T: DeserializeOwned>(&self) -> Result<Option<T>, DataError> {
        match self.segment().data {
            "" => Ok(None),
            data => serde_json::from_str(data).map(Some).map_err(|_| DataError),
        }
    }

    /// When the session ends unless it is used before.
    #[must_use]
    pub fn session_ends(&self) -> Timestamp {
        self.terms().over()
    }

    /// Names the session and its generation, which no user and no other session has.
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
    fn what_opens_is_what_decodes() {
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
