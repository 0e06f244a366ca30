//! The parser of one `Set-Cookie` line (RFC 6265bis, section 5.6).
//!
//! - A line with a control character other than a tab is refused.
//! - A line without a `=` is a value with an empty name. A line with neither name nor value is refused.
//! - Name and value together have at most 4096 bytes. An attribute with a value over 1024 bytes is ignored.
//! - The last attribute of a name wins, but `Max-Age` wins over `Expires`.
//! - A cookie lives 400 days at most (5.5).

use super::cookie_date;

const NAME_VALUE_LIMIT: usize = 4096;
const ATTRIBUTE_LIMIT: usize = 1024;
const AGE_LIMIT: u64 = 400 * 24 * 60 * 60;

/// When requests from other sites send a cookie (RFC 6265bis section 5.6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SameSite {
    /// Only requests from the same site send it.
    Strict,
    /// Top-level navigations by a safe method send it too.
    Lax,
    /// The line has no `SameSite`, which counts as `Lax`. Chromium alone also sends such a cookie with a cross-site
    /// `POST` for two minutes, and this jar doesn't.
    Default,
    /// Every request sends it.
    None,
}

/// The content of a line, before a jar decides whether to store it.
#[derive(Debug)]
pub(crate) struct SetCookie {
    pub(crate) name: Vec<u8>,
    pub(crate) value: Vec<u8>,
    /// The domain in lower case, without its leading dot. Empty if the attribute is missing or empty.
    pub(crate) domain: String,
    pub(crate) path: Option<String>,
    pub(crate) secure: bool,
    pub(crate) http_only: bool,
    pub(crate) same_site: SameSite,
    /// When the cookie expires, in Unix seconds. `None` if it lasts until the browser is closed.
    pub(crate) expires: Option<u64>,
}

impl SetCookie {
    pub(crate) fn parse(line: &[u8], now: u64) -> Option<Self> {
        if line
            .iter()
            .any(|&byte| byte.is_ascii_control() && byte != b'\t')
        {
            return None;
        }
        let mut parts = line.split(|&byte| byte == b';');
        let pair = parts.next().unwrap_or_default();
        let (name, value) = name_and_value(pair).unwrap_or_else(|| (b"", pair.trim_ascii()));
        if name.is_empty() && value.is_empty() || name.len() + value.len() > NAME_VALUE_LIMIT {
            return None;
        }
        let mut cookie = Self {
            name: name.to_vec(),
            value: value.to_vec(),
            domain: String::new(),
            path: None,
            secure: false,
            http_only: false,
            same_site: SameSite::Default,
            expires: None,
        };
        let (mut expires, mut max_age) = (None, None);
        for attribute in parts {
            let (name, value) =
                name_and_value(attribute).unwrap_or_else(|| (attribute.trim_ascii(), b""));
            if value.len() > ATTRIBUTE_LIMIT {
                continue;
            }
            let value = String::from_utf8_lossy(value);
            match name.to_ascii_lowercase().as_slice() {
                b"expires" => expires = cookie_date::parse(&value).or(expires),
                b"max-age" => max_age = expiry_after(&value, now).or(max_age),
                b"domain" => {
                    cookie.domain = value
                        .strip_prefix('.')
                        .unwrap_or(&value)
                        .to_ascii_lowercase();
                }
                b"path" => cookie.path = value.starts_with('/').then(|| value.into_owned()),
                b"secure" => cookie.secure = true,
                b"httponly" => cookie.http_only = true,
                b"samesite" => cookie.same_site = same_site(&value),
                _ => {}
            }
        }
        cookie.expires = max_age.or(expires).map(|at| at.min(now + AGE_LIMIT));
        Some(cookie)
    }
}

fn name_and_value(part: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = part.iter().position(|&byte| byte == b'=')?;
    Some((part[..equals].trim_ascii(), part[equals + 1..].trim_ascii()))
}

/// `Max-Age` as an instant; a negative one is 0, the earliest there is.
fn expiry_after(max_age: &str, now: u64) -> Option<u64> {
    let digits = max_age.strip_prefix('-').unwrap_or(max_age);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if digits.len() < max_age.len() || digits.bytes().all(|digit| digit == b'0') {
        return Some(0);
    }
    Some(now.saturating_add(digits.parse().unwrap_or(AGE_LIMIT)))
}

fn same_site(value: &str) -> SameSite {
    match value.to_ascii_lowercase().as_str() {
        "strict" => SameSite::Strict,
        "lax" => SameSite::Lax,
        "none" => SameSite::None,
        _ => SameSite::Default,
    }
}

#[cfg(test)]
mod tests {
    use super::{SameSite, SetCookie};

    const NOW: u64 = 1_700_000_000;

    fn parse(line: &str) -> SetCookie {
        SetCookie::parse(line.as_bytes(), NOW).unwrap()
    }

    #[test]
    fn max_age_wins_over_expires_in_either_order() {
        for line in [
            "a=b; Max-Age=60; Expires=Fri, 07 Aug 2099 08:04:19 GMT",
            "a=b; Expires=Fri, 07 Aug 2099 08:04:19 GMT; Max-Age=60",
        ] {
            assert_eq!(parse(line).expires, Some(NOW + 60));
        }
    }

    #[test]
    fn a_year_is_kept_and_ten_are_cut_to_400_days() {
        assert_eq!(
            parse("a=b; Max-Age=31536000").expires,
            Some(NOW + 31_536_000)
        );
        let limit = Some(NOW + 400 * 86_400);
        assert_eq!(parse("a=b; Max-Age=315360000").expires, limit);
        assert_eq!(parse("a=b; Max-Age=99999999999999999999999").expires, limit);
        assert_eq!(
            parse("a=b; Expires=Fri, 07 Aug 2099 08:04:19 GMT").expires,
            limit
        );
    }

    #[test]
    fn name_and_value_hold_4096_bytes_and_no_more() {
        let line = |length: usize| format!("name={}; Path=/", "v".repeat(length - 4));
        assert_eq!(parse(&line(4096)).value.len(), 4092);
        assert!(SetCookie::parse(line(4097).as_bytes(), NOW).is_none());
    }

    #[test]
    fn an_attribute_over_1024_bytes_is_not_there() {
        assert_eq!(
            parse(&format!("a=b; Path=/{}", "p".repeat(1024))).path,
            None
        );
        assert!(
            parse(&format!("a=b; Path=/{}", "p".repeat(1023)))
                .path
                .is_some()
        );
    }

    #[test]
    fn the_last_same_site_wins_and_an_unknown_one_is_the_default() {
        assert_eq!(
            parse("a=b; SameSite=None; samesite=LAX").same_site,
            SameSite::Lax
        );
        assert_eq!(
            parse("a=b; SameSite=Lax; SameSite=nope").same_site,
            SameSite::Default
        );
    }

    #[test]
    fn a_control_character_refuses_the_line() {
        assert!(SetCookie::parse(b"a=b\0c", NOW).is_none());
        assert!(SetCookie::parse(b"a=b; Path=/\x7f", NOW).is_none());
        assert!(SetCookie::parse(b"a=b\tc", NOW).is_some());
    }
}
