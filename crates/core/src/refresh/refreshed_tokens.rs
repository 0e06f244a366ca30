//! Refreshed tokens: the result of a refresh, shared by all requests that wait for it.

use std::fmt;

use crate::admission::resealing::Resealing;
use crate::provider::tokens::SessionTokens;
use crate::session::profile::Profile;
use crate::session::segment::{Segment, Terms};
use crate::session::write::{MAX_SEGMENT_LEN, TooLarge};
use crate::values::codec::{Reader, Writer};
use crate::values::secret::{Secret, SecretBytes};
use crate::values::timestamp::Timestamp;

/// The tokens that a refresh token was exchanged for. All requests with the old token get them.
///
/// `Debug` shows only the user's id and the generation.
pub struct RefreshedTokens {
    pub(crate) tokens: SessionTokens,
    pub(crate) key: [u8; 32],
    pub(crate) expires_at: Timestamp,
    pub(crate) life: u64,
    /// One more than the generation of the session that was refreshed.
    pub(crate) generation: u32,
    /// The session that was refreshed. Another session may have the same refresh token, if the provider gives a user
    /// the same one each time.
    pub(crate) session_id: [u8; 16],
    /// The whole user of that session from now on. The cookie of a generation in between may be lost, so differences
    /// are not enough.
    pub(crate) profile: Profile,
    /// Whether the application's hook must still be asked.
    pub(crate) awaits_approval: bool,
}

impl fmt::Debug for RefreshedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshedTokens")
            .field("profile", &self.profile)
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}

impl RefreshedTokens {
    /// The key of the new refresh token. If the provider doesn't rotate, it is the old token's key.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        self.key
    }

    /// The user of the session from now on.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The tokens.
    #[must_use]
    pub fn tokens(&self) -> &SessionTokens {
        &self.tokens
    }

    /// Whether the application's hook must still be asked.
    #[must_use]
    pub fn awaits_approval(&self) -> bool {
        self.awaits_approval
    }

    /// Takes the hook's approval. New data replaces what the application added before.
    pub(crate) fn approve(&mut self, data: Option<String>) {
        if let Some(data) = data {
            self.profile.data = data;
            self.profile.data_version = self.profile.data_version.saturating_add(1);
        }
        self.awaits_approval = false;
    }

    /// Whether the access token is still valid.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        self.expires_at > now
    }

    /// Whether the access token had expired on arrival. Asking again at once would not help.
    #[must_use]
    pub fn was_stillborn(&self) -> bool {
        self.life == 0
    }

    /// The generation of a session after this refresh.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Puts the tokens into an open session, unless it has these or newer ones.
    ///
    /// # Errors
    ///
    /// [`TooLarge`], if the session then doesn't fit into its cookies.
    pub fn put_into(&self, session: &mut Resealing, now: Timestamp) -> Result<(), TooLarge> {
        let user = session.user().clone();
        let before = user.segment();
        if self.generation <= before.generation {
            return Ok(());
        }
        let segment = self.segment(before, before.idle_ends);
        session.refresh(&segment, self.tokens.clone(), now)
    }

    /// The segment of a session with these tokens.
    ///
    /// The scopes belong to the tokens. Newer values of the other members stay, since another response may have changed the
    /// session after the refresh began.
    pub(crate) fn segment<'a>(&'a self, before: Segment<'a>, idle_ends: Timestamp) -> Segment<'a> {
        let mut segment = Segment {
            terms: Terms {
                generation: self.generation,
                idle_ends,
                token_expires: self.expires_at,
                token_life: self.life,
                ..before.terms
            },
            scopes: &self.profile.scopes,
            ..before
        };
        // Another session with the same refresh token has a sign-in of its own.
        if self.session_id == before.session_id {
            segment.learn(&self.profile.segment(segment.terms));
        }
        segment
    }

    /// The tokens as a body to seal.
    pub(crate) fn encode(&self) -> SecretBytes {
        let room = self.tokens.encoded_len() + 2 * MAX_SEGMENT_LEN;
        let body = self
            .tokens
            .write_to(Writer::with_capacity(room))
            .number(self.expires_at.as_unix())
            .number(self.life)
            .raw(&self.generation.to_be_bytes())
            .raw(&self.session_id);
        self.profile
            .write_to(body)
            .byte(u8::from(self.awaits_approval))
            .into_bytes()
            .into()
    }

    /// The tokens of a body. `digest` gives the key of a refresh token.
    pub(crate) fn decode(body: &[u8], digest: impl FnOnce(&Secret) -> [u8; 32]) -> Option<Self> {
        let mut body = Reader::new(body);
        let tokens = SessionTokens::read_from(&mut body)?;
        let refreshed = Self {
            key: digest(tokens.refresh_token.as_ref()?),
            tokens,
            expires_at: body.time()?,
            life: body.number()?,
            generation: u32::from_be_bytes(*body.array()?),
            session_id: *body.array()?,
            profile: Profile::read_from(&mut body)?,
            awaits_approval: body.byte()? == 1,
        };
        body.is_empty().then_some(refreshed)
    }
}
