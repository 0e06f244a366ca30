//! Writing a session: one value, in up to five cookies.
//!
//! Rules:
//! - The first segment is always in the first cookie.
//! - The number of cookies is sealed.
//! - A session that doesn't fit is an error. Without it, a browser would silently drop a cookie.
//! - Cookies that a longer session left are removed.

use crate::cookies::policy::{MAX_CHUNKS, MAX_COOKIE_LEN};
use crate::cookies::vault::Vault;
use crate::request::head::Head;
use crate::seal::protection::Protection;
use crate::seal::purpose::Purpose;
use crate::session::device_cookie::ANY_THUMBPRINT;
use crate::session::segment::Segment;
use crate::session::user::User;
use crate::values::entropy::pair;
use crate::values::timestamp::Timestamp;

/// The longest first segment, in bytes. Every request opens it.
pub(crate) const MAX_SEGMENT_LEN: usize = 1024;

/// The session doesn't fit into cookies that browsers keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// How a session is cut into cookies.
struct Cut {
    max_age: u64,
    /// The length of a piece.
    room: usize,
    /// The number of pieces, at most [`MAX_CHUNKS`].
    chunks: u8,
}

/// The `Set-Cookie` lines of a session whose tokens are sealed already, and its user. Session cookies of the request
/// that the new session doesn't use are removed. `present` has their names.
pub(crate) fn write(
    vault: &Vault,
    mut segment: Segment<'_>,
    sealed_tokens: &str,
    present: &[String],
    now: Timestamp,
    entropy: &[u8; 32],
) -> Result<(Vec<String>, User), TooLarge> {
    let Cut {
        max_age,
        room,
        chunks,
    } = cut(vault, &segment, sealed_tokens.len(), now)?;
    segment.terms.chunks = chunks;
    let (nonce, []) = pair(entropy);
    let body = segment.encode();
    let user = User::open(&body, |_| true).ok_or(TooLarge)?;
    let sealed = match vault.protection {
        Protection::Private => vault.keys().seal(Purpose::Session, nonce, b"", &body),
        Protection::Signed => vault.keys().sign(&body),
    };
    let value = format!("{sealed}.{sealed_tokens}");
    let lines = value
        .as_bytes()
        .chunks(room)
        .enumerate()
        .map(|(index, chunk)| {
            let name = vault.cookies.chunk_name(index);
            // Sealed texts are ASCII. A copied second segment with other characters was damaged before.
            let chunk = std::str::from_utf8(chunk).unwrap_or_default();
            vault.cookies.set(&name, chunk, max_age)
        })
        .chain(remove_chunks(vault, present, usize::from(chunks)));
    Ok((lines.collect(), user))
}

/// Checks that a session fits into cookies, beside tokens whose sealed text has this length. If it may still be bound to a
/// device key, there must be room for the key.
pub(crate) fn check_size(
    vault: &Vault,
    segment: &Segment<'_>,
    tokens_len: usize,
    now: Timestamp,
) -> Result<(), TooLarge> {
    let device = if vault.binds_devices && segment.device.is_empty() {
        ANY_THUMBPRINT
    } else {
        segment.device
    };
    let segment = Segment { device, ..*segment };
    cut(vault, &segment, tokens_len, now).map(|_| ())
}

fn cut(
    vault: &Vault,
    segment: &Segment<'_>,
    tokens_len: usize,
    now: Timestamp,
) -> Result<Cut, TooLarge> {
    let max_age = segment.over().seconds_since(now);
    let longest_name = vault.cookies.chunk_name(MAX_CHUNKS - 1);
    let room = MAX_COOKIE_LEN - vault.cookies.set(&longest_name, "", max_age).len();
    let length = segment.encode().len();
    let text_len = ((length + vault.protection.overhead()) * 4).div_ceil(3);
    let chunks = (text_len + 1 + tokens_len).div_ceil(room);
    if length > MAX_SEGMENT_LEN || chunks > MAX_CHUNKS {
        return Err(TooLarge);
    }
    Ok(Cut {
        max_age,
        room,
        chunks: u8::try_from(chunks).map_err(|_| TooLarge)?,
    })
}

/// The lines that remove all session cookies of a request.
pub(crate) fn remove_session<H: Head>(vault: &Vault, head: &H) -> Vec<String> {
    remove_cookies(vault, &cookie_names(vault, head))
}

/// The lines that remove these session cookies.
pub(crate) fn remove_cookies(vault: &Vault, names: &[String]) -> Vec<String> {
    remove_chunks(vault, names, 0)
}

/// The lines that remove all of these cookies but the first `kept` chunks.
fn remove_chunks(vault: &Vault, names: &[String], kept: usize) -> Vec<String> {
    let kept: Vec<String> = (0..kept)
        .map(|index| vault.cookies.chunk_name(index))
        .collect();
    names
        .iter()
        .filter(|name| !kept.contains(name))
        .map(|name| vault.cookies.remove(name))
        .collect()
}

/// The names of a request's session cookies.
pub(crate) fn cookie_names<H: Head>(vault: &Vault, head: &H) -> Vec<String> {
    vault.names(head, |name| vault.cookies.is_session(name))
}
