//! The session's second segment: its sealed tokens.
//!
//! Rules:
//! - The segment is opened only if a token is needed.
//! - The segment is bound to its session and generation, so that older tokens don't open beside a newer user.

use memchr::memchr;

use crate::cookies::policy::MAX_CHUNKS;
use crate::cookies::scan;
use crate::cookies::vault::Vault;
use crate::provider::tokens::SessionTokens;
use crate::request::head::Head;
use crate::seal::format::{NONCE_LEN, OVERHEAD};
use crate::seal::purpose::Purpose;
use crate::session::open::open_user;
use crate::session::segment::Terms;
use crate::session::user::User;

/// The tokens of a user's session, if the second segment is whole. If there are several candidates, only the session's
/// own opens.
pub(crate) fn open<H: Head>(vault: &Vault, head: &H, user: &User) -> Option<SessionTokens> {
    let terms = user.terms();
    let (keys, aad) = (vault.keys(), associated_data(&terms));
    texts(vault, head, &terms)?
        .find_map(|(_, text)| keys.open_pieces(Purpose::Tokens, &aad, &text, SessionTokens::decode))
}

/// The sealed second segment from the same cookie as the user. An attacker may have added another cookie.
pub(crate) fn own_text<H: Head>(vault: &Vault, head: &H, user: &User) -> Option<String> {
    let terms = user.terms();
    let mut candidates = scan::values(head, vault.cookies.session_name());
    let is_sole = candidates.nth(1).is_none();
    let is_own = |first: &[u8]| open_user(vault, first, |found| found.session() == terms.session());
    let is_own = |first: &[u8]| is_sole || is_own(first).is_ok();
    let (_, text) = texts(vault, head, &terms)?.find(|(first, _)| is_own(first))?;
    String::from_utf8(text.concat()).ok()
}

/// Both sealed segments of each cookie that may be the session's. The second one is cut into pieces.
fn texts<'a, H: Head>(
    vault: &'a Vault,
    head: &'a H,
    terms: &Terms,
) -> Option<impl Iterator<Item = (&'a [u8], [&'a [u8]; MAX_CHUNKS])>> {
    let mut pieces: [&[u8]; MAX_CHUNKS] = Default::default();
    let further = pieces.iter_mut().enumerate().skip(1);
    for (index, piece) in further.take(usize::from(terms.chunks.saturating_sub(1))) {
        *piece = scan::values(head, &vault.cookies.chunk_name(index)).next()?;
    }
    let values = scan::values(head, vault.cookies.session_name());
    Some(values.filter_map(move |value| {
        let dot = memchr(b'.', value)?;
        pieces[0] = &value[dot + 1..];
        Some((&value[..dot], pieces))
    }))
}

/// The tokens of a whole second segment.
pub(crate) fn open_text(vault: &Vault, text: &str, terms: &Terms) -> Option<SessionTokens> {
    let aad = associated_data(terms);
    let keys = vault.keys();
    keys.open_pieces(
        Purpose::Tokens,
        &aad,
        &[text.as_bytes()],
        SessionTokens::decode,
    )
}

/// The length of the second segment with these tokens.
pub(crate) fn sealed_len(tokens: &SessionTokens) -> usize {
    ((tokens.encoded_len() + OVERHEAD) * 4).div_ceil(3)
}

pub(crate) fn seal(
    vault: &Vault,
    tokens: &SessionTokens,
    terms: &Terms,
    nonce: [u8; NONCE_LEN],
) -> String {
    let aad = associated_data(terms);
    vault
        .keys()
        .seal(Purpose::Tokens, nonce, &aad, &tokens.encode())
}

fn associated_data(terms: &Terms) -> [u8; 16 + 4] {
    let mut data = [0; 16 + 4];
    data[..16].copy_from_slice(&terms.session_id);
    data[16..].copy_from_slice(&terms.generation.to_be_bytes());
    data
}
