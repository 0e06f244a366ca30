//! The check of the `Host` header, against DNS rebinding: a page whose host name is made to resolve
//! to 127.0.0.1 still sends that host name.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::state::provider::Provider;

const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

pub(crate) async fn only_loopback(
    State(provider): State<Arc<Provider>>,
    request: Request,
    next: Next,
) -> Response {
    let (_, port) = provider.base_url.rsplit_once(':').unwrap_or_default();
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    if host.is_some_and(|host| is_own(host, port)) && hosts.next().is_none() {
        return next.run(request).await;
    }
    let message = "This server answers only to its loopback address.\n";
    (StatusCode::MISDIRECTED_REQUEST, message).into_response()
}

fn is_own(host: &str, own_port: &str) -> bool {
    host.rsplit_once(':').is_some_and(|(name, port)| {
        port == own_port && LOOPBACK.iter().any(|own| own.eq_ignore_ascii_case(name))
    })
}

#[cfg(test)]
mod tests {
    use super::is_own;

    #[test]
    fn the_name_is_loopback_and_the_port_is_the_servers() {
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
