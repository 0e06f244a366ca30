//! The user of a session.
//!
//! Rule: a user takes one allocation. It shares the opened segment, and reads each field from it when it is asked for.

use std::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use crate::session::segment::{Segment, Terms};
use crate::session::session_ref::SessionRef;
use crate::values::codec::Reader;
use crate::values::timestamp::Timestamp;

/// A signed-in user. Cloning is cheap.
///
/// `Debug` shows only the id.
#[doc(alias("principal", "identity", "claims", "userinfo", "id_token"))]
#[derive(Clone)]
pub struct User(Arc<[u8]>);

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

impl Segment<'_> {
    /// A user of their own. `None` if there is no id.
    pub(crate) fn to_user(self) -> Option<User> {
        User::open(&self.encode(), |_| true)
    }
}

impl User {
    /// Opens a body that decodes to a segment and whose terms are accepted. The user is the only allocation.
    pub(crate) fn open(body: &[u8], accept: impl FnOnce(&Terms) -> bool) -> Option<Self> {
        let mut reader = Reader::new(body);
        let terms = Terms::read_from(&mut reader)?;
        let texts = reader;
        let has_user_id = !reader.bytes()?.is_empty();
        let count = Segment::TEXTS + usize::from(terms.is_bound);
        let is_accepted = has_user_id && texts.is_texts(count) && accept(&terms);
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

    /// Whether the session is bound to a device key. Then the request came with a device cookie, and the browser has proved
    /// the key within six minutes.
    ///
    /// By default no session is bound: see `LoginBuilder::device_bound`. The browser binds a session a few seconds after the
    /// sign-in. A bearer token is bound to no device.
    #[doc(alias("dbsc", "device bound session credentials"))]
    #[must_use]
    pub fn is_device_bound(&self) -> bool {
        self.session().is_bound()
    }

    /// The thumbprint of the device key that the session is bound to, or an empty text.
    pub(crate) fn device(&self) -> &str {
        self.segment().device
    }

    /// The user of the same session, bound to the device key with this thumbprint.
    pub(crate) fn bound_to(&self, device: &str) -> Option<Self> {
        let segment = self.segment();
        Segment { device, ..segment }.to_user()
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

    fn body(name: &str, device: &str) -> Vec<u8> {
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
            is_bound: false,
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
            device,
        };
        segment.encode()
    }

    #[test]
    fn a_body_opens_exactly_if_it_decodes() {
        for (name, device) in [("Alex", ""), ("김하늘", ""), ("Alex", "thumbprint")] {
            let body = body(name, device);
            let user = User::open(&body, |_| true).unwrap();
            assert_eq!((user.id(), user.name()), ("alex", Some(name)));
            assert_eq!(user.is_device_bound(), !device.is_empty());
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
