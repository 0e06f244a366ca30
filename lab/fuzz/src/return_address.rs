//! The address of return (rows R10 to R13): where a person lands after a sign-in, whatever was asked for.
//!
//! - The address never leaves the origin, by the URL standard's own reader.
//! - A second reading changes nothing, and the spelling is that of the standard's percent-encode sets.
//! - A plain address is kept exactly, and comes out of a transaction's cookie as it went in.

use fncy_login_core::{Core, Exchange, ReturnTo};
use form_urlencoded::byte_serialize;
use url::Url;

use crate::app::{self, NESTED, ORIGIN, PRIVATE};
use crate::input::Input;
use crate::reply::values;
use crate::sign_in::{come_back, start};

/// A byte for the application, then the address.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let core = input.one_of(&[&PRIVATE, &NESTED]);
    let address = input.text();
    let kept = ReturnTo::parse(&address, core.site());
    let kept = kept.as_str();
    assert_ours(core, kept);
    assert_eq!(ReturnTo::parse(kept, core.site()).as_str(), kept);
    let root = format!("{}/", core.site().base());
    let (path, _) = address.split_at(address.find(['?', '#']).unwrap_or(address.len()));
    let is_known = [&address, path]
        .iter()
        .any(|asked| spelled(asked).is_none_or(|spelled| spelled == kept));
    assert!(is_known || kept == root, "{address:?} became {kept}");
    if is_plain(core, &address) {
        assert_eq!(kept, address);
    }
    let sent: String = byte_serialize(address.as_bytes()).collect();
    let arrived = arrive(core, &sent);
    let is_absolute = address.starts_with(&format!("{ORIGIN}/"));
    if is_absolute {
        assert_ours(core, &arrived);
    } else {
        assert_eq!(arrived, kept);
    }
}

/// Where a sign-in ends that was asked to end there.
fn arrive(core: &Core, sent: &str) -> String {
    let started = start(core, sent);
    let reply = come_back(core, &started, |exchange| match exchange {
        Exchange::Redeem(_) => app::response(200, r#"{"access_token":"a","token_type":"bearer"}"#),
        _ => app::response(200, r#"{"id":"alex"}"#),
    });
    values(&reply, "location")[0].to_owned()
}

fn assert_ours(core: &Core, kept: &str) {
    assert!(kept.len() <= ReturnTo::MAX_LEN);
    assert!(kept.starts_with('/'));
    assert!(!kept[1..].starts_with(['/', '\\']), "{kept}");
    let is_visible = kept.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    assert!(is_visible && !kept.contains(['"', '<', '>']), "{kept}");
    // Wherever a browser stands when it is sent there.
    for page in ["/auth/callback", "/sub/auth/callback?code=c", "//x/y/"] {
        let page = Url::parse(&format!("{ORIGIN}{page}")).unwrap();
        let there = page.join(kept).unwrap();
        assert_eq!(there.origin().ascii_serialization(), ORIGIN, "{kept}");
        assert!(there.username().is_empty() && there.password().is_none());
        assert!(!there.path().starts_with("//"), "{kept}");
        assert!(!is_endpoint(core, there.path()), "{kept}");
    }
}

/// An address as browsers write it (URL standard, section 1.3); none, where they move its segments, or where the
/// parser doesn't know yet that `^` is escaped in a path.
fn spelled(address: &str) -> Option<String> {
    let (path, _) = address.split_at(address.find(['?', '#']).unwrap_or(address.len()));
    let mut segments = path
        .split('/')
        .map(|segment| segment.to_ascii_lowercase().replace("%2e", "."));
    if path.contains(['\\', '^']) || segments.any(|segment| segment == "." || segment == "..") {
        return None;
    }
    let mut escaped = " \"<>`{}";
    let mut text = String::new();
    for char in address.chars() {
        match char {
            '#' => escaped = " \"<>`",
            '?' if escaped.contains('{') => escaped = " \"<>'",
            _ => {}
        }
        if char.is_ascii() && !escaped.contains(char) {
            text.push(char);
        } else {
            let mut bytes = [0; 4];
            for byte in char.encode_utf8(&mut bytes).bytes() {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    Some(text)
}

fn is_endpoint(core: &Core, path: &str) -> bool {
    let auth = format!("{}/auth", core.site().base());
    ["/login", "/callback", "/logout", "/session"]
        .iter()
        .any(|name| path == format!("{auth}{name}"))
}

/// What nobody could take for anything but a page of the application.
fn is_plain(core: &Core, address: &str) -> bool {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "-_~".contains(c);
    let mut segments = path.split('/');
    segments.next() == Some("")
        && segments.all(|segment| !segment.is_empty() && segment.chars().all(is_letter))
        && query
            .chars()
            .all(|c| is_letter(c) || "=&./:@+,".contains(c))
        && !path.is_empty()
        && address.len() <= ReturnTo::MAX_LEN
        && !is_endpoint(core, path)
}
