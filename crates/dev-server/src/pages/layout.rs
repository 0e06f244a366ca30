//! The frame of every page, and its response headers.
//!
//! Browsers check `form-action` on the redirects after a form too. So it names the origin of the
//! redirect URI as well as this server.

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use url::{Host, Url};

use crate::pages::html::escape;
use crate::pages::words::{ENGLISH, Words};

const STYLE: &str = include_str!("style.css");

/// The letter F on the accent colour.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
    %3Crect width='32' height='32' rx='8' fill='%234338ca'/%3E\
    %3Cpath d='M11 8h11v4h-7v3h6v4h-6v6h-4z' fill='%23fff'/%3E%3C/svg%3E";

static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes())));

/// Renders a page whose forms stay on this server.
pub(super) fn page(status: StatusCode, title: &str, main: &str) -> Response {
    render(&ENGLISH, status, title, main, "")
}

/// Renders a page whose form can lead to the application's redirect URI.
pub(super) fn form_page(words: &Words, title: &str, main: &str, redirect_uri: &str) -> Response {
    render(
        words,
        StatusCode::OK,
        title,
        main,
        &form_target(redirect_uri),
    )
}

/// The hidden input that belongs to every form.
pub(super) fn hidden_token(token: &str) -> String {
    format!(
        "<input type=\"hidden\" name=\"token\" value=\"{}\">\n",
        escape(token)
    )
}

fn render(
    words: &Words,
    status: StatusCode,
    title: &str,
    main: &str,
    form_target: &str,
) -> Response {
    let body = format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – FNCY {server}</title>\n\
         <link rel=\"icon\" href=\"{ICON}\">\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <header><a class=\"brand\" href=\"/\"><span class=\"mark\" aria-hidden=\"true\"></span>\
         FNCY <span class=\"tag\">{server}</span></a></header>\n\
         <main>\n{main}\n</main>\n\
         <footer>{footer}</footer>\n\
         </body>\n</html>\n",
        lang = words.tag,
        title = escape(title),
        server = words.server,
        footer = words.footer,
    );
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         frame-ancestors 'none'; form-action 'self'{form_target}",
        *STYLE_HASH
    );
    let headers = [
        ("content-type", "text/html; charset=utf-8"),
        ("content-security-policy", policy.as_str()),
        ("cache-control", "no-store"),
        // With `no-referrer`, browsers would send `Origin: null` with the page's own forms.
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
    ];
    (status, headers, body).into_response()
}

/// Returns the `form-action` source for a redirect URI. CSP 3 section 6.7.2.8 matches host names and
/// 127.0.0.1. For every other address, the source is the scheme.
fn form_target(redirect_uri: &str) -> String {
    let Ok(url) = Url::parse(redirect_uri) else {
        return String::new();
    };
    match url.host() {
        Some(Host::Domain(_)) => format!(" {}", url.origin().ascii_serialization()),
        Some(Host::Ipv4(address)) if address.octets() == [127, 0, 0, 1] => {
            format!(" {}", url.origin().ascii_serialization())
        }
        _ => format!(" {}:", url.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::form_target;

    #[test]
    fn the_form_can_lead_to_the_application() {
        for (uri, target) in [
            ("http://127.0.0.1:3000/cb?a=b", " http://127.0.0.1:3000"),
            ("https://app.test/cb", " https://app.test"),
            ("http://[::1]:3000/cb", " http:"),
            ("http://127.0.0.2/cb", " http:"),
        ] {
            assert_eq!(form_target(uri), target);
        }
    }
}
