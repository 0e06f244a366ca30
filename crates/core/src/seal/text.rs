//! The text of a seal: base64url without padding, canonical only (RFC 4648, sections 3.5 and 5).
//!
//! Rule: every request decodes a text, and vector instructions do so in a quarter of the time. Their presence is
//! detected once.

use base64::Engine as _;
use base64::engine::general_purpose::NO_PAD;

use crate::seal::format::OpenError;

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
type Engine = base64::engine::simd::Simd;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
type Engine = base64::engine::GeneralPurpose;

/// Encodes bytes as text, and decodes text.
#[derive(Clone)]
pub(super) struct TextFormat(Engine);

impl TextFormat {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    pub(super) fn new() -> Self {
        Self(Engine::url_safe(NO_PAD))
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    pub(super) fn new() -> Self {
        Self(Engine::new(&base64::alphabet::URL_SAFE, NO_PAD))
    }

    pub(super) fn encode(&self, bytes: &[u8]) -> String {
        self.0.encode(bytes)
    }

    /// Decodes into `buffer`. A text that is too long for the buffer is broken.
    pub(super) fn decode<'b>(
        &self,
        text: &[u8],
        buffer: &'b mut [u8],
    ) -> Result<&'b mut [u8], OpenError> {
        let length = self
            .0
            .decode_slice(text, buffer)
            .map_err(|_| OpenError::Broken)?;
        Ok(&mut buffer[..length])
    }

    /// Decodes a text that is cut into pieces, which end anywhere. The pieces are not joined before.
    pub(super) fn decode_pieces<'b>(
        &self,
        pieces: &[&[u8]],
        buffer: &'b mut [u8],
    ) -> Result<&'b mut [u8], OpenError> {
        let mut length = 0;
        let mut decode = |text: &[u8]| {
            // Most sessions have one piece and four empty ones.
            if !text.is_empty() {
                length += self.decode(text, &mut buffer[length..])?.len();
            }
            Ok(())
        };
        // The start of a group of four characters, of which the next piece has the rest.
        let (mut group, mut kept) = ([0; 4], 0);
        for piece in pieces {
            let (missing, piece) = piece.split_at(piece.len().min((4 - kept) % 4));
            group[kept..kept + missing.len()].copy_from_slice(missing);
            kept += missing.len();
            if kept == 4 {
                decode(&group)?;
                kept = 0;
            }
            let (groups, rest) = piece.split_at(piece.len() / 4 * 4);
            decode(groups)?;
            group[kept..kept + rest.len()].copy_from_slice(rest);
            kept += rest.len();
        }
        decode(&group[..kept])?;
        Ok(&mut buffer[..length])
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    /// Lengths around those at which vector instructions start and stop.
    const LENGTHS: [usize; 14] = [0, 1, 2, 3, 15, 16, 17, 23, 24, 25, 31, 32, 33, 49];

    #[test]
    fn the_text_is_standard_base64url() {
        let format = TextFormat::new();
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        for length in 0..bytes.len() {
            let text = format.encode(&bytes[..length]);
            assert_eq!(text, URL_SAFE_NO_PAD.encode(&bytes[..length]));
            let mut buffer = vec![0; length];
            let decoded = format.decode(text.as_bytes(), &mut buffer);
            assert_eq!(decoded.unwrap(), &bytes[..length]);
        }
    }

    #[test]
    fn k02_it_refuses_the_same_texts_as_the_plain_decoder() {
        let format = TextFormat::new();
        for length in LENGTHS {
            let text = format.encode(&vec![0xa5; length]).into_bytes();
            for index in 0..text.len() {
                for byte in 0..=u8::MAX {
                    let mut changed = text.clone();
                    changed[index] = byte;
                    let mut buffer = vec![0; length];
                    let decoded = format.decode(&changed, &mut buffer);
                    let plain = URL_SAFE_NO_PAD.decode(&changed);
                    assert_eq!(decoded.ok().map(|bytes| bytes.to_vec()), plain.ok());
                }
            }
        }
    }

    #[test]
    fn k02_pieces_are_read_like_the_whole_text() {
        let format = TextFormat::new();
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        for length in 0..12 {
            let text = format.encode(&bytes[..length]).into_bytes();
            for changed in std::iter::once(text.clone()).chain(changed(&text)) {
                let whole = URL_SAFE_NO_PAD.decode(&changed).ok();
                for first in 0..=changed.len() {
                    for second in first..=changed.len() {
                        let (start, rest) = changed.split_at(first);
                        let (middle, end) = rest.split_at(second - first);
                        let mut buffer = vec![0; length];
                        let pieces = format.decode_pieces(&[start, middle, end], &mut buffer);
                        assert_eq!(pieces.ok().map(|bytes| bytes.to_vec()), whole);
                    }
                }
            }
        }
    }

    /// A text with another character in each place.
    fn changed(text: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        (0..text.len()).flat_map(move |index| {
            [b'B', b'=', b'~'].map(|byte| {
                let mut changed = text.to_vec();
                changed[index] = byte;
                changed
            })
        })
    }
}
