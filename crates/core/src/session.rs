//! The session: who is signed in and with which tokens, in cookies.
//!
//! Rules:
//! - Two segments in one value, `user.tokens`, each sealed by itself. A request opens the first,
//!   which is small; the second is opened only by who asks for tokens.
//! - The tokens are bound to the session's id: they open in no other session.
//! - A value over one cookie's size goes on in chunks, whose count is sealed in the first segment;
//!   the first segment always fits into the first cookie.
//! - Two different sessions that both open are none: nothing says which one is the browser's own.

use zeroize::Zeroizing;

use crate::codec::{Reader, Writer};
use crate::cookies::policy::{MAX_CHUNKS, MAX_COOKIE_LEN};
use crate::cookies::scan;
use crate::entropy::pair;
use crate::provider::{TokenSet, UserData};
use crate::seal::{OVERHEAD, OpenError, Purpose};
use crate::user::{Segment, User};
use crate::vault::Vault;
use crate::{Head, Secret, Timestamp, TokenKind};

/// The first segment's limit, in bytes: it is opened on every request.
const MAX_SEGMENT_LEN: usize = 1024;
/// The first segment's limit as text, rounded up to whole groups of four.
const MAX_TEXT_LEN: usize = (MAX_SEGMENT_LEN + OVERHEAD).next_multiple_of(3);
/// A session lasts a week at most: seconds.
const MAX_LIFE: u64 = 7 * 24 * 60 * 60;
/// Instances' clocks differ: a session issued this far ahead is still believed. Seconds.
const MAX_SKEW: u64 = 60;

/// What a request's cookies say of its session.
pub(crate) enum Found {
    /// There is one.
    Live(User),
    /// There was one, or somebody tampered: its cookies can go.
    Dead,
    /// It is of another version or key: perhaps another instance's. It stays.
    Foreign,
    /// There is none.
    Absent,
}

impl Found {
    pub(crate) fn into_user(self) -> Option<User> {
        match self {
            Self::Live(user) => Some(user),
            Self::Dead | Self::Foreign | Self::Absent => None,
        }
    }
}

/// The tokens of a session.
#[derive(Debug)]
pub struct Tokens {
    access_token: Secret,
    refresh_token: Option<Secret>,
}

impl Tokens {
    /// The access token, to be sent as `Authorization: Bearer …` (RFC 6750, section 2.1) to FNCY's
    /// resource server, and to nobody else.
    #[must_use]
    pub fn access_token(&self) -> &str {
        self.access_token.expose()
    }

    /// The token to revoke at a sign-out: revoking a refresh token ends what hangs on it
    /// (RFC 7009, section 2.1).
    pub(crate) fn into_revocable(self) -> (Secret, TokenKind) {
        match self.refresh_token {
            Some(token) => (token, TokenKind::Refresh),
            None => (self.access_token, TokenKind::Access),
        }
    }
}

/// The session doesn't fit into cookies that browsers keep.
#[derive(Debug)]
pub(crate) struct TooLarge;

impl Vault {
    /// The session of a request. Allocates the [`User`] and nothing else.
    pub(crate) fn session<H: Head>(&self, head: &H, now: Timestamp) -> Found {
        let mut live: Option<User> = None;
        let mut dead = false;
        let mut foreign = false;
        for value in scan::values(head, self.cookies.session_name()) {
            match self.open_session(value, now) {
                Ok(user) => match &live {
                    Some(other) if other.segment().session_id != user.segment().session_id => {
                        return Found::Dead;
                    }
                    _ => live = Some(user),
                },
                Err(OpenError::Broken) => dead = true,
                Err(OpenError::Foreign) => foreign = true,
            }
        }
        match live {
            Some(user) => Found::Live(user),
            None if foreign => Found::Foreign,
            None if dead => Found::Dead,
            None => Found::Absent,
        }
    }

    fn open_session(&self, value: &[u8], now: Timestamp) -> Result<User, OpenError> {
        let text = value.split(|byte| *byte == b'.').next().unwrap_or_default();
        let mut buffer = [0; MAX_TEXT_LEN];
        let body = self
            .keys
            .open(Purpose::Session, &self.session_aad, text, &mut buffer)?;
        let segment = Segment::decode(body).ok_or(OpenError::Broken)?;
        let plausible = segment.issued <= now.plus(MAX_SKEW)
            && segment.ends.seconds_since(segment.issued) <= MAX_LIFE;
        if !plausible || segment.ends <= now {
            return Err(OpenError::Broken);
        }
        User::from_segment(body).ok_or(OpenError::Broken)
    }

    /// The `Set-Cookie` lines of a new session.
    pub(crate) fn set_session(
        &self,
        user: &UserData,
        tokens: &TokenSet,
        now: Timestamp,
        [first, second]: [[u8; 32]; 2],
    ) -> Result<Vec<String>, TooLarge> {
        let (session_id, nonce) = pair(&first);
        let (tokens_nonce, []) = pair(&second);
        let ends = tokens.expires_at.min(now.plus(MAX_LIFE));
        let max_age = ends.seconds_since(now);
        let mut segment = Segment {
            session_id,
            chunks: 0,
            issued: now,
            ends,
            user_id: &user.id,
            name: user.name.as_deref().unwrap_or_default(),
            email: user.email.as_deref().unwrap_or_default(),
            scopes: &tokens.scopes,
        };
        let body = segment.encode();
        let tokens = encode_tokens(tokens);
        let longest_name = self.cookies.chunk_name(MAX_CHUNKS - 1);
        let room = MAX_COOKIE_LEN - self.cookies.set(&longest_name, "", max_age).len();
        let chunks = (text_len(body.len()) + 1 + text_len(tokens.len())).div_ceil(room);
        if body.len() > MAX_SEGMENT_LEN || chunks > MAX_CHUNKS {
            return Err(TooLarge);
        }
        // At most MAX_CHUNKS.
        segment.chunks = u8::try_from(chunks).unwrap_or_default();
        let value = format!(
            "{}.{}",
            self.keys.seal(
                Purpose::Session,
                nonce,
                &self.session_aad,
                &segment.encode()
            ),
            self.keys.seal(
                Purpose::Tokens,
                tokens_nonce,
                &self.tokens_aad(&segment),
                &tokens
            ),
        );
        let lines = value.as_bytes().chunks(room).enumerate();
        Ok(lines
            .map(|(index, chunk)| {
                let name = self.cookies.chunk_name(index);
                self.cookies
                    .set(&name, &String::from_utf8_lossy(chunk), max_age)
            })
            .collect())
    }

    /// The tokens of a user's session, if its second segment is whole.
    pub(crate) fn tokens<H: Head>(&self, head: &H, user: &User) -> Option<Tokens> {
        let segment = user.segment();
        let mut rest = Vec::new();
        for index in 1..usize::from(segment.chunks) {
            rest.extend_from_slice(scan::values(head, &self.cookies.chunk_name(index)).next()?);
        }
        let aad = self.tokens_aad(&segment);
        scan::values(head, self.cookies.session_name()).find_map(|value| {
            let dot = value.iter().position(|byte| *byte == b'.')?;
            let text = [&value[dot + 1..], &rest].concat();
            let mut buffer = Zeroizing::new(vec![0; text.len().next_multiple_of(4)]);
            let body = self
                .keys
                .open(Purpose::Tokens, &aad, &text, &mut buffer)
                .ok()?;
            decode_tokens(body)
        })
    }

    /// The lines that remove the session cookies of a request, whatever is in them.
    pub(crate) fn remove_session<H: Head>(&self, head: &H) -> Vec<String> {
        self.remove_chunks(&self.session_names(head), 0)
    }

    /// The lines that remove all but the first `kept` of these chunks.
    pub(crate) fn remove_chunks(&self, names: &[String], kept: usize) -> Vec<String> {
        let kept: Vec<String> = (0..kept)
            .map(|index| self.cookies.chunk_name(index))
            .collect();
        names
            .iter()
            .filter(|name| !kept.contains(name))
            .map(|name| self.cookies.remove(name))
            .collect()
    }

    /// The names of the session cookies that a request has.
    pub(crate) fn session_names<H: Head>(&self, head: &H) -> Vec<String> {
        self.names(head, |name| self.cookies.is_session(name))
    }

    fn tokens_aad(&self, segment: &Segment<'_>) -> Vec<u8> {
        let name = self.cookies.session_name();
        self.aad("tokens", name, &segment.session_id)
    }
}

fn encode_tokens(tokens: &TokenSet) -> Zeroizing<Vec<u8>> {
    let access = tokens.access_token.expose();
    let refresh = tokens.refresh_token.as_ref().map_or("", Secret::expose);
    Zeroizing::new(
        Writer::with_capacity(4 + access.len() + refresh.len())
            .text(access)
            .text(refresh)
            .into_bytes(),
    )
}

fn decode_tokens(body: &[u8]) -> Option<Tokens> {
    let mut body = Reader::new(body);
    let access_token = Secret::new(body.text()?.to_owned());
    let refresh_token = Some(body.text()?)
        .filter(|token| !token.is_empty())
        .map(|token| Secret::new(token.to_owned()));
    body.is_empty().then_some(Tokens {
        access_token,
        refresh_token,
    })
}

/// The length of a body once it is sealed and in base64url without padding.
fn text_len(body: usize) -> usize {
    ((body + OVERHEAD) * 4).div_ceil(3)
}
