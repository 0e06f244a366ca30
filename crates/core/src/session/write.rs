//! Writing a session: one value, in as many cookies as it takes.
//!
//! Rules: the first segment always fits into the first cookie; the count of cookies is sealed; what
//! would not fit is an error that somebody sees, never a cookie that a browser drops silently; what
//! a longer session left behind is removed.

use crate::cookies::policy::{MAX_CHUNKS, MAX_COOKIE_LEN};
use crate::cookies::vault::Vault;
use crate::request::head::Head;
use crate::seal::Protection;
use crate::seal::key_ring::Purpose;
use crate::session::user::{Segment, User};
use crate::values::entropy::pair;
use crate::values::timestamp::Timestamp;

/// The first segment's limit, in bytes: it is opened on every request.
pub(crate) const MAX_SEGMENT_LEN: usize = 1024;

/// The session doesn't fit into cookies that browsers keep.
#[derive(Debug)]
pub(crate) struct TooLarge;

impl Vault {
    /// The `Set-Cookie` lines of a session whose tokens are sealed already, and its user. Of the
    /// session cookies that are `present`, the ones that it doesn't take any more are removed.
    pub(crate) fn set_session(
        &self,
        mut segment: Segment<'_>,
        sealed_tokens: &str,
        present: &[String],
        now: Timestamp,
        entropy: &[u8; 32],
    ) -> Result<(Vec<String>, User), TooLarge> {
        let max_age = segment.over().seconds_since(now);
        let longest_name = self.cookies.chunk_name(MAX_CHUNKS - 1);
        let room = MAX_COOKIE_LEN - self.cookies.set(&longest_name, "", max_age).len();
        let length = segment.encode().len();
        let text_len = ((length + self.protection.overhead()) * 4).div_ceil(3);
        let chunks = (text_len + 1 + sealed_tokens.len()).div_ceil(room);
        if length > MAX_SEGMENT_LEN || chunks > MAX_CHUNKS {
            return Err(TooLarge);
        }
        // At most MAX_CHUNKS.
        segment.terms.chunks = u8::try_from(chunks).unwrap_or_default();
        let (nonce, []) = pair(entropy);
        let body = segment.encode();
        let user = User::open(&body, |_, _| true).ok_or(TooLarge)?;
        let aad = &self.session_aad;
        let sealed = match self.protection {
            Protection::Private => self.keys().seal(Purpose::Session, nonce, aad, &body),
            Protection::Signed => self.keys().sign(aad, &body),
        };
        let value = format!("{sealed}.{sealed_tokens}");
        let lines = value
            .as_bytes()
            .chunks(room)
            .enumerate()
            .map(|(index, chunk)| {
                let name = self.cookies.chunk_name(index);
                // Base64url, a dot, and what a request had as a string.
                let chunk = std::str::from_utf8(chunk).unwrap_or_default();
                self.cookies.set(&name, chunk, max_age)
            })
            .chain(self.remove_chunks(present, chunks));
        Ok((lines.collect(), user))
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
}
