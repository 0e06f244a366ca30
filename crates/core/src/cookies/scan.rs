//! Reading the `Cookie` header (RFC 6265bis, section 5.7.3, from the server's side).
//!
//! Rules:
//! - Reading never fails, and takes linear time. No jar is built.
//! - Every line of the header counts, since HTTP/2 splits it.
//! - Names are compared byte by byte. A pair without a name is skipped.

use memchr::memchr;

use crate::request::head::Head;

/// The number of values that are tried for one name. A sibling domain can add cookies with our names. A fourth value is
/// an attack that costs time.
const MAX_CANDIDATES: usize = 3;

/// All pairs of name and value.
pub(crate) fn pairs<H: Head>(head: &H) -> impl Iterator<Item = (&[u8], &[u8])> {
    texts(head).filter_map(pair)
}

/// The first few values of one name. Of a pair with another name, only the name is read.
pub(crate) fn values<'h, H: Head>(head: &'h H, name: &str) -> impl Iterator<Item = &'h [u8]> {
    texts(head)
        .filter_map(|text| value_after(text.strip_prefix(name.as_bytes())?))
        .take(MAX_CANDIDATES)
}

/// The first few values of a name that is given in two parts.
pub(crate) fn values_of<'h, H: Head, const N: usize>(
    head: &'h H,
    stem: &str,
    suffix: [u8; N],
) -> impl Iterator<Item = &'h [u8]> {
    texts(head)
        .filter_map(move |text| {
            let rest = text.strip_prefix(stem.as_bytes())?;
            value_after(rest.strip_prefix(&suffix)?)
        })
        .take(MAX_CANDIDATES)
}

/// The value in what follows a name.
fn value_after(rest: &[u8]) -> Option<&[u8]> {
    Some(
        rest.trim_ascii_start()
            .strip_prefix(b"=")?
            .trim_ascii_start(),
    )
}

/// The texts between the semicolons of all lines.
fn texts<H: Head>(head: &H) -> impl Iterator<Item = &[u8]> {
    head.lines("cookie").flat_map(|line| {
        let mut rest = Some(line);
        std::iter::from_fn(move || {
            let line = rest?;
            let (text, after) = match memchr(b';', line) {
                Some(end) => (&line[..end], Some(&line[end + 1..])),
                None => (line, None),
            };
            rest = after;
            Some(text.trim_ascii())
        })
    })
}

fn pair(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = memchr(b'=', text)?;
    let name = text[..equals].trim_ascii();
    (!name.is_empty()).then(|| (name, text[equals + 1..].trim_ascii()))
}

/// The name of a pair. A text without an equals sign is all name.
pub(crate) fn name(text: &[u8]) -> &[u8] {
    let end = memchr(b'=', text).unwrap_or(text.len());
    text[..end].trim_ascii()
}

/// All names that are UTF-8, as ours are.
pub(crate) fn names<H: Head>(head: &H) -> impl Iterator<Item = &str> {
    pairs(head).filter_map(|(name, _)| std::str::from_utf8(name).ok())
}

#[cfg(test)]
mod tests {
    use super::{pairs, values};
    use crate::tests::request::Request;

    #[test]
    fn malformed_headers_are_read_to_their_end() {
        let request = Request::get("/")
            .header("cookie", b";;;=x; a; b=; \xff=\xfe; c=1=2; \"q\"=\"v\"")
            .header("cookie", b"d=4");
        let found: Vec<_> = pairs(&request).collect();
        assert_eq!(
            found,
            [
                (&b"b"[..], &b""[..]),
                (b"\xff", b"\xfe"),
                (b"c", b"1=2"),
                (b"\"q\"", b"\"v\""),
                (b"d", b"4"),
            ]
        );
    }

    #[test]
    fn a_fourth_value_is_not_tried() {
        let request = Request::get("/").header("cookie", b"s=1; s=2; S=x; s=3; s=4");
        let found: Vec<_> = values(&request, "s").collect();
        assert_eq!(found, [b"1", b"2", b"3"]);
    }
}
