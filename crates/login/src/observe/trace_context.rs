//! The headers that carry a trace on to the provider, as the application writes them.
//!
//! Rules:
//! - The application's hook writes into a map of its own, in the span of the request. So it reads no secret.
//! - It replaces no header of the request, and adds none that the login or the connection writes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use http::HeaderMap;
use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, HOST, HeaderName, PROXY_AUTHORIZATION, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE,
};

/// The headers that only the login writes: those of the login, those that choose another host, and those of the
/// connection (RFC 9110, section 7.6.1).
pub(crate) const RESERVED: [HeaderName; 10] = [
    AUTHORIZATION,
    CONNECTION,
    CONTENT_LENGTH,
    COOKIE,
    HOST,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// `trace_context`.
pub(crate) type TraceContext = Arc<dyn Fn(&mut HeaderMap) + Send + Sync>;

/// Adds the hook's headers to those of a request. If the hook panics, it adds none.
pub(crate) fn add(hook: &TraceContext, headers: &mut HeaderMap) {
    let write = || {
        let mut added = HeaderMap::new();
        hook(&mut added);
        added
    };
    let Ok(added) = catch_unwind(AssertUnwindSafe(write)) else {
        tracing::error!("trace_context panicked; a request to FNCY has no headers of it");
        return;
    };
    for name in added.keys() {
        if !RESERVED.contains(name) && !headers.contains_key(name) {
            for value in added.get_all(name) {
                headers.append(name, value.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::{HeaderMap, HeaderValue};

    use super::{RESERVED, TraceContext, add};

    #[test]
    fn xr16_a_hook_adds_headers_and_replaces_none() {
        let hook: TraceContext = Arc::new(|headers| {
            assert!(headers.is_empty(), "it reads nothing");
            for name in RESERVED {
                headers.insert(name, HeaderValue::from_static("hook"));
            }
            headers.insert("content-type", HeaderValue::from_static("hook"));
            headers.append("tracestate", HeaderValue::from_static("a=1"));
            headers.append("tracestate", HeaderValue::from_static("b=2"));
        });
        let mut headers = HeaderMap::new();
        headers.insert("content-type", HeaderValue::from_static("text/plain"));
        add(&hook, &mut headers);
        let lines = headers.iter().map(|(name, value)| (name.as_str(), value));
        let lines: Vec<_> = lines
            .map(|(name, value)| (name, value.to_str().unwrap()))
            .collect();
        let expected = [
            ("content-type", "text/plain"),
            ("tracestate", "a=1"),
            ("tracestate", "b=2"),
        ];
        assert_eq!(lines, expected);
    }
}
