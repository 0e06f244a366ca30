//! A provider of another project, as a child process on a loopback port of its own.
//!
//! - It has two clients, which authenticate in different ways at the token endpoint (RFC 6749, section 2.3.1). Their
//!   secret has characters that the Basic scheme must escape.
//! - PKCE is required, refresh tokens rotate, and access tokens are opaque.
//! - People sign in with any name, and are asked for their consent each time.

use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use fncy_login::{Login, LoginBuilder, Setting};
use serde_json::{Value, json};

use super::skip;
use crate::browser::{Page, RawRequest, Tab, wire};
use crate::world::{APP, COOKIE_SECRET};

/// What `npm ci` installs, and the scripts that use it.
pub const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/real-servers");

/// The client that sends its secret in the body.
pub const CLIENT_ID: &str = "fncy-tests";
/// The client that sends its secret in the `Authorization` header.
pub const BASIC_CLIENT_ID: &str = "fncy-tests-basic";
/// The secret of both clients.
pub const CLIENT_SECRET: &str = "secret +/:%& of tests";
/// The life of a shared provider's access tokens, in seconds.
pub const LIFE: u64 = 60;

/// The properties of a provider.
#[derive(Debug)]
pub struct Kind {
    /// Its name in the names of tests.
    pub name: &'static str,
    /// The program that runs it.
    pub program: &'static str,
    /// Its file in `tests/real-servers`.
    pub script: &'static str,
    /// A path in that folder that exists if it is installed.
    pub installed: &'static str,
    /// How to install it.
    pub missing: &'static str,
    /// The path of its token endpoint.
    pub token: &'static str,
    /// The path of its user data endpoint.
    pub user_data: &'static str,
    /// The path of its revocation endpoint (RFC 7009).
    pub revocation: &'static str,
    /// The path of its introspection endpoint (RFC 7662).
    pub introspection: &'static str,
    /// The place of the user's name in the answer of that endpoint.
    pub introspected_user: &'static str,
    /// The path of its authorization endpoint.
    pub authorize: &'static str,
    /// More settings for an application.
    pub settings: &'static [(Setting, &'static str)],
    /// Whether its authorization responses have an `iss` (RFC 9207).
    pub says_issuer: bool,
    /// Whether token requests are JSON.
    pub takes_json: bool,
    /// The field for the name on its sign-in page.
    pub name_field: &'static str,
    /// The button of the consent page that allows. Without a name it is the only button.
    pub allow: Option<(&'static str, &'static str)>,
    /// The link of the consent page that cancels. Without a link it is a button without a name.
    pub cancel: Option<&'static str>,
    /// The place of `auth_time` in its user data, if it has one. Its clock can then be moved.
    pub auth_time: Option<&'static str>,
    /// Whether a refresh token that is used twice revokes all tokens of the same sign-in.
    pub reuse_ends_all: bool,
    /// The instance that tests share.
    pub shared: OnceLock<Option<Provider>>,
}

impl Kind {
    /// The instance that tests share until their process ends. `None` if it is not installed.
    pub fn shared(&'static self) -> Option<&'static Provider> {
        let shared = self.shared.get_or_init(|| Provider::start(self, LIFE));
        shared.as_ref()
    }
}

/// A running provider.
#[derive(Debug)]
pub struct Provider {
    /// Its properties.
    pub kind: &'static Kind,
    child: Child,
    base_url: String,
}

impl Provider {
    /// A provider whose access tokens live this many seconds. `None` if it is not installed.
    ///
    /// # Panics
    ///
    /// If it is installed and doesn't start, or if it isn't and `FNCY_REQUIRE_REAL_SERVERS=1`.
    pub fn start(kind: &'static Kind, access_token_seconds: u64) -> Option<Self> {
        if !Path::new(FOLDER).join(kind.installed).exists() {
            return skip(kind.missing);
        }
        let settings = json!({
            "redirectUri": format!("{APP}/auth/callback"),
            "clientId": CLIENT_ID,
            "basicClientId": BASIC_CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "accessTokenSeconds": access_token_seconds,
        });
        let mut child = Command::new(kind.program)
            .current_dir(FOLDER)
            .args([kind.script, &settings.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .ok()
            .or_else(|| skip(kind.missing))?;
        let mut ready = String::new();
        BufReader::new(child.stdout.as_mut()?)
            .read_line(&mut ready)
            .unwrap();
        let Ok(Value::String(base_url)) =
            serde_json::from_str(&ready).map(|mut ready: Value| ready["baseUrl"].take())
        else {
            let mut complaint = String::new();
            child.stderr.take()?.read_to_string(&mut complaint).unwrap();
            panic!("{} did not start: {complaint}", kind.name);
        };
        Some(Self {
            kind,
            child,
            base_url,
        })
    }

    /// Its origin.
    pub fn address(&self) -> SocketAddr {
        let authority = self.base_url.trim_start_matches("http://");
        authority.parse().expect("its URL holds an address")
    }

    /// The URL of its introspection endpoint.
    pub fn introspection_url(&self) -> String {
        format!("{}{}", self.base_url, self.kind.introspection)
    }

    /// The settings for an application, with token requests sent to another origin.
    pub fn login(&self, tokens_at: &str) -> LoginBuilder {
        let (kind, base) = (self.kind, &self.base_url);
        let builder = Login::builder()
            .set(Setting::BaseUrl, base)
            .set(Setting::AuthorizeUrl, format!("{base}{}", kind.authorize))
            .set(Setting::TokenUrl, format!("{tokens_at}{}", kind.token))
            .set(
                Setting::RevocationUrl,
                format!("{tokens_at}{}", kind.revocation),
            )
            .set(Setting::UserinfoUrl, format!("{base}{}", kind.user_data))
            .set(Setting::Issuer, if kind.says_issuer { base } else { "" })
            .set(Setting::ClientId, CLIENT_ID)
            .set(Setting::ClientSecret, CLIENT_SECRET)
            .set(Setting::RedirectUri, format!("{APP}/auth/callback"))
            .set(Setting::CookieSecret, COOKIE_SECRET);
        let settings = kind.settings.iter();
        settings.fold(builder, |builder, (setting, value)| {
            builder.set(*setting, *value)
        })
    }

    /// Signs in on its pages, up to the consent page. A browser that has signed in before skips the sign-in.
    pub async fn identify(&self, tab: &mut Tab, page: Page, name: &str) -> Page {
        let is_own = page.url.as_str().starts_with(&self.base_url);
        if !is_own || !page.form("form").has(self.kind.name_field) {
            return page;
        }
        let form = page.form("form");
        let form = form
            .fill(self.kind.name_field, name)
            .fill("password", "any");
        tab.send_form(&page, &form, None).await
    }

    /// Signs in and consents, up to the first page that isn't the provider's.
    pub async fn sign_in(&self, tab: &mut Tab, page: Page, name: &str) -> Page {
        let page = self.identify(tab, page, name).await;
        tab.submit(&page, "form", self.kind.allow).await
    }

    /// Signs in and cancels.
    pub async fn cancel(&self, tab: &mut Tab, page: Page, name: &str) -> Page {
        let page = self.identify(tab, page, name).await;
        match self.kind.cancel {
            Some(link) => tab.click_link(&page, link).await,
            None => tab.submit(&page, "form", None).await,
        }
    }

    /// Moves its clock on, if it can be moved.
    pub fn advance(&self, by: Duration) {
        if self.kind.auth_time.is_some() {
            let mut input = self.child.stdin.as_ref().unwrap();
            writeln!(input, "{}", by.as_secs()).unwrap();
        }
    }

    /// Whether it still returns user data for an access token.
    pub async fn honours(&self, access_token: &str) -> bool {
        let request = RawRequest::new("GET", self.kind.user_data)
            .with_header("Host", self.address().to_string())
            .with_header("Authorization", format!("Bearer {access_token}"));
        wire::send(self.address(), &request).await.unwrap().status == 200
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // Both fail only if the child has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
