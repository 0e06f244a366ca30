//! Answers only to its own name, against DNS rebinding: a page whose host name is made to resolve to
//! 127.0.0.1 still sends that host name.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::provider::Provider;

pub(crate) async fn only_loopback(
    State(provider): State<Arc<Provider>>,
    request: Request,
    next: Next,
) -> Response {
    let port = provider
        .base_url
        .rsplit_once(':')
        .map_or("", |(_, port)| port);
    let mut hosts = request.headers().get_all(HOST).iter();
    let own = hosts
        .next()
        .and_then(|host| host.to_str().ok())
        .is_some_and(|h| is_own(h, port));
    if own && hosts.next().is_none() {
        return next.run(request).await;
    }
    (
        StatusCode::MISDIRECTED_REQUEST,
        "This server answers only to its loopback address.\n",
    )
        .into_response()
}

fn is_own(host: &str, port: &str) -> bool {
    host.rsplit_once(':').is_some_and(|(name, its_port)| {
        let loopback = ["127.0.0.1", "localhost", "[::1]"].iter();
        its_port == port
            && loopback
                .into_iter()
                .any(|own| own.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn names_and_port_must_be_its_own() {
        for own in [
            "127.0.0.1:4000",
            "localhost:4000",
            "LOCALHOST:4000",
            "[::1]:4000",
        ] {
            assert!(is_own(own, "4000"), "{own}");
        }
        for other in [
            "evil.test:4000",
            "127.0.0.1",
            "127.0.0.1:40",
            "localhost.evil.test:4000",
            "",
        ] {
            assert!(!is_own(other, "4000"), "{other}");
        }
    }
}
