//! The session's second segment: its sealed tokens.
//!
//! Rules:
//! - The segment is opened only if a token is needed.
//! - The segment is bound to its session and generation, so that older tokens don't open beside a newer user.

use std::borrow::Cow;

use memchr::memchr;

use crate::cookies::scan;
use crate::cookies::vault::Vault;
use crate::provider::tokens::SessionTokens;
use crate::request::head::Head;
use crate::seal::format::NONCE_LEN;
use crate::seal::purpose::Purpose;
use crate::session::open::open_user;
use crate::session::user::{Terms, User};

/// The tokens of a user's session, if the second segment is whole. If there are several candidates, only the session's
/// own opens.
pub(crate) fn open<H: Head>(vault: &Vault, head: &H, user: &User) -> Option<SessionTokens> {
    let terms = user.terms();
    let aad = associated_data(vault, &terms);
    texts(vault, head, &terms).find_map(|(_, text)| {
        vault
            .keys()
            .open_long(Purpose::Tokens, &aad, &text, SessionTokens::decode)
    })
}

/// The sealed second segment from the same cookie as the user. An attacker may have added another cookie.
pub(crate) fn own_text<H: Head>(vault: &Vault, head: &H, user: &User) -> Option<String> {
    let terms = user.terms();
    let is_own = |first: &[u8]| open_user(vault, first, |found| found.session() == terms.session());
    let (_, text) = texts(vault, head, &terms).find(|(first, _)| is_own(first).is_ok())?;
    String::from_utf8(text.into_owned()).ok()
}

/// Both sealed segments of each cookie that may be the session's.
fn texts<'a, H: Head>(
    vault: &'a Vault,
    head: &'a H,
    terms: &Terms,
) -> impl Iterator<Item = (&'a [u8], Cow<'a, [u8]>)> {
    let chunks = (1..usize::from(terms.chunks)).map(|index| {
        let name = vault.cookies.chunk_name(index);
        scan::values(head, &name).next()
    });
    let rest: Option<Vec<&[u8]>> = chunks.collect();
    scan::values(head, vault.cookies.session_name()).filter_map(move |value| {
        let dot = memchr(b'.', value)?;
        let (first, start) = (&value[..dot], &value[dot + 1..]);
        let text = match rest.as_deref()? {
            [] => Cow::Borrowed(start),
            rest => Cow::Owned([start, &rest.concat()].concat()),
        };
        Some((first, text))
    })
}

pub(crate) fn seal(
    vault: &Vault,
    tokens: &SessionTokens,
    terms: &Terms,
    nonce: [u8; NONCE_LEN],
) -> String {
    let aad = associated_data(vault, terms);
    vault
        .keys()
        .seal(Purpose::Tokens, nonce, &aad, &tokens.encode())
}

fn associated_data(vault: &Vault, terms: &Terms) -> Vec<u8> {
    let mut binding = [0; 16 + 4];
    binding[..16].copy_from_slice(&terms.session_id);
    binding[16..].copy_from_slice(&terms.generation.to_be_bytes());
    vault.aad("tokens", vault.cookies.session_name(), &binding)
}
