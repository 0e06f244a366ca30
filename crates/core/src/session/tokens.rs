//! The session's second segment: its tokens.
//!
//! Rules: it is opened only by who needs a token; it is bound to the session and to the generation
//! of its first segment, so that no older tokens can be put beside a newer user.

use std::borrow::Cow;

use memchr::memchr;

use crate::cookies::scan;
use crate::cookies::vault::Vault;
use crate::request::head::Head;
use crate::seal::NONCE_LEN;
use crate::seal::key_ring::Purpose;
use crate::session::user::{Terms, User};
use crate::step::Revoke;
use crate::step::TokenKind;
use crate::values::codec::{Reader, Writer};
use crate::values::secret::Secret;
use crate::values::secret::SecretBytes;

/// The tokens of a session.
#[derive(Clone, Debug)]
pub struct SessionTokens {
    pub(crate) access_token: Secret,
    pub(crate) refresh_token: Option<Secret>,
}

impl SessionTokens {
    /// The access token, to be sent as `Authorization: Bearer …` (RFC 6750, section 2.1) to FNCY's
    /// resource server, and to nobody else.
    #[must_use]
    pub fn access_token(&self) -> &str {
        self.access_token.expose()
    }

    /// What ends them at the provider: revoking a refresh token ends what hangs on it (RFC 7009,
    /// section 2.1).
    pub(crate) fn into_revocation(self) -> Revoke {
        match self.refresh_token {
            Some(token) => Revoke {
                token,
                kind: TokenKind::Refresh,
            },
            None => Revoke {
                token: self.access_token,
                kind: TokenKind::Access,
            },
        }
    }

    fn encode(&self) -> SecretBytes {
        let body = Writer::with_capacity(self.encoded_len());
        self.write_to(body).into_bytes().into()
    }

    /// How much room they take: a buffer that grows leaves copies behind, which nobody zeroises.
    pub(crate) fn encoded_len(&self) -> usize {
        let refresh = self.refresh_token.as_ref().map_or("", Secret::expose);
        4 + self.access_token.expose().len() + refresh.len()
    }

    fn decode(body: &[u8]) -> Option<Self> {
        let mut body = Reader::new(body);
        let tokens = Self::read_from(&mut body)?;
        body.is_empty().then_some(tokens)
    }

    pub(crate) fn write_to(&self, body: Writer) -> Writer {
        let refresh = self.refresh_token.as_ref().map_or("", Secret::expose);
        body.text(self.access_token.expose()).text(refresh)
    }

    pub(crate) fn read_from(body: &mut Reader<'_>) -> Option<Self> {
        let access_token = Secret::new(body.text()?.to_owned());
        let refresh_token = Some(body.text()?)
            .filter(|token| !token.is_empty())
            .map(|token| Secret::new(token.to_owned()));
        Some(Self {
            access_token,
            refresh_token,
        })
    }
}

impl Vault {
    /// The tokens of a user's session, if its second segment is whole. Of several candidates only
    /// the session's own opens.
    pub(crate) fn tokens<H: Head>(&self, head: &H, user: &User) -> Option<SessionTokens> {
        let terms = user.terms();
        let aad = self.tokens_aad(&terms);
        self.sealed_tokens(head, &terms).find_map(|(_, text)| {
            self.keys()
                .open_long(Purpose::SessionTokens, &aad, &text, SessionTokens::decode)
        })
    }

    /// The second segment as it came, unopened, of the cookie that the user came from: somebody may
    /// have put another beside it.
    pub(crate) fn own_sealed_tokens<H: Head>(&self, head: &H, user: &User) -> Option<String> {
        let terms = user.terms();
        let is_own =
            |first: &[u8]| self.open_user(first, |found, _| found.session() == terms.session());
        let (_, text) = self
            .sealed_tokens(head, &terms)
            .find(|(first, _)| is_own(first).is_ok())?;
        String::from_utf8(text.into_owned()).ok()
    }

    /// Both segments, unopened, of each cookie that might be the session's.
    fn sealed_tokens<'a, H: Head>(
        &'a self,
        head: &'a H,
        terms: &Terms,
    ) -> impl Iterator<Item = (&'a [u8], Cow<'a, [u8]>)> {
        let chunks = (1..usize::from(terms.chunks)).map(|index| {
            let name = self.cookies.chunk_name(index);
            scan::values(head, &name).next()
        });
        let rest: Option<Vec<&[u8]>> = chunks.collect();
        scan::values(head, self.cookies.session_name()).filter_map(move |value| {
            let dot = memchr(b'.', value)?;
            let (first, start) = (&value[..dot], &value[dot + 1..]);
            let text = match rest.as_deref()? {
                [] => Cow::Borrowed(start),
                rest => Cow::Owned([start, &rest.concat()].concat()),
            };
            Some((first, text))
        })
    }

    pub(crate) fn seal_tokens(
        &self,
        tokens: &SessionTokens,
        terms: &Terms,
        nonce: [u8; NONCE_LEN],
    ) -> String {
        let aad = self.tokens_aad(terms);
        self.keys()
            .seal(Purpose::SessionTokens, nonce, &aad, &tokens.encode())
    }

    fn tokens_aad(&self, terms: &Terms) -> Vec<u8> {
        let mut binding = [0; 16 + 4];
        binding[..16].copy_from_slice(&terms.session_id);
        binding[16..].copy_from_slice(&terms.generation.to_be_bytes());
        self.aad("tokens", self.cookies.session_name(), &binding)
    }
}
