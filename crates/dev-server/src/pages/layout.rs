//! The frame of every page, and the headers it is sent with.
//!
//! `form-action` is checked on every redirect after a form too, so it names the origin of the redirect
//! URI besides our own.

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest;
use url::{Host, Url};

use super::html::escape;
use super::words::{ENGLISH, Words};

const STYLE: &str = include_str!("style.css");

/// The letter F on the accent colour.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E\
    %3Crect width='32' height='32' rx='8' fill='%234338ca'/%3E\
    %3Cpath d='M11 8h11v4h-7v3h6v4h-6v6h-4z' fill='%23fff'/%3E%3C/svg%3E";

static STYLE_HASH: LazyLock<String> =
    LazyLock::new(|| STANDARD.encode(digest::digest(&digest::SHA256, STYLE.as_bytes())));

/// A page whose forms lead nowhere but here.
pub(super) fn page(status: StatusCode, title: &str, main: &str) -> Response {
    render(&ENGLISH, status, title, main, "")
}

/// A page whose form may end at the application's redirect URI.
pub(super) fn form_page(words: &Words, title: &str, main: &str, redirect_uri: &str) -> Response {
    render(
        words,
        StatusCode::OK,
        title,
        main,
        &form_target(redirect_uri),
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
        // `no-referrer` would make browsers send `Origin: null` with our own forms.
        ("referrer-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
    ];
    (status, headers, body).into_response()
}

/// A source for the redirect URI. CSP 3 section 6.7.2.8 matches names and 127.0.0.1, and no other
/// address, so for those only the scheme can be named.
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
    fn the_form_may_lead_to_the_application() {
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
