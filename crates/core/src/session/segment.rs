//! The session's first segment: the terms and the user.
//!
//! Rule: the terms have a fixed length and come first. The texts follow them.

use std::ops::Deref;

use crate::session::session_ref::{SessionId, SessionRef};
use crate::values::codec::{Reader, Writer};
use crate::values::timestamp::Timestamp;

/// An access token is refreshed this long before it expires, in seconds, since requests to the resource server take
/// time and clocks differ. At most a quarter of the token's life.
const MAX_LEEWAY: u64 = 30;
/// The time for which a refreshed session may still be on its way to a browser, such as a laptop that was closed in the
/// middle. Seconds.
const GRACE: u64 = 60 * 60;

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
    /// Whether the session is bound to a device key. The segment then names it.
    pub(crate) is_bound: bool,
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
    /// The thumbprint of the device key that the session is bound to. Empty if there is none.
    pub(crate) device: &'a str,
}

impl Terms {
    /// The place of the number of cookies in the encoded terms.
    pub(super) const CHUNKS_AT: usize = 16;
    /// The bits of the last byte.
    const CAN_REFRESH: u8 = 1;
    const IS_BOUND: u8 = 2;
    /// The encoded length, in bytes.
    pub(super) const LEN: usize = 16 + 1 + 4 + 8 + 5 * 4 + 8 + 4 + 1;

    fn write_to(&self, body: Writer) -> Writer {
        let since = |time: Timestamp| time.seconds_since(self.issued);
        let flag = |is_set, bit| if is_set { bit } else { 0 };
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
            .byte(flag(self.can_refresh, Self::CAN_REFRESH) + flag(self.is_bound, Self::IS_BOUND))
    }

    pub(super) fn read_from(body: &mut Reader<'_>) -> Option<Self> {
        // One check of the length is enough for all fields.
        let mut body = Reader::new(body.array::<{ Self::LEN }>()?);
        let (session_id, chunks) = (*body.array()?, body.byte()?);
        let generation = u32::from_be_bytes(*body.array()?);
        let issued = body.time()?;
        let mut since = || Some(issued.plus(body.seconds()?));
        let terms = Self {
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
            can_refresh: false,
            is_bound: false,
        };
        let flags = body.byte()?;
        (flags <= Self::CAN_REFRESH | Self::IS_BOUND).then_some(Self {
            can_refresh: flags & Self::CAN_REFRESH != 0,
            is_bound: flags & Self::IS_BOUND != 0,
            ..terms
        })
    }

    pub(crate) fn session(&self) -> SessionRef {
        let id = SessionId::from_bytes(self.session_id);
        let session = SessionRef::new(id, self.generation, self.issued, self.ends);
        if self.is_bound {
            session.bound()
        } else {
            session
        }
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
    /// The number of texts after the terms. A bound session has one more.
    pub(super) const TEXTS: usize = 6;

    pub(crate) fn encode(&self) -> Vec<u8> {
        let terms = Terms {
            is_bound: !self.device.is_empty(),
            ..self.terms
        };
        let body = terms
            .write_to(Writer::with_capacity(256))
            .text(self.user_id)
            .text(self.name)
            .text(self.email)
            .text(self.scopes)
            .text(self.claims)
            .text(self.data);
        if terms.is_bound {
            body.text(self.device).into_bytes()
        } else {
            body.into_bytes()
        }
    }

    /// Takes over what another copy of the same session knows better: newer session data, user data that were read later,
    /// and the device key. Returns whether there was any.
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
        let has_device = self.device.is_empty() && !other.device.is_empty();
        if has_device {
            self.device = other.device;
        }
        has_data || has_user || has_device
    }

    /// Takes over the user data of another copy.
    pub(crate) fn take_user(&mut self, other: &Self) {
        (self.name, self.email, self.claims) = (other.name, other.email, other.claims);
        self.terms.user_read = other.user_read;
    }

    pub(crate) fn decode(body: &'a [u8]) -> Option<Self> {
        let mut body = Reader::new(body);
        let terms = Terms::read_from(&mut body)?;
        let segment = Self {
            terms,
            user_id: body.text()?,
            name: body.text()?,
            email: body.text()?,
            scopes: body.text()?,
            claims: body.text()?,
            data: body.text()?,
            device: if terms.is_bound { body.text()? } else { "" },
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
