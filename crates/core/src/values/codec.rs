//! The binary body inside a seal: fixed-width big-endian integers, and strings after a 16-bit length.
//!
//! Rules: reading never panics and borrows from the body. A body is valid only if it was read to its last byte.

use crate::values::timestamp::Timestamp;

/// Appends values to a body.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(crate) fn byte(self, value: u8) -> Self {
        self.raw(&[value])
    }

    pub(crate) fn number(self, value: u64) -> Self {
        self.raw(&value.to_be_bytes())
    }

    /// A number of seconds in 32 bits, which is 136 years at most.
    pub(crate) fn seconds(self, value: u64) -> Self {
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        self.raw(&value.to_be_bytes())
    }

    /// A string. Strings of more than 65,535 bytes are refused before.
    pub(crate) fn text(self, value: &str) -> Self {
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        self.raw(&length.to_be_bytes())
            .raw(&value.as_bytes()[..usize::from(length)])
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

/// Takes values off the front of a body.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Self {
        Self(body)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| *byte)
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        self.array().copied().map(u64::from_be_bytes)
    }

    pub(crate) fn seconds(&mut self) -> Option<u64> {
        let seconds = self.array().copied().map(u32::from_be_bytes);
        seconds.map(u64::from)
    }

    pub(crate) fn time(&mut self) -> Option<Timestamp> {
        self.number().map(Timestamp::from_unix)
    }

    pub(crate) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(u16::from_be_bytes(*self.array()?));
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Whether the rest of the body is exactly `count` texts.
    pub(crate) fn is_texts(mut self, count: usize) -> bool {
        // Most texts are ASCII. One check of the whole body takes a fraction of the time of several.
        let is_ascii = self.0.is_ascii();
        let mut is_text = || {
            let bytes = self.bytes();
            bytes.is_some_and(|bytes| is_ascii || std::str::from_utf8(bytes).is_ok())
        };
        (0..count).all(|_| is_text()) && self.is_empty()
    }

    /// Whether the body was read to its end.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Reader, Writer};

    #[test]
    fn written_values_are_read() {
        let body = Writer::with_capacity(8)
            .byte(7)
            .number(u64::MAX)
            .text("π")
            .raw(b"xy")
            .into_bytes();
        let mut reader = Reader::new(&body);
        assert_eq!(reader.byte(), Some(7));
        assert_eq!(reader.number(), Some(u64::MAX));
        assert_eq!(reader.text(), Some("π"));
        assert!(!reader.is_empty());
        assert_eq!(reader.array::<2>(), Some(b"xy"));
        assert!(reader.is_empty());
    }

    #[test]
    fn every_truncation_is_none() {
        let body = Writer::with_capacity(8).text("abc").into_bytes();
        for cut in 0..body.len() {
            assert_eq!(Reader::new(&body[..cut]).text(), None, "cut at {cut}");
        }
    }
}
