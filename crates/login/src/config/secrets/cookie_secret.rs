//! `FNCY_COOKIE_SECRET`: one or more secrets as text.
//!
//! Rules: text that is all hexadecimal digits is hex; everything else is base64, with or without padding, of either
//! alphabet. What can be guessed is refused, and never shown.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use fncy_login_core::{KeyRing, SecretError};
use zeroize::Zeroizing;

use crate::config::secrets::guessable_secret;

/// The secrets of a setting.
struct Secrets {
    sealing: Zeroizing<Vec<u8>>,
    former: Vec<Zeroizing<Vec<u8>>>,
}

const HOW: &str =
    "write at least 32 random bytes as base64 or hex, as `openssl rand -base64 32` prints them";

/// The keys of secrets that are separated by commas; an error is the end of a sentence.
pub(crate) fn keys(text: &str, client_secret: Option<&str>) -> Result<KeyRing, String> {
    let Secrets { sealing, former } = parse(text, client_secret)?;
    KeyRing::new(&sealing, &former).map_err(|weak| explain(text, weak))
}

fn parse(text: &str, client_secret: Option<&str>) -> Result<Secrets, String> {
    let mut secrets = text.split(',').enumerate().map(|(index, secret)| {
        read(secret.trim(), client_secret)
            .map_err(|flaw| format!("has {} {flaw}; {HOW}", a_secret(text, index)))
    });
    // Even an empty text has one part.
    let sealing = secrets.next().unwrap_or_else(|| Err(HOW.to_owned()))?;
    Ok(Secrets {
        sealing,
        former: secrets.collect::<Result<_, _>>()?,
    })
}

fn read(text: &str, client_secret: Option<&str>) -> Result<Zeroizing<Vec<u8>>, String> {
    if text.contains(char::is_whitespace) {
        return Err(
            "with white space or a line break in it; write it in one line, and a comma between two"
                .to_owned(),
        );
    }
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    if digits == text.len() && digits % 2 == 1 {
        return Err(format!(
            "of {digits} hexadecimal digits, an odd number: one is missing, or is too many"
        ));
    }
    let bytes = decode(text).ok_or("that is neither base64 nor hex")?;
    match guessable_secret::flaw(text, &bytes, client_secret) {
        Some(flaw) if bytes.len() >= KeyRing::MIN_SECRET_LEN => Err(format!("that {flaw}")),
        _ => Ok(bytes),
    }
}

/// What is wrong with a weak secret, without showing it.
fn explain(text: &str, weak: SecretError) -> String {
    let secret = a_secret(text, weak.position);
    if weak.length < KeyRing::MIN_SECRET_LEN {
        format!("has {secret} that decodes to {} bytes; {HOW}", weak.length)
    } else {
        let distinct = weak.distinct;
        format!("has {secret} that decodes to {distinct} distinct bytes; {HOW}")
    }
}

/// Names a secret, by its number if there are several.
fn a_secret(text: &str, index: usize) -> String {
    if text.contains(',') {
        format!("a secret (number {})", index + 1)
    } else {
        "a secret".to_owned()
    }
}

fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    if text.is_empty() {
        return None;
    }
    if text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let (pairs, _) = text.as_bytes().as_chunks::<2>();
        let bytes = pairs.iter().map(|pair| {
            let [high, low] = pair.map(|digit| char::from(digit).to_digit(16));
            u8::try_from(high? * 16 + low?).ok()
        });
        return bytes.collect::<Option<Vec<u8>>>().map(Zeroizing::new);
    }
    // Unlike a cookie, a secret has no other spelling to be confused with.
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    [alphabet::STANDARD, alphabet::URL_SAFE]
        .iter()
        .find_map(|alphabet| GeneralPurpose::new(alphabet, config).decode(text).ok())
        .map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::{decode, parse};

    #[test]
    fn hex_is_told_from_base64() {
        assert_eq!(decode("00ff").unwrap().as_slice(), [0, 255]);
        assert_eq!(decode("-_8").unwrap().as_slice(), [251, 255]);
        assert_eq!(decode("+/8=").unwrap().as_slice(), [251, 255]);
        assert!(decode("").is_none());
        assert!(decode("not a secret").is_none());
    }

    #[test]
    fn several_are_separated_by_commas() {
        let secrets = parse("00ff, 0102 ,+/8=", None).unwrap();
        assert_eq!(secrets.sealing.as_slice(), [0, 255]);
        assert_eq!(secrets.former.len(), 2);
        let error = parse("00ff,??", None).err().unwrap();
        assert!(
            error.contains("number 2") && !error.contains("??"),
            "{error}"
        );
    }
}
