//! The user: who is signed in, as the session's first segment says it.
//!
//! Rule: one allocation. The opened segment itself is shared, and read where it is asked.

use std::fmt;
use std::sync::Arc;

use crate::Timestamp;
use crate::codec::{Reader, Writer};

/// The user of a request. Cloning is cheap.
///
/// `Debug` shows the id only.
#[derive(Clone)]
pub struct User(Arc<[u8]>);

/// The session's first segment: id, times, the user.
#[derive(Clone, Copy)]
pub(crate) struct Segment<'a> {
    /// Names the session for good: 128 random bits.
    pub(crate) session_id: [u8; 16],
    /// How many cookies the whole session takes.
    pub(crate) chunks: u8,
    pub(crate) issued: Timestamp,
    pub(crate) ends: Timestamp,
    pub(crate) user_id: &'a str,
    /// Empty where there is none, as are the next two.
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) scopes: &'a str,
}

impl<'a> Segment<'a> {
    pub(crate) fn encode(&self) -> Vec<u8> {
        Writer::with_capacity(256)
            .raw(&self.session_id)
            .byte(self.chunks)
            .number(self.issued.as_unix())
            .number(self.ends.as_unix())
            .text(self.user_id)
            .text(self.name)
            .text(self.email)
            .text(self.scopes)
            .into_bytes()
    }

    pub(crate) fn decode(body: &'a [u8]) -> Option<Self> {
        let mut body = Reader::new(body);
        let segment = Self {
            session_id: *body.array()?,
            chunks: body.byte()?,
            issued: Timestamp::from_unix(body.number()?),
            ends: Timestamp::from_unix(body.number()?),
            user_id: body.text()?,
            name: body.text()?,
            email: body.text()?,
            scopes: body.text()?,
        };
        (body.is_empty() && !segment.user_id.is_empty()).then_some(segment)
    }
}

impl User {
    /// Takes a body that decodes.
    pub(crate) fn from_segment(body: &[u8]) -> Option<Self> {
        Segment::decode(body)?;
        Some(Self(Arc::from(body)))
    }

    pub(crate) fn segment(&self) -> Segment<'_> {
        #[expect(clippy::expect_used, reason = "from_segment takes only what decodes")]
        Segment::decode(&self.0).expect("the body decoded before")
    }

    /// The user's id at the provider: never empty, and the only thing that identifies a user.
    #[must_use]
    pub fn id(&self) -> &str {
        self.segment().user_id
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

    /// When the session ends.
    #[must_use]
    pub fn session_ends(&self) -> Timestamp {
        self.segment().ends
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}
