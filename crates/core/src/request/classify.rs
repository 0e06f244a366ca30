//! The kind of a request, which decides over the form of "sign in first".
//!
//! Rules:
//! - Only a top-level navigation may start a sign-in.
//! - A hint that a request is no navigation wins over a hint that it is one. So an added header never turns a 401 into
//!   a redirect.
//! - Headers that proxies add to every request are no hints.

use crate::request::head::{Head, has, list, text};

/// The kind of a request, which decides how it is answered without a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A person opens a page. The browser can be sent to sign in.
    Navigation,
    /// A person submits a form. The reply is a page, and the form is never sent again.
    FormPost,
    /// A frame of a page shows the answer. The reply is a page whose links leave the frame.
    Frame,
    /// htmx sent the request. On `HX-Redirect` it loads the whole page.
    Htmx,
    /// Inertia sent the request. On `X-Inertia-Location` it loads the whole page.
    Inertia,
    /// A script, an image, a prefetch or an upgrade. The reply is a status that programs read.
    Other,
}

/// Classifies a request by Fetch Metadata if the browser sends it, and otherwise by `Accept`.
pub(crate) fn classify<H: Head>(head: &H) -> Kind {
    if is_upgrade(head) || is_prefetch(head) {
        return Kind::Other;
    }
    if text(head, "hx-request") == Some("true") {
        return Kind::Htmx;
    }
    if text(head, "x-inertia") == Some("true") {
        return Kind::Inertia;
    }
    // Android's web views put the name of their application here, on navigations too.
    let is_script = text(head, "x-requested-with")
        .is_some_and(|value| value.eq_ignore_ascii_case("xmlhttprequest"));
    if is_script {
        return Kind::Other;
    }
    match (target_of(head), head.method()) {
        (Target::Tab, "GET" | "HEAD") => Kind::Navigation,
        (Target::Tab, "POST") => Kind::FormPost,
        (Target::Frame, "GET" | "HEAD" | "POST") => Kind::Frame,
        _ => Kind::Other,
    }
}

/// Whether the request would turn the connection into one on which requests are no longer checked, such as a WebSocket.
pub(crate) fn is_upgrade<H: Head>(head: &H) -> bool {
    head.method() == "CONNECT" || (has(head, "upgrade") && is_handshake(head))
}

/// Whether a request with an `Upgrade` header asks for another protocol (RFC 9110, section 7.8).
fn is_handshake<H: Head>(head: &H) -> bool {
    // Browsers send this header with each WebSocket (RFC 6455, section 4.1). Scripts can't set it, and proxies don't
    // add it.
    if has(head, "sec-websocket-key") {
        return true;
    }
    // Proxies add the other headers to all requests. A browser that navigates asks for no other protocol.
    let navigates = text(head, "sec-fetch-mode") == Some("navigate");
    let is_asked = list(head, "connection").any(|token| token.eq_ignore_ascii_case("upgrade"));
    // Another version of HTTP and encryption of the same connection change nothing about the checks.
    let is_other = |protocol: &str| {
        let name = protocol.split('/').next().unwrap_or_default().trim();
        let stays = ["", "h2c", "http", "tls", "websocket"];
        !stays.iter().any(|same| name.eq_ignore_ascii_case(same))
    };
    !navigates && is_asked && list(head, "upgrade").any(is_other)
}

/// Whether this is a CORS preflight, which asks on behalf of a script (Fetch, section 4.8). It has no cookies by
/// design.
pub(crate) fn is_preflight<H: Head>(head: &H) -> bool {
    head.method() == "OPTIONS" && has(head, "origin") && has(head, "access-control-request-method")
}

/// Whether a script asks for server-sent events (HTML, section 9.2). Browsers open such a stream again whenever it
/// breaks.
pub(crate) fn is_event_stream<H: Head>(head: &H) -> bool {
    text(head, "accept") == Some("text/event-stream")
}

/// Whether a browser loads a page before a person opens it.
pub(crate) fn is_prefetch<H: Head>(head: &H) -> bool {
    let purpose = |name| {
        text(head, name).is_some_and(|value| {
            let token = value.split([';', ',']).next().unwrap_or_default().trim();
            token.eq_ignore_ascii_case("prefetch")
        })
    };
    purpose("sec-purpose")
        || purpose("purpose")
        || purpose("x-moz")
        || has(head, "next-router-prefetch")
}

/// Whether a page asks for a part of itself, such as a frame, an image or a script. A request without Fetch Metadata
/// counts as one for a whole page.
pub(crate) fn is_part<H: Head>(head: &H) -> bool {
    has(head, "sec-fetch-dest")
        && !matches!(text(head, "sec-fetch-dest"), Some("document" | "empty"))
}

/// The place that shows the answer.
enum Target {
    /// A tab, or a window.
    Tab,
    /// A frame of a page, or an element that HTML loads like one.
    Frame,
    /// No place of its own: a script or a part of a page gets the answer.
    None,
}

fn target_of<H: Head>(head: &H) -> Target {
    let (mode, dest) = (has(head, "sec-fetch-mode"), has(head, "sec-fetch-dest"));
    if !mode && !dest {
        return if prefers_html(head) {
            Target::Tab
        } else {
            Target::None
        };
    }
    let navigates = text(head, "sec-fetch-mode") == Some("navigate");
    if mode && !navigates {
        return Target::None;
    }
    match text(head, "sec-fetch-dest") {
        Some("document") => Target::Tab,
        // A service worker passes a navigation on. Scripts can't ask for this mode.
        Some("empty") if navigates => Target::Tab,
        Some("iframe" | "frame" | "embed" | "object") => Target::Frame,
        None if !dest => Target::Tab,
        _ => Target::None,
    }
}

/// Whether `Accept` prefers HTML to what programs ask for (RFC 9110, section 12.5.1).
fn prefers_html<H: Head>(head: &H) -> bool {
    let mut html = 0.0_f32;
    let mut data = 0.0_f32;
    for line in head.lines("accept") {
        let Ok(line) = std::str::from_utf8(line) else {
            return false;
        };
        for range in line.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let media = parts.next().unwrap_or_default();
            let is = |other: &str| media.eq_ignore_ascii_case(other);
            let end = media.get(media.len().saturating_sub("json".len())..);
            let is_json = end.is_some_and(|end| end.eq_ignore_ascii_case("json"));
            let best = if is("text/html") || is("application/xhtml+xml") {
                &mut html
            } else if is("text/event-stream") || is_json {
                &mut data
            } else {
                continue;
            };
            let weight = parts
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .map_or(1.0, |q| q.parse::<f32>().unwrap_or(0.0));
            *best = best.max(weight);
        }
    }
    html > 0.0 && html > data
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{Just, Strategy, any, prop_assert, prop_oneof, proptest};
    use proptest::sample::{Index, select};

    use super::{Kind, classify};
    use crate::tests::request::Request;

    const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    fn page() -> Request {
        Request::get("/page").header("accept", HTML)
    }

    #[test]
    fn a_person_opening_a_page_navigates() {
        assert_eq!(classify(&page()), Kind::Navigation);
        let modern = page()
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document");
        assert_eq!(classify(&modern), Kind::Navigation);
        for (name, value) in [
            ("x-requested-with", "com.example.browser"),
            ("upgrade", "h2c"),
        ] {
            let request = page().header(name, value);
            assert_eq!(classify(&request), Kind::Navigation, "{name}: {value}");
        }
        let by_service_worker = page()
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "empty");
        assert_eq!(classify(&by_service_worker), Kind::Navigation);
        let post = Request::new("POST", "/form").header("accept", HTML);
        assert_eq!(classify(&post), Kind::FormPost);
    }

    #[test]
    fn a_request_of_a_program_does_not() {
        for request in [
            Request::get("/"),
            Request::get("/").header("accept", "*/*"),
            Request::get("/").header("accept", "application/json"),
            Request::get("/").header("accept", "application/json, text/html;q=0.9"),
            Request::get("/").header("accept", "application/problem+json, text/html"),
            Request::get("/").header("accept", "text/html;q=0"),
            Request::get("/").header("accept", b"text/html\xff"),
            Request::new("PUT", "/").header("accept", HTML),
            Request::new("OPTIONS", "/").header("accept", HTML),
        ] {
            assert_eq!(classify(&request), Kind::Other, "{request:?}");
        }
    }

    #[test]
    fn r23_only_a_handshake_is_an_upgrade() {
        let key = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        let asked = ("connection", "keep-alive, Upgrade");
        for (lines, expected) in [
            (&[("upgrade", "websocket"), key][..], true),
            (&[asked, ("upgrade", "websocket"), key], true),
            (&[asked, ("upgrade", "h2c, chat/1")], true),
            (&[asked, ("upgrade", "websocket")], false),
            (&[asked, ("upgrade", "H2C")], false),
            (&[asked, ("upgrade", "TLS/1.3, HTTP/2.0")], false),
            (&[asked, ("upgrade", ", ")], false),
            (&[asked], false),
            (&[key], false),
            (&[("connection", "close"), ("upgrade", "chat/1")], false),
            (
                &[asked, ("upgrade", "chat/1"), ("sec-fetch-mode", "navigate")],
                false,
            ),
            (
                &[
                    asked,
                    ("upgrade", "websocket"),
                    key,
                    ("sec-fetch-mode", "navigate"),
                ],
                true,
            ),
        ] {
            let request = Request::get("/");
            let add = |request: Request, (name, value): &(&'static str, &str)| {
                request.header(name, value)
            };
            let request = lines.iter().fold(request, add);
            assert_eq!(super::is_upgrade(&request), expected, "{lines:?}");
        }
        assert!(super::is_upgrade(&Request::new("CONNECT", "/")), "RFC 8441");
    }

    #[test]
    fn no_hint_turns_a_401_into_a_redirect() {
        let hints: [(&'static str, &str, Kind); 12] = [
            ("sec-fetch-mode", "cors", Kind::Other),
            ("sec-fetch-mode", "no-cors", Kind::Other),
            ("sec-fetch-dest", "image", Kind::Other),
            ("sec-fetch-dest", "iframe", Kind::Frame),
            ("sec-fetch-dest", "object", Kind::Frame),
            ("x-requested-with", "XMLHttpRequest", Kind::Other),
            ("sec-purpose", "prefetch", Kind::Other),
            ("sec-purpose", "prefetch;prerender", Kind::Other),
            ("purpose", "prefetch", Kind::Other),
            ("next-router-prefetch", "1", Kind::Other),
            ("hx-request", "true", Kind::Htmx),
            ("x-inertia", "true", Kind::Inertia),
        ];
        for (name, value, kind) in hints {
            assert_eq!(
                classify(&page().header(name, value)),
                kind,
                "{name}: {value}"
            );
        }
    }

    /// Headers that say something about the kind of a request, with their values. The last one says nothing.
    const SAYINGS: &[(&str, &[&str])] = &[
        (
            "accept",
            &[
                HTML,
                "*/*",
                "application/json",
                "text/html;q=0.1",
                "a;q=nan,text/html",
            ],
        ),
        (
            "sec-fetch-mode",
            &["navigate", "cors", "no-cors", "websocket", ""],
        ),
        (
            "sec-fetch-dest",
            &["document", "empty", "image", "iframe", ""],
        ),
        (
            "x-requested-with",
            &["XMLHttpRequest", "com.example.browser"],
        ),
        ("sec-purpose", &["prefetch", "prefetch;prerender", "other"]),
        ("purpose", &["prefetch", ""]),
        ("x-moz", &["prefetch", ""]),
        ("next-router-prefetch", &["1"]),
        ("upgrade", &["websocket", "h2c", "chat/1", ""]),
        ("connection", &["upgrade", "keep-alive, Upgrade"]),
        ("sec-websocket-key", &["key"]),
        ("x-inertia", &["true", "false"]),
        ("hx-request", &["true", "false"]),
        ("x-other", &["navigate"]),
    ];

    /// Headers that only a program, a prefetch or a part of a page sends.
    const HINTS: &[(&str, &str)] = &[
        ("accept", "application/json"),
        ("accept", "text/event-stream, */*"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-mode", "same-origin"),
        ("sec-fetch-dest", "image"),
        ("sec-fetch-dest", "iframe"),
        ("x-requested-with", "XMLHttpRequest"),
        ("sec-purpose", "prefetch"),
        ("purpose", "prefetch"),
        ("x-moz", "prefetch"),
        ("next-router-prefetch", "1"),
        ("hx-request", "true"),
        ("x-inertia", "true"),
    ];

    type Line = (&'static str, Vec<u8>);

    fn line() -> impl Strategy<Value = Line> {
        select(SAYINGS).prop_flat_map(|(name, values)| {
            let value = select(values).prop_map(|value| value.as_bytes().to_vec());
            let value = prop_oneof![4 => value, 1 => vec(any::<u8>(), 0..8)];
            (Just(name), value)
        })
    }

    fn request(method: &'static str, lines: &[Line]) -> Request {
        let request = Request::new(method, "/page");
        lines.iter().fold(request, |request, (name, value)| {
            request.header(name, value)
        })
    }

    proptest! {
        #[test]
        fn adding_a_hint_never_makes_a_navigation(
            method in select(&["GET", "HEAD", "POST", "OPTIONS", "get"][..]),
            mut lines in vec(line(), 0..6),
            (name, value) in select(HINTS),
            place: Index,
        ) {
            let place = place.index(lines.len() + 1);
            let before = classify(&request(method, &lines));
            lines.insert(place, (name, value.into()));
            let after = classify(&request(method, &lines));
            prop_assert!(after != Kind::Navigation || before == Kind::Navigation, "{lines:?}");
            // The first line of a header counts. If Fetch Metadata is there, `Accept` is ignored.
            let is_heard = name != "accept" && lines[..place].iter().all(|line| line.0 != name);
            prop_assert!(after != Kind::Navigation || !is_heard, "{lines:?}");
        }
    }
}
