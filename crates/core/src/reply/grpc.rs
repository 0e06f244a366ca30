//! A refusal for gRPC: a response that has only trailers ("gRPC over HTTP/2", Trailers-Only).
//!
//! Rules: the HTTP status is 200, since gRPC has a status of its own. Cookies and `Retry-After` of the refusal stay.
//! The body and the headers that describe it are removed. The reference is in the message.

use crate::reply::reply::Reply;

/// Whether a `Content-Type` is that of gRPC or gRPC-Web.
pub(crate) fn is_grpc(content_type: &str) -> bool {
    content_type
        .get(..16)
        .is_some_and(|start| start.eq_ignore_ascii_case("application/grpc"))
}

/// Rewrites a refusal for a client that reads `grpc-status`.
pub(crate) fn trailers_only(reply: &mut Reply) {
    let (status, message) = match reply.status {
        401 => ("16", "sign in first"),
        403 => ("7", "not allowed"),
        429 | 503 => ("14", "try again later"),
        400..500 => ("9", "the request can't be answered"),
        _ => ("13", "try again, or contact the site"),
    };
    reply.status = 200;
    reply.body.clear();
    reply.headers.retain(|(name, _)| {
        matches!(
            &**name,
            "cache-control"
                | "cross-origin-resource-policy"
                | "retry-after"
                | "set-cookie"
                | "x-frame-options"
        )
    });
    reply.header("content-type", "application/grpc");
    reply.header("grpc-status", status);
    match reply.reference {
        Some(reference) => {
            reply.header("grpc-message", format!("{message}; reference {reference}"));
        }
        None => reply.header("grpc-message", message),
    }
}
