//! The npm package `oidc-provider`, a certified OpenID provider, with its own development pages
//! for sign-in and consent.
//!
//! - It runs on a loopback port of its own for each test and dies with its [`OidcProvider`].
//! - Two clients differ in how they authenticate at the token endpoint alone (RFC 6749 section
//!   2.3.1). Their secret holds what the Basic scheme has to escape.
//! - PKCE is required, refresh tokens rotate, access tokens are opaque and soon over. Refresh
//!   tokens need `scope=offline_access` and `prompt=consent`.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use url::Url;

use super::skip;
use crate::browser::{Page, Tab};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/real-servers");
const MISSING: &str = "skipped: run `npm ci` in tests/real-servers (or `cargo xtask test`)";

/// Sign-in, consent, and the redirects between them leave room to spare.
const MOST_PAGES: usize = 5;

/// A running provider.
#[derive(Debug)]
pub struct OidcProvider {
    child: Child,
    base_url: String,
}

impl OidcProvider {
    /// The client that sends its secret in the body.
    pub const CLIENT_ID: &str = "fncy-tests";
    /// The client that sends its secret in the `Authorization` header.
    pub const BASIC_CLIENT_ID: &str = "fncy-tests-basic";
    /// The secret of both.
    pub const CLIENT_SECRET: &str = "secret +/:%& of tests";

    /// A provider whose access tokens live a minute; `None` where it is not installed.
    pub fn start(redirect_uri: &str) -> Option<Self> {
        Self::start_with(redirect_uri, 60)
    }

    /// A provider whose access tokens live that many seconds; `None` where it is not installed.
    ///
    /// # Panics
    ///
    /// It is installed and does not start, or it is not and `FNCY_REQUIRE_REAL_SERVERS=1`.
    pub fn start_with(redirect_uri: &str, access_token_seconds: u32) -> Option<Self> {
        if !Path::new(FOLDER).join("node_modules").is_dir() {
            return skip(MISSING);
        }
        let settings = json!({
            "redirectUri": redirect_uri,
            "clientId": Self::CLIENT_ID,
            "basicClientId": Self::BASIC_CLIENT_ID,
            "clientSecret": Self::CLIENT_SECRET,
            "accessTokenSeconds": access_token_seconds,
        });
        let node = Command::new("node")
            .current_dir(FOLDER)
            .args(["oidc-provider.mjs", &settings.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        let Ok(mut child) = node else {
            return skip(MISSING);
        };
        let mut ready = String::new();
        BufReader::new(child.stdout.as_mut()?)
            .read_line(&mut ready)
            .unwrap();
        let Ok(Value::String(base_url)) =
            serde_json::from_str(&ready).map(|mut ready: Value| ready["baseUrl"].take())
        else {
            let mut complaint = String::new();
            child.stderr.take()?.read_to_string(&mut complaint).unwrap();
            panic!("oidc-provider did not start: {complaint}");
        };
        Some(Self { child, base_url })
    }

    /// Its origin, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        let authority = self.base_url.trim_start_matches("http://");
        authority.parse().expect("its URL holds an address")
    }

    /// The `iss` of its authorization responses (RFC 9207).
    pub fn issuer(&self) -> &str {
        &self.base_url
    }

    /// The authorization endpoint.
    pub fn authorize_url(&self) -> String {
        format!("{}/auth", self.base_url)
    }

    /// The token endpoint.
    pub fn token_url(&self) -> String {
        format!("{}/token", self.base_url)
    }

    /// The userinfo endpoint.
    pub fn userinfo_url(&self) -> String {
        format!("{}/me", self.base_url)
    }

    /// The revocation endpoint (RFC 7009).
    pub fn revocation_url(&self) -> String {
        format!("{}/token/revocation", self.base_url)
    }

    /// Where an application sends people to sign out (OpenID Connect RP-Initiated Logout).
    pub fn end_session_url(&self) -> String {
        format!("{}/session/end", self.base_url)
    }
}

impl Drop for OidcProvider {
    fn drop(&mut self) {
        // Both fail only for a child that is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Signs in as `login` and consents to everything, from any page of the provider up to the first
/// page outside it.
///
/// # Panics
///
/// The provider shows something else.
pub async fn sign_in(tab: &mut Tab, mut page: Page, login: &str) -> Page {
    let provider = page.url.origin();
    let leaves = |url: &Url| url.origin() != provider;
    for _ in 0..MOST_PAGES {
        if leaves(&page.url) {
            return page;
        }
        let mut form = page.form("form");
        if form.has("login") {
            form = form.fill("login", login).fill("password", "any");
        }
        page = tab.send_form(&page, &form, None).await;
    }
    assert!(leaves(&page.url), "still at {}: {}", page.url, page.text());
    page
}

#[cfg(test)]
#[path = "oidc_provider_tests.rs"]
mod tests;
