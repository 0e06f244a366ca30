//! Writing `Set-Cookie` (RFC 6265bis, section 4.1): names and attributes of all our cookies.
//!
//! Rules: `HttpOnly; Secure; SameSite=Lax; Path=/` and the `__Host-` prefix for every cookie; no
//! `Domain`; a removal carries the same attributes; nothing reads the clock.

use cookie::time::Duration;
use cookie::{Cookie, SameSite};

/// A browser drops a cookie whose name and value exceed this (RFC 6265bis, section 5.7); name,
/// value **and** attributes are counted here, as some count them.
pub(crate) const MAX_COOKIE_LEN: usize = 4096;
/// How many cookies one session may take: beyond, proxies refuse the request's head.
pub(crate) const MAX_CHUNKS: usize = 5;

/// Names and attributes of our cookies.
#[derive(Clone, Debug)]
pub struct CookiePolicy {
    secure: bool,
    session: String,
    login: String,
    looped: String,
}

/// The application's name in the cookies' names.
const DEFAULT_NAME: &str = "fncy";
/// Hexadecimal digits of a login's cookie name.
const LOGIN_SUFFIX_LEN: usize = 16;
/// Longer names eat what the value may have.
const MAX_NAME_LEN: usize = 32;

impl CookiePolicy {
    /// Cookies named `__Host-{name}_…`. The default name is `fncy`; applications that share a host
    /// need different ones. Those on this machine have many ports in turn, and ports share cookies:
    /// a `port` is part of the name.
    ///
    /// `None` for a name that is empty, longer than 32 bytes, or has other characters than
    /// letters, digits and `-`: those are safe in every proxy, and a name can't smuggle in a
    /// prefix or another cookie's suffix.
    #[must_use]
    pub fn new(name: Option<&str>, port: Option<u16>) -> Option<Self> {
        let name = checked(name)?;
        let port = port.map(|port| format!("_{port}")).unwrap_or_default();
        Some(Self::named(true, &format!("__Host-{name}{port}")))
    }

    /// Cookies for plain http in development: without `Secure` and `__Host-`, which browsers
    /// refuse there.
    #[must_use]
    pub fn danger_insecure(name: Option<&str>, port: u16) -> Option<Self> {
        let name = checked(name)?;
        Some(Self::named(false, &format!("{name}_{port}")))
    }

    fn named(secure: bool, stem: &str) -> Self {
        Self {
            secure,
            session: format!("{stem}_session"),
            login: format!("{stem}_login_"),
            looped: format!("{stem}_round"),
        }
    }

    /// The session's cookie, whose further chunks have an index behind this name.
    #[must_use]
    pub fn session_name(&self) -> &str {
        &self.session
    }

    /// The name of a chunk; the first, 0, is the session's own.
    pub(crate) fn chunk_name(&self, index: usize) -> String {
        match index {
            0 => self.session.clone(),
            _ => format!("{}.{index}", self.session),
        }
    }

    /// The cookie of the login whose `state` hashes to `digest`.
    pub(crate) fn login_name(&self, digest: &[u8; 32]) -> String {
        let start = digest.iter().take(LOGIN_SUFFIX_LEN / 2);
        let suffix = start.fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        format!("{}{suffix:0LOGIN_SUFFIX_LEN$x}", self.login)
    }

    /// The cookie that counts sign-ins which came back without a session.
    pub(crate) fn loop_name(&self) -> &str {
        &self.looped
    }

    /// Whether a name is a login's.
    pub(crate) fn is_login(&self, name: &str) -> bool {
        name.strip_prefix(&self.login).is_some_and(|suffix| {
            suffix.len() == LOGIN_SUFFIX_LEN
                && suffix
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
    }

    /// Whether a name is the session's or one of its further chunks'.
    pub(crate) fn is_session(&self, name: &str) -> bool {
        name.strip_prefix(&self.session).is_some_and(|rest| {
            rest.is_empty() || (1..MAX_CHUNKS).any(|index| rest == format!(".{index}"))
        })
    }

    /// Whether a name is one of ours.
    pub(crate) fn is_own(&self, name: &[u8]) -> bool {
        std::str::from_utf8(name).is_ok_and(|name| {
            self.is_session(name) || self.is_login(name) || name == self.loop_name()
        })
    }

    /// The `Set-Cookie` line of a value that lives `max_age` seconds.
    pub(crate) fn set(&self, name: &str, value: &str, max_age: u64) -> String {
        let max_age = Duration::seconds(i64::try_from(max_age).unwrap_or(i64::MAX));
        Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Lax)
            .max_age(max_age)
            .to_string()
    }

    /// The `Set-Cookie` line that removes a cookie: the same attributes, no value, no time to live.
    pub(crate) fn remove(&self, name: &str) -> String {
        self.set(name, "", 0)
    }
}

fn checked(name: Option<&str>) -> Option<&str> {
    let name = name.unwrap_or(DEFAULT_NAME);
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (plain && (1..=MAX_NAME_LEN).contains(&name.len())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::CookiePolicy;

    #[test]
    fn attributes_are_the_same_for_setting_and_removing() {
        let policy = CookiePolicy::new(None, None).unwrap();
        assert_eq!(
            policy.set(policy.session_name(), "v", 60),
            "__Host-fncy_session=v; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=60"
        );
        assert_eq!(
            policy.remove(policy.session_name()),
            "__Host-fncy_session=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0"
        );
    }

    #[test]
    fn cookies_of_this_machine_have_their_port() {
        let policy = CookiePolicy::new(Some("shop"), Some(3000)).unwrap();
        assert_eq!(policy.chunk_name(1), "__Host-shop_3000_session.1");
        assert_eq!(policy.loop_name(), "__Host-shop_3000_round");
    }

    #[test]
    fn insecure_cookies_have_no_prefix_and_their_port() {
        let policy = CookiePolicy::danger_insecure(None, 3000).unwrap();
        assert_eq!(
            policy.set(&policy.chunk_name(1), "v", 60),
            "fncy_3000_session.1=v; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"
        );
    }

    #[test]
    fn names_of_ours_are_told_from_lookalikes() {
        let policy = CookiePolicy::new(Some("shop"), None).unwrap();
        let login = policy.login_name(&[0xab; 32]);
        assert_eq!(login, "__Host-shop_login_abababababababab");
        assert!(policy.is_login(&login));
        for name in ["__Host-shop_login_", "__host-shop_login_abababababababab"] {
            assert!(!policy.is_login(name), "{name}");
        }
        assert!(policy.is_session("__Host-shop_session.4"));
        for name in [".5", ".0", ".00", ".-1", ".01", "x"] {
            assert!(
                !policy.is_session(&format!("__Host-shop_session{name}")),
                "{name}"
            );
        }
    }

    #[test]
    fn names_that_could_mean_something_else_are_refused() {
        for name in ["", "a=b", "a;b", "__Secure-x", "ä", &"x".repeat(33)] {
            assert!(CookiePolicy::new(Some(name), None).is_none(), "{name}");
        }
    }
}
