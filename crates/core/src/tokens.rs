//! The session's second segment: its tokens.
//!
//! Rules: it is opened only by who needs a token; it is bound to the session and to the generation
//! of its first segment, so that no older tokens can be put beside a newer user.

use zeroize::Zeroizing;

use crate::codec::{Reader, Writer};
use crate::cookies::scan;
use crate::seal::{NONCE_LEN, Purpose};
use crate::step::Revoke;
use crate::user::{Segment, User};
use crate::vault::Vault;
use crate::{Head, Secret, TokenKind};

/// The tokens of a session.
#[derive(Clone, Debug)]
pub struct Tokens {
    pub(crate) access_token: Secret,
    pub(crate) refresh_token: Option<Secret>,
}

impl Tokens {
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
                ends: None,
            },
            None => Revoke {
                token: self.access_token,
                kind: TokenKind::Access,
                ends: None,
            },
        }
    }

    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let body = Writer::with_capacity(self.encoded_len());
        Zeroizing::new(self.write_to(body).into_bytes())
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
    pub(crate) fn tokens<H: Head>(&self, head: &H, user: &User) -> Option<Tokens> {
        let segment = user.segment();
        let aad = self.tokens_aad(&segment);
        self.sealed_tokens(head, &segment).find_map(|(_, text)| {
            self.keys
                .open_long(Purpose::Tokens, &aad, text.as_bytes(), Tokens::decode)
        })
    }

    /// The second segment as it came, unopened, of the cookie that the user came from: somebody may
    /// have put another beside it.
    pub(crate) fn own_sealed_tokens<H: Head>(&self, head: &H, user: &User) -> Option<String> {
        let segment = user.segment();
        self.sealed_tokens(head, &segment)
            .find(|(first, _)| {
                self.open_user(first, |found| found.session() == segment.session())
                    .is_ok()
            })
            .map(|(_, text)| text)
    }

    /// Both segments, unopened, of each cookie that might be the session's.
    fn sealed_tokens<'a, H: Head>(
        &'a self,
        head: &'a H,
        segment: &Segment<'_>,
    ) -> impl Iterator<Item = (&'a [u8], String)> {
        let chunks = (1..usize::from(segment.chunks)).map(|index| {
            let name = self.cookies.chunk_name(index);
            let chunk = scan::values(head, &name).next()?;
            Some(String::from_utf8_lossy(chunk).into_owned())
        });
        let rest: Option<String> = chunks.collect();
        scan::values(head, self.cookies.session_name()).filter_map(move |value| {
            let dot = value.iter().position(|byte| *byte == b'.')?;
            let start = String::from_utf8_lossy(&value[dot + 1..]);
            Some((&value[..dot], format!("{start}{}", rest.as_deref()?)))
        })
    }

    pub(crate) fn seal_tokens(
        &self,
        tokens: &Tokens,
        segment: &Segment<'_>,
        nonce: [u8; NONCE_LEN],
    ) -> String {
        let aad = self.tokens_aad(segment);
        self.keys
            .seal(Purpose::Tokens, nonce, &aad, &tokens.encode())
    }

    fn tokens_aad(&self, segment: &Segment<'_>) -> Vec<u8> {
        let mut binding = segment.session_id.to_vec();
        binding.extend_from_slice(&segment.generation.to_be_bytes());
        self.aad("tokens", self.cookies.session_name(), &binding)
    }
}
