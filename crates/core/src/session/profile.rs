//! The user of a session, copied from its first segment. A refresh may outlive its request, and the session's cookie
//! may be lost meanwhile.

use crate::provider::user_data::UserData;
use crate::session::segment::{Segment, Terms};
use crate::values::codec::{Reader, Writer};
use crate::values::timestamp::Timestamp;

/// The user of a session, copied from its first segment. A missing text is empty.
///
/// `Debug` shows only the user's id.
#[derive(Clone, Default)]
pub struct Profile {
    /// The user's id at the provider.
    pub user_id: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) scopes: String,
    pub(crate) claims: String,
    /// JSON that the application added to the session.
    pub data: String,
    pub(crate) data_version: u32,
    pub(crate) user_read: Timestamp,
}

impl Profile {
    pub(crate) fn of(segment: &Segment<'_>) -> Self {
        Self {
            user_id: segment.user_id.to_owned(),
            name: segment.name.to_owned(),
            email: segment.email.to_owned(),
            scopes: segment.scopes.to_owned(),
            claims: segment.claims.to_owned(),
            data: segment.data.to_owned(),
            data_version: segment.data_version,
            user_read: segment.user_read,
        }
    }

    /// The user as a segment beside the terms of the session.
    pub(crate) fn segment(&self, terms: Terms) -> Segment<'_> {
        Segment {
            terms: Terms {
                data_version: self.data_version,
                user_read: self.user_read,
                ..terms
            },
            user_id: &self.user_id,
            name: &self.name,
            email: &self.email,
            scopes: &self.scopes,
            claims: &self.claims,
            data: &self.data,
            device: "",
        }
    }

    /// Takes user data that was read again. It is the same user's.
    pub(crate) fn read(&mut self, user: UserData, now: Timestamp) {
        self.name = user.name.unwrap_or_default();
        self.email = user.email.unwrap_or_default();
        self.claims = user.claims;
        self.user_read = now;
    }

    pub(crate) fn write_to(&self, body: Writer) -> Writer {
        body.text(&self.user_id)
            .text(&self.name)
            .text(&self.email)
            .text(&self.scopes)
            .text(&self.claims)
            .text(&self.data)
            .raw(&self.data_version.to_be_bytes())
            .number(self.user_read.as_unix())
    }

    pub(crate) fn read_from(body: &mut Reader<'_>) -> Option<Self> {
        let text = |body: &mut Reader<'_>| Some(body.text()?.to_owned());
        Some(Self {
            user_id: text(body)?,
            name: text(body)?,
            email: text(body)?,
            scopes: text(body)?,
            claims: text(body)?,
            data: text(body)?,
            data_version: u32::from_be_bytes(*body.array()?),
            user_read: body.time()?,
        })
    }
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}
