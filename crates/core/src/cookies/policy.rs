//! Writing `Set-Cookie` (RFC 6265bis, section 4.1): names and attributes of all our cookies.
//!
//! Rules:
//! - Every cookie has `HttpOnly; Secure; SameSite=Lax; Path=/`, the `__Host-` prefix and no `Domain`.
//! - A removal has the same attributes as the cookie.
//! - The attributes are written once. Only the name, the value and `Max-Age` differ.

use cookie::{Cookie, SameSite};

use crate::cookies::scan;
use crate::request::head::Head;

/// A browser drops a cookie whose name and value are longer (RFC 6265bis, section 5.7). Some browsers count attributes
/// too, so they are counted here. Bytes.
pub(crate) const MAX_COOKIE_LEN: usize = 4096;
/// The most cookies that a session may take. With more, proxies refuse the request's head.
pub(crate) const MAX_CHUNKS: usize = 5;

/// Names and attributes of our cookies.
#[derive(Clone, Debug)]
pub struct CookiePolicy {
    /// The attributes of each cookie, up to the value of `Max-Age`.
    attributes: String,
    session: String,
    login: String,
    looped: String,
    device: String,
}

/// The default name of the application in the names of cookies.
const DEFAULT_NAME: &str = "fncy";
/// The number of hexadecimal digits at the end of the name of a transaction or a device cookie.
const SUFFIX_LEN: usize = 16;
/// The longest name of an application, in bytes. A longer one would leave too little room for values.
const MAX_NAME_LEN: usize = 32;

impl CookiePolicy {
    /// Cookies named `__Host-{name}_…`, over https.
    ///
    /// The default name is `fncy`. Applications on the same host need different names. In development, an application
    /// changes its port from time to time, and all ports of a host share cookies. So a `port`, if given, becomes a part
    /// of the names.
    ///
    /// Returns `None` if the name is empty, longer than 32 bytes, or has other characters than ASCII letters, digits
    /// and `-`. Every proxy passes those. They also keep a name from looking like a cookie prefix or another cookie's
    /// suffix.
    #[must_use]
    pub fn new(name: Option<&str>, port: Option<u16>) -> Option<Self> {
        let name = checked(name)?;
        let port = port.map(|port| format!("_{port}")).unwrap_or_default();
        Some(Self::named(true, &format!("__Host-{name}{port}")))
    }

    /// Cookies over plain http, for development. They have no `Secure` and no `__Host-`, which browsers refuse over
    /// http.
    #[must_use]
    pub fn danger_insecure(name: Option<&str>, port: u16) -> Option<Self> {
        let name = checked(name)?;
        Some(Self::named(false, &format!("{name}_{port}")))
    }

    fn named(secure: bool, stem: &str) -> Self {
        let cookie = Cookie::build("")
            .path("/")
            .http_only(true)
            .secure(secure)
            .same_site(SameSite::Lax);
        let attributes = cookie.to_string();
        Self {
            attributes: format!("{}; Max-Age=", attributes.trim_start_matches('=')),
            session: format!("{stem}_session"),
            login: format!("{stem}_login_"),
            looped: format!("{stem}_round"),
            device: format!("{stem}_device_"),
        }
    }

    /// The name of the session's cookie. Further chunks have this name with an index at its end.
    #[must_use]
    pub fn session_name(&self) -> &str {
        &self.session
    }

    /// The name of a chunk. Chunk 0 is the session's cookie.
    pub(crate) fn chunk_name(&self, index: usize) -> String {
        match index {
            0 => self.session.clone(),
            _ => format!("{}.{index}", self.session),
        }
    }

    /// The name of the transaction's cookie whose `state` hashes to `digest`.
    pub(crate) fn transaction_name(&self, digest: &[u8; 32]) -> String {
        named_by(&self.login, digest)
    }

    /// The name of the device cookie of a session. A browser may still have the device key of a former session, and each
    /// has a cookie of its own.
    pub(crate) fn device_name(&self, session_id: &[u8; 16]) -> String {
        named_by(&self.device, session_id)
    }

    /// The values of a session's device cookie. No name is put together.
    pub(crate) fn device_values<'h, H: Head>(
        &self,
        head: &'h H,
        session_id: &[u8; 16],
    ) -> impl Iterator<Item = &'h [u8]> {
        scan::values_of(head, &self.device, suffix_of(session_id))
    }

    /// The attributes of each cookie but `Max-Age`.
    pub(crate) fn attributes(&self) -> &str {
        let attributes = self.attributes.trim_start_matches("; ");
        attributes.trim_end_matches("; Max-Age=")
    }

    /// The name of the cookie that counts sign-ins without a session after them.
    pub(crate) fn loop_name(&self) -> &str {
        &self.looped
    }

    /// Whether a name is that of a transaction.
    pub(crate) fn is_transaction(&self, name: &str) -> bool {
        is_named_by(&self.login, name)
    }

    /// Whether a name is that of a device cookie.
    pub(crate) fn is_device(&self, name: &str) -> bool {
        is_named_by(&self.device, name)
    }

    /// Whether a name is that of a session, or of one of its further chunks.
    pub(crate) fn is_session(&self, name: &str) -> bool {
        let rest = name.strip_prefix(&self.session).map(str::as_bytes);
        match rest {
            Some([]) => true,
            Some([b'.', digit @ b'1'..=b'9']) => usize::from(digit - b'0') < MAX_CHUNKS,
            _ => false,
        }
    }

    /// Whether a name is that of any cookie of this login.
    pub(crate) fn is_own(&self, name: &[u8]) -> bool {
        std::str::from_utf8(name).is_ok_and(|name| {
            self.is_session(name)
                || self.is_transaction(name)
                || self.is_device(name)
                || name == self.loop_name()
        })
    }

    /// The `Set-Cookie` line of a cookie that lives `max_age` seconds.
    pub(crate) fn set(&self, name: &str, value: &str, max_age: u64) -> String {
        [name, "=", value, &self.attributes, &max_age.to_string()].concat()
    }

    /// The `Set-Cookie` line that removes a cookie: the same attributes, with an empty value and `Max-Age=0`.
    pub(crate) fn remove(&self, name: &str) -> String {
        self.set(name, "", 0)
    }
}

/// A name that ends with the first bytes of a key.
fn named_by(stem: &str, key: &[u8]) -> String {
    let mut name = stem.to_owned();
    name.extend(suffix_of(key).map(char::from));
    name
}

/// The hexadecimal digits of the first bytes of a key.
fn suffix_of(key: &[u8]) -> [u8; SUFFIX_LEN] {
    std::array::from_fn(|place| {
        let byte = key.get(place / 2).copied().unwrap_or_default();
        let digit = if place % 2 == 0 { byte >> 4 } else { byte & 15 };
        b"0123456789abcdef"[usize::from(digit)]
    })
}

/// Whether a name begins with this stem and ends as [`named_by`] ends it.
fn is_named_by(stem: &str, name: &str) -> bool {
    name.strip_prefix(stem).is_some_and(|suffix| {
        suffix.len() == SUFFIX_LEN
            && suffix
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
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
    fn a_removal_has_the_attributes_of_its_cookie() {
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
    fn a_port_is_part_of_the_names() {
        let policy = CookiePolicy::new(Some("shop"), Some(3000)).unwrap();
        assert_eq!(policy.chunk_name(1), "__Host-shop_3000_session.1");
        assert_eq!(policy.loop_name(), "__Host-shop_3000_round");
    }

    #[test]
    fn insecure_cookies_have_no_prefix_but_their_port() {
        let policy = CookiePolicy::danger_insecure(None, 3000).unwrap();
        assert_eq!(
            policy.set(&policy.chunk_name(1), "v", 60),
            "fncy_3000_session.1=v; HttpOnly; SameSite=Lax; Path=/; Max-Age=60"
        );
    }

    #[test]
    fn own_names_are_told_from_similar_ones() {
        let policy = CookiePolicy::new(Some("shop"), None).unwrap();
        let login = policy.transaction_name(&[0xab; 32]);
        assert_eq!(login, "__Host-shop_login_abababababababab");
        assert!(policy.is_transaction(&login));
        for name in ["__Host-shop_login_", "__host-shop_login_abababababababab"] {
            assert!(!policy.is_transaction(name), "{name}");
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
    fn names_with_other_characters_are_refused() {
        for name in ["", "a=b", "a;b", "__Secure-x", "ä", &"x".repeat(33)] {
            assert!(CookiePolicy::new(Some(name), None).is_none(), "{name}");
        }
    }
}
