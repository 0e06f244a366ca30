//! Secrets in files: the first content, and what a file has later (rows K25 and P43).
//!
//! - A login starts with a cookie secret that was drawn, in any spelling, and with no garbage.
//! - A new content counts after it was read twice in a row, and is told once.
//! - No sentence has a part of the secret.

use std::io::ErrorKind;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{env, fs, process};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use fncy_login::{Login, SecretFile};
use ring::digest::{SHA256, digest};

use crate::input::Input;

const CLIENT_SECRET: &str = "Zq9-a-secret-of-the-client-0Kx7";

/// What is in every secret here, and must be in no sentence.
const MARK: &str = "zq9mark";

/// A byte for what is tried, then the contents.
pub(crate) fn check(data: &[u8]) {
    static FILES: AtomicU64 = AtomicU64::new(0);
    let number = FILES.fetch_add(1, Ordering::Relaxed);
    let path = env::temp_dir().join(format!("fncy-fuzz-{}-{number}", process::id()));
    let mut input = Input::new(data);
    match input.below(4) {
        0 => drawn(&path, input),
        1 => any_text(&path, input.rest()),
        _ => changes(&path, input),
    }
    drop(fs::remove_file(&path));
}

/// What a login says of a cookie secret's file. It is empty if the login starts.
fn mistakes(path: &Path, content: &[u8]) -> Vec<String> {
    fs::write(path, content).unwrap();
    let path = path.display().to_string();
    let vars = [
        ("FNCY_BASE_URL", "http://127.0.0.1:4000"),
        ("FNCY_CLIENT_ID", "client"),
        ("FNCY_CLIENT_SECRET", CLIENT_SECRET),
        ("FNCY_REDIRECT_URI", "https://app.example/auth/callback"),
        ("FNCY_USERINFO_URL", "http://127.0.0.1:4000/me"),
        ("FNCY_COOKIE_SECRET_FILE", &path),
    ];
    let vars = vars.map(|(name, value)| (name, value.to_owned()));
    match Login::builder().env_from(vars).build() {
        Ok(_) => Vec::new(),
        Err(error) => error.mistakes().map(str::to_owned).collect(),
    }
}

/// Secrets that look random, as tools print them.
fn drawn(path: &Path, mut input: Input<'_>) {
    let count = 1 + input.below(3);
    let secrets: Vec<_> = (0..count)
        .map(|number| {
            let way = input.below(6);
            let hash = digest(&SHA256, &[&[number as u8][..], input.rest()].concat());
            let hash = hash.as_ref();
            let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            match way {
                0 => STANDARD.encode(hash),
                1 => STANDARD_NO_PAD.encode(hash),
                2 => URL_SAFE.encode(hash),
                3 => URL_SAFE_NO_PAD.encode(hash),
                4 => hex,
                _ => hex.to_uppercase(),
            }
        })
        .collect();
    let (between, end) = (
        input.one_of(&[",", ", ", " ,"]),
        input.one_of(&["", "\n", "\r\n", " "]),
    );
    let content = format!("{}{end}", secrets.join(between));
    let mistakes = mistakes(path, content.as_bytes());
    assert!(mistakes.is_empty(), "{content:?}: {mistakes:?}");
}

/// Any content, with a mark in the place of each byte 1. A login that starts with it has secrets of 32 bytes.
fn any_text(path: &Path, content: &[u8]) {
    let parts: Vec<_> = content.split(|byte| *byte == 1).collect();
    let content = parts.join(MARK.as_bytes());
    let mistakes = mistakes(path, &content);
    let is_shown = mistakes.iter().any(|mistake| mistake.contains(MARK));
    assert!(!is_shown, "{mistakes:?}");
    if !mistakes.is_empty() {
        return;
    }
    let text = std::str::from_utf8(&content).unwrap().trim();
    for secret in text.split(',').map(str::trim) {
        let bytes = decoded(secret).unwrap();
        let mut distinct = bytes.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert!(bytes.len() >= 32 && distinct.len() >= 8, "{secret:?}");
        let mut periods = 1..=bytes.len() / 2;
        let repeats = periods.any(|period| bytes[period..] == bytes[..bytes.len() - period]);
        assert!(!repeats && secret != CLIENT_SECRET, "{secret:?}");
    }
}

/// Hexadecimal digits, or the letters of base64 in either alphabet.
fn decoded(secret: &str) -> Option<Vec<u8>> {
    let is_hex = secret.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (width, digits): (_, Option<Vec<u32>>) = if is_hex {
        (4, secret.chars().map(|c| c.to_digit(16)).collect())
    } else {
        (
            6,
            secret.trim_end_matches('=').chars().map(letter).collect(),
        )
    };
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0, 0);
    for digit in digits? {
        bits = bits << width | digit;
        count += width;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

fn letter(c: char) -> Option<u32> {
    Some(match c {
        'A'..='Z' => c as u32 - 'A' as u32,
        'a'..='z' => c as u32 - 'a' as u32 + 26,
        '0'..='9' => c as u32 - '0' as u32 + 52,
        '+' | '-' => 62,
        '/' | '_' => 63,
        _ => return None,
    })
}

/// What a file has, what it had when it was read, and what was told of it.
struct Model {
    content: Content,
    read: Content,
    told: Content,
}

/// The text, or why the file is not read.
type Content = Result<&'static str, ErrorKind>;

/// The file is written and read, in any order.
fn changes(path: &Path, mut input: Input<'_>) {
    fs::write(path, "one").unwrap();
    let (mut file, first) = SecretFile::open(path).unwrap();
    assert_eq!(first, "one");
    let mut model = Model {
        content: Ok("one"),
        read: Ok("one"),
        told: Ok("one"),
    };
    let contents: [(&[u8], Content); 7] = [
        (b"one", Ok("one")),
        (b"two", Ok("two")),
        (b"one\n", Ok("one")),
        (b" two\r\n", Ok("two")),
        (b"", Err(ErrorKind::UnexpectedEof)),
        (b"\n", Err(ErrorKind::UnexpectedEof)),
        (b"\xff", Err(ErrorKind::InvalidData)),
    ];
    for _ in 0..64 {
        if input.is_empty() {
            return;
        }
        if let Some((written, content)) = contents.get(input.below(16)) {
            fs::write(path, written).unwrap();
            model.content = *content;
            continue;
        }
        let is_settled = model.content == model.read;
        model.read = model.content;
        let is_news = is_settled && model.content != model.told;
        let expected = is_news.then_some(model.content);
        if is_news {
            model.told = model.content;
        }
        let changed = file.changed().map_err(|error| error.kind()).transpose();
        let changed = changed
            .as_ref()
            .map(|told| told.as_deref().map_err(|kind| *kind));
        assert_eq!(changed, expected);
    }
}
