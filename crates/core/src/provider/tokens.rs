//! The tokens of a session.

use crate::provider::exchange::{Revoke, TokenKind};
use crate::values::codec::{Reader, Writer};
use crate::values::secret::{Secret, SecretBytes};

/// The tokens of a session.
#[derive(Clone, Debug)]
pub struct SessionTokens {
    pub(crate) access_token: Secret,
    pub(crate) refresh_token: Option<Secret>,
}

impl SessionTokens {
    /// The access token, for requests to FNCY's resource server (RFC 6750, section 2.1).
    ///
    /// Send it as `Authorization: Bearer …`, and to no other server.
    #[must_use]
    pub fn access_token(&self) -> &str {
        self.access_token.expose()
    }

    /// The token of a request without a session.
    pub(crate) fn bearer(access_token: String) -> Self {
        Self {
            access_token: Secret::new(access_token),
            refresh_token: None,
        }
    }

    /// The token to revoke. Revoking a refresh token also revokes the access tokens from it (RFC 7009, section 2.1).
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

    pub(crate) fn encode(&self) -> SecretBytes {
        let body = Writer::with_capacity(self.encoded_len());
        self.write_to(body).into_bytes().into()
    }

    /// The encoded length. A buffer that grows would leave copies that are not zeroised.
    pub(crate) fn encoded_len(&self) -> usize {
        let refresh = self.refresh_token.as_ref().map_or("", Secret::expose);
        4 + self.access_token.expose().len() + refresh.len()
    }

    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
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
