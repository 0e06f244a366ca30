//! Secrets that were typed, copied or counted, and not drawn.
//!
//! Rule: fewer than one of a billion random secrets is refused: 32 random bytes never repeat themselves, and have
//! hardly any of the pairs of letters that words are made of.

/// The pairs of letters that are most frequent in English.
const PAIRS: &str = "th he in er an re nd on en at ou ed ha to or it is hi es ng st nt te ti ar ea al le as me ro se co ve de ri ic ll io ne om ur li ra ce ho be ma si us la ec di tr ch ct pe el na ns ee wi no ut ot fo of lo ta il ca mo ac ss so ge we pa wh po em sh oo ai ni un ke ry rs ey et wo rd cr my sp ul ly ie";

/// The first bytes of the secret and the keys of `docs/cookie-format.md`.
const DOCUMENTED: [u64; 8] = [
    0x0001_0203_0405_0607,
    0xadef_e416_1250_88e7,
    0x4cd2_84a7_0a5b_4654,
    0x1c91_96b4_5f41_9b1d,
    0x83b1_01f9_56a0_a618,
    0x52fd_1716_99e1_c035,
    0x60ab_737d_8946_1040,
    0x0085_97b6_512c_e119,
];

/// What is wrong with a secret, as the end of "a secret that …". `text` is as it was written, `bytes` as it was
/// decoded.
pub(crate) fn flaw(text: &str, bytes: &[u8], client_secret: Option<&str>) -> Option<&'static str> {
    let is_client_secret = |secret: &str| text == secret || bytes == secret.as_bytes();
    let start = bytes.first_chunk().map(|start| u64::from_be_bytes(*start));
    let encoded = std::str::from_utf8(bytes).map(str::trim_end);
    if client_secret.is_some_and(is_client_secret) {
        Some("is the client secret, which FNCY knows")
    } else if start.is_some_and(|start| DOCUMENTED.contains(&start)) {
        Some("is printed in the documentation of the cookie format")
    } else if repeats(bytes) || repeats(text.trim_end_matches('=').as_bytes()) {
        Some("repeats a shorter text")
    } else if counts(bytes) {
        Some("only counts up or down")
    } else if is_words(text) || encoded.is_ok_and(is_prose) {
        Some("is made of words")
    } else {
        None
    }
}

/// Whether a block of half the length at most makes up the whole.
fn repeats(bytes: &[u8]) -> bool {
    (1..=bytes.len() / 2).any(|period| bytes[period..] == bytes[..bytes.len() - period])
}

/// Whether each byte differs from the one before by the same.
fn counts(bytes: &[u8]) -> bool {
    let mut steps = bytes.windows(2).map(|pair| pair[1].wrapping_sub(pair[0]));
    let first = steps.next();
    steps.all(|step| Some(step) == first)
}

/// Whether a text is letters of one case, or two of five neighbours in it are those of English words. A capital
/// stands in front in words, and anywhere in random text.
fn is_words(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    let has_small = has(u8::is_ascii_lowercase);
    let is_one_case = has_small != has(u8::is_ascii_uppercase);
    let neighbours = text.as_bytes().windows(2);
    let all = neighbours.len();
    let common = neighbours
        .filter(|pair| !has_small || pair[1].is_ascii_lowercase())
        .filter_map(|pair| std::str::from_utf8(pair).ok())
        .filter(|pair| PAIRS.contains(&*pair.to_ascii_lowercase()))
        .count();
    is_one_case && !has(u8::is_ascii_digit) || common * 5 >= all * 2
}

/// Whether a text that was encoded is one of words. What is random and was encoded twice is not.
fn is_prose(text: &str) -> bool {
    !text.contains(char::is_control) && (!text.is_ascii() || text.contains(' ') || is_words(text))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::flaw;

    #[test]
    fn k25_each_kind_of_guessable_secret_is_named() {
        let words = "correct horse battery staple, and more";
        let of = |text: &str, bytes: &[u8]| flaw(text, bytes, Some("the-client-secret"));
        let repeated = b"0123456789abcdef".repeat(4);
        for (text, bytes, part) in [
            ("the-client-secret", &b"x"[..], "client secret"),
            ("dGhl", b"the-client-secret", "client secret"),
            ("0001", &(0..32).collect::<Vec<u8>>(), "printed"),
            ("A4b8", &repeated, "repeats"),
            ("aB3dEf7aB3dEf7aB3dEf7=", b"x", "repeats"),
            ("Z4b8", &(9..50).rev().collect::<Vec<u8>>(), "counts"),
            ("dgdbmkzqwxvpl", b"\x80\x01\x7f", "words"),
            ("CorrectHorseBatteryStaple1", b"\x80\x01\x7f", "words"),
            ("CORRECT-HORSE-BATTERY-2", b"\x80\x01\x7f", "words"),
            ("Z4b8", words.as_bytes(), "words"),
            ("Z4b8", "추측할 수 있는 비밀번호".as_bytes(), "words"),
        ] {
            let found = of(text, bytes);
            assert!(
                found.is_some_and(|flaw| flaw.contains(part)),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "what is drawn is what is tested")]
    fn k25_what_was_drawn_is_accepted() {
        for _ in 0..100_000 {
            let mut bytes = [0; 32];
            getrandom::getrandom(&mut bytes).unwrap();
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            let text = STANDARD.encode(bytes);
            let twice = STANDARD.encode(&text);
            for (text, bytes) in [
                (&hex, &bytes[..]),
                (&text, &bytes),
                (&twice, text.as_bytes()),
            ] {
                assert_eq!(flaw(text, bytes, Some("secret")), None, "{text}");
            }
        }
    }
}
