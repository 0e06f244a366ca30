//! What the instances of one application tell one another, through whatever store they share: the
//! outcome of a refresh, and of a redemption.
//!
//! Rules: all of it is sealed, since a store is not ours to trust; a text is bound to the work that
//! it is the outcome of, so that nothing can be put in its place; what doesn't open is nothing.

use serde::{Deserialize, Serialize};

use crate::core::Core;
use crate::refresh::refreshed_tokens::RefreshedTokens;
use crate::reply::outcome::Reply;
use crate::seal::key_ring::Purpose;
use crate::session::profile::Profile;
use crate::session::tokens::SessionTokens;
use crate::session::write::MAX_SEGMENT_LEN;
use crate::values::codec::{Reader, Writer};
use crate::values::entropy::Entropy;
use crate::values::entropy::pair;
use crate::values::secret::Secret;
use crate::values::secret::SecretBytes;

/// A reply, without what was for this instance's ears only.
#[derive(Serialize, Deserialize)]
struct SharedReply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Core {
    /// The outcome of the refresh that `key` names, for other instances and later requests.
    #[must_use]
    pub fn seal_refreshed(
        &self,
        key: &[u8; 32],
        refreshed: &RefreshedTokens,
        entropy: &Entropy,
    ) -> String {
        self.seal_shared("refreshed", key, &refreshed.encode(), entropy)
    }

    /// What [`Core::seal_refreshed`] made; none of anything else.
    #[must_use]
    pub fn open_refreshed(&self, key: &[u8; 32], text: &[u8]) -> Option<RefreshedTokens> {
        self.open_shared("refreshed", key, text, |body| {
            RefreshedTokens::decode(body, |token| self.token_digest(token))
        })
    }

    /// The outcome of the redemption that `key` names.
    #[must_use]
    pub fn seal_reply(&self, key: &[u8; 32], reply: &Reply, entropy: &Entropy) -> String {
        let shared = SharedReply {
            status: reply.status,
            headers: reply
                .headers
                .iter()
                .map(|(name, value)| (name.clone().into_owned(), value.clone()))
                .collect(),
            body: reply.body.clone(),
        };
        // Strings and a number can always be written.
        let body = serde_json::to_vec(&shared).unwrap_or_default();
        self.seal_shared("reply", key, &body, entropy)
    }

    /// What [`Core::seal_reply`] made; none of anything else.
    #[must_use]
    pub fn open_reply(&self, key: &[u8; 32], text: &[u8]) -> Option<Reply> {
        self.open_shared("reply", key, text, |body| {
            let SharedReply {
                status,
                headers,
                body,
            } = serde_json::from_slice(body).ok()?;
            Some(Reply {
                headers: headers
                    .into_iter()
                    .map(|(name, value)| (name.into(), value))
                    .collect(),
                body,
                ..Reply::new(status)
            })
        })
    }

    fn seal_shared(
        &self,
        kind: &str,
        key: &[u8; 32],
        body: &[u8],
        Entropy([nonce, ..]): &Entropy,
    ) -> String {
        let (nonce, []) = pair(nonce);
        let aad = self.shared_aad(kind, key);
        self.0.vault.keys().seal(Purpose::Shared, nonce, &aad, body)
    }

    fn open_shared<T>(
        &self,
        kind: &str,
        key: &[u8; 32],
        text: &[u8],
        read: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Option<T> {
        let keys = self.0.vault.keys();
        keys.open_long(Purpose::Shared, &self.shared_aad(kind, key), text, read)
    }

    fn shared_aad(&self, kind: &str, key: &[u8; 32]) -> Vec<u8> {
        let vault = &self.0.vault;
        let purpose = format!("shared {kind}");
        vault.aad(&purpose, vault.cookies.session_name(), key)
    }
}

impl RefreshedTokens {
    fn encode(&self) -> SecretBytes {
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

    fn decode(body: &[u8], digest: impl FnOnce(&Secret) -> [u8; 32]) -> Option<Self> {
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
