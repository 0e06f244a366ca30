//! The spellings of a path, and whether all servers read it as the same path.
//!
//! Rule: reading never fails. If any server might read a path as another one, the path is not canonical.

use std::borrow::Cow;

use percent_encoding::{
    AsciiSet, CONTROLS, percent_decode, percent_decode_str, utf8_percent_encode,
};

/// The characters that browsers escape in a path (URL standard, path percent-encode set). `?` and `#` end a path.
/// Braces are a router's pattern, so a rule with braces is a mistake, and is not escaped into a valid one.
const ESCAPED_BY_BROWSERS: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'^')
    .add(b'`');

/// A written path as browsers send it: `/a b` becomes `/a%20b`.
pub(crate) fn as_sent(written: &str) -> String {
    utf8_percent_encode(written, ESCAPED_BY_BROWSERS).to_string()
}

/// Whether two spellings are equal, except for the case of their escapes' digits (RFC 3986, section 6.2.2.1).
pub(crate) fn is_spelled_alike(one: &[u8], other: &[u8]) -> bool {
    one == other
        || (one.eq_ignore_ascii_case(other) && percent_decode(one).eq(percent_decode(other)))
}

/// A path as a router may decode it. It is borrowed if it has no escapes.
pub(crate) fn decoded(path: &str) -> Cow<'_, [u8]> {
    percent_decode_str(path).into()
}

/// Whether every reader of this path sees the same segments.
///
/// A canonical path:
/// - begins with a slash,
/// - has only characters that RFC 3986 allows in a path, or that browsers send unescaped (`[`, `]`, `|`, `^`),
/// - has no dot segment, no `;`, and no empty segment but the last,
/// - escapes no unreserved character, slash, backslash or control character.
pub(crate) fn is_canonical(path: &str) -> bool {
    let Some(mut rest) = path.as_bytes().strip_prefix(b"/") else {
        return false;
    };
    while let Some(length) = canonical_segment_len(rest) {
        let (segment, after) = rest.split_at(length);
        rest = match (segment, after) {
            (b"." | b"..", _) => return false,
            (_, []) => return true,
            ([], _) => return false,
            (_, [_, after @ ..]) => after,
        };
    }
    false
}

/// Whether all servers resolve a path to the same one. Some routers and file servers drop empty and dot segments, and
/// others don't.
pub(crate) fn has_one_reading(path: &str, decoded: &[u8]) -> bool {
    let mut segments = decoded.split(|byte| *byte == b'/').skip(1).peekable();
    let mut is_plain = decoded.first() == Some(&b'/');
    while let Some(segment) = segments.next() {
        let is_empty = segment.is_empty() && segments.peek().is_some();
        is_plain &= !is_empty && !matches!(segment, b"." | b"..");
    }
    is_plain
        && !makes_escapes(path)
        && !decoded
            .iter()
            .any(|byte| matches!(byte, b'\\' | 0..=0x1f | 0x7f))
}

/// Whether decoding a broken escape gives a new escape, as in `%%361`. A server that decodes twice would decode that
/// one as well. actix-web does for parameters and files, except for `%25`.
fn makes_escapes(path: &str) -> bool {
    path.match_indices('%').any(|(at, sign)| {
        let rest = &path[at + sign.len()..];
        !has_two_digits(rest.bytes()) && has_two_digits(percent_decode_str(rest))
    })
}

fn has_two_digits(bytes: impl Iterator<Item = u8>) -> bool {
    bytes.take(2).filter(u8::is_ascii_hexdigit).count() == 2
}

/// The length of the first segment, if each of its bytes and escapes is canonical.
fn canonical_segment_len(bytes: &[u8]) -> Option<usize> {
    let mut length = 0;
    while let Some(byte) = bytes.get(length) {
        length += match ROLES[usize::from(*byte)] {
            Role::Plain => 1,
            Role::Escape if is_canonical_escape(*bytes[length + 1..].first_chunk()?) => 3,
            Role::Slash => break,
            Role::Escape | Role::Refused => return None,
        };
    }
    Some(length)
}

fn is_canonical_escape(digits: [u8; 2]) -> bool {
    let [Some(high), Some(low)] = digits.map(|digit| char::from(digit).to_digit(16)) else {
        return false;
    };
    // Two hexadecimal digits are at most 255, so the number fits.
    let byte = u8::try_from(high * 16 + low).unwrap_or_default();
    !is_unreserved(byte) && !matches!(byte, b'/' | b'\\' | 0..=0x1f | 0x7f)
}

/// The role of a byte in a canonical path.
#[derive(Clone, Copy)]
enum Role {
    Plain,
    Slash,
    Escape,
    Refused,
}

/// The role of each byte. Requests for public pages are compared byte by byte, and a table is the fastest way.
const ROLES: [Role; 256] = {
    let mut roles = [Role::Refused; 256];
    let mut byte = 0;
    while byte < roles.len() {
        roles[byte] = role_of(byte as u8);
        byte += 1;
    }
    roles
};

const fn role_of(byte: u8) -> Role {
    match byte {
        b'/' => Role::Slash,
        b'%' => Role::Escape,
        b'!' | b'$' | b'&'..=b',' | b':' | b'=' | b'@' | b'[' | b']' | b'^' | b'|' => Role::Plain,
        _ if is_unreserved(byte) => Role::Plain,
        _ => Role::Refused,
    }
}

/// RFC 3986, section 2.3.
const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
