//! Writing a session: one value, in as many cookies as it takes.
//!
//! Rules: the first segment always fits into the first cookie; the count of cookies is sealed; what
//! would not fit is an error that somebody sees, never a cookie that a browser drops silently; what
//! a longer session left behind is removed.

use crate::cookies::policy::{MAX_CHUNKS, MAX_COOKIE_LEN};
use crate::cookies::vault::Vault;
use crate::request::head::Head;
use crate::seal::protection::Protection;
use crate::seal::purpose::Purpose;
use crate::session::user::{Segment, User};
use crate::values::entropy::pair;
use crate::values::timestamp::Timestamp;

/// The first segment's limit, in bytes: it is opened on every request.
pub(crate) const MAX_SEGMENT_LEN: usize = 1024;

/// The session doesn't fit into cookies that browsers keep.
#[derive(Debug)]
pub(crate) struct TooLarge;

/// The `Set-Cookie` lines of a session whose tokens are sealed already, and its user. Of the
/// session cookies that are `present`, the ones that it doesn't take any more are removed.
pub(crate) fn write(
    vault: &Vault,
    mut segment: Segment<'_>,
    sealed_tokens: &str,
    present: &[String],
    now: Timestamp,
    entropy: &[u8; 32],
) -> Result<(Vec<String>, User), TooLarge> {
    let max_age = segment.over().seconds_since(now);
    let longest_name = vault.cookies.chunk_name(MAX_CHUNKS - 1);
    let room = MAX_COOKIE_LEN - vault.cookies.set(&longest_name, "", max_age).len();
    let length = segment.encode().len();
    let text_len = ((length + vault.protection.overhead()) * 4).div_ceil(3);
    let chunks = (text_len + 1 + sealed_tokens.len()).div_ceil(room);
    if length > MAX_SEGMENT_LEN || chunks > MAX_CHUNKS {
        return Err(TooLarge);
    }
    // At most MAX_CHUNKS.
    segment.terms.chunks = u8::try_from(chunks).unwrap_or_default();
    let (nonce, []) = pair(entropy);
    let body = segment.encode();
    let user = User::open(&body, |_| true).ok_or(TooLarge)?;
    let aad = &vault.session_aad;
    let sealed = match vault.protection {
        Protection::Private => vault.keys().seal(Purpose::Session, nonce, aad, &body),
        Protection::Signed => vault.keys().sign(aad, &body),
    };
    let value = format!("{sealed}.{sealed_tokens}");
    let lines = value
        .as_bytes()
        .chunks(room)
        .enumerate()
        .map(|(index, chunk)| {
            let name = vault.cookies.chunk_name(index);
            // Base64url, a dot, and what a request had as a string.
            let chunk = std::str::from_utf8(chunk).unwrap_or_default();
            vault.cookies.set(&name, chunk, max_age)
        })
        .chain(remove_chunks(vault, present, chunks));
    Ok((lines.collect(), user))
}

/// The lines that remove the session cookies of a request, whatever is in them.
pub(crate) fn remove_session<H: Head>(vault: &Vault, head: &H) -> Vec<String> {
    remove_chunks(vault, &cookie_names(vault, head), 0)
}

/// The lines that remove all but the first `kept` of these chunks.
pub(crate) fn remove_chunks(vault: &Vault, names: &[String], kept: usize) -> Vec<String> {
    let kept: Vec<String> = (0..kept)
        .map(|index| vault.cookies.chunk_name(index))
        .collect();
    names
        .iter()
        .filter(|name| !kept.contains(name))
        .map(|name| vault.cookies.remove(name))
        .collect()
}

/// The names of the session cookies that a request has.
pub(crate) fn cookie_names<H: Head>(vault: &Vault, head: &H) -> Vec<String> {
    vault.names(head, |name| vault.cookies.is_session(name))
}
