//! Who plays FNCY: the real server of the environment, or the dev server in this process.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fncy_dev_server::DevServer;
use fncy_login::{Login, Setting};
use form_urlencoded::byte_serialize;

use crate::{StartError, UserData};

const DEFAULT_REDIRECT_URI: &str = "http://localhost:3000/auth/callback";

/// FNCY, as far as a site is concerned. The dev server stops when this is dropped.
#[derive(Debug)]
pub struct Provider {
    base_url: String,
    userinfo_url: String,
    dev_server: Option<DevServer>,
    settings: Vec<(&'static str, String)>,
}

impl Provider {
    /// The server that `FNCY_BASE_URL` names; without it, a dev server that is started here.
    ///
    /// # Errors
    ///
    /// If the dev server does not start.
    pub fn from_env() -> Result<Self, StartError> {
        if let Some(base_url) = env(Setting::BaseUrl) {
            return Ok(Self {
                base_url,
                userinfo_url: env(Setting::UserinfoUrl).unwrap_or_default(),
                dev_server: None,
                settings: Vec::new(),
            });
        }
        let dev_server = DevServer::start()?;
        Ok(Self {
            base_url: dev_server.base_url().to_owned(),
            userinfo_url: dev_server.userinfo_url(),
            settings: development_settings(&dev_server)?,
            dev_server: Some(dev_server),
        })
    }

    /// What the environment lacks: nothing with a real server, all of it with the dev server.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        self.settings.clone()
    }

    /// The address of the user data endpoint.
    #[must_use]
    pub fn userinfo_url(&self) -> &str {
        &self.userinfo_url
    }

    /// The dev server, unless the provider is a real server.
    #[must_use]
    pub fn dev_server(&self) -> Option<&DevServer> {
        self.dev_server.as_ref()
    }

    /// The user data endpoint of this provider.
    ///
    /// # Errors
    ///
    /// If its address is none, or this machine's TLS can't be set up.
    pub fn user_data(&self) -> Result<UserData, StartError> {
        UserData::new(&self.userinfo_url)
    }

    /// Tells the person who started the site what to open, in two lines.
    #[expect(clippy::print_stdout, reason = "it talks to the person who ran it")]
    pub fn announce(&self, login: &Login) {
        let (site, base_url) = (login.site(), &self.base_url);
        let home = format!("{}{}/", site.origin(), site.base());
        if self.dev_server.is_some() {
            println!("Open {home} and sign in as one of the demo users.");
            println!("FNCY is played by the dev server at {base_url} (no FNCY_BASE_URL is set).");
        } else {
            println!("Open {home} and sign in with FNCY.");
            println!("FNCY is the server at {base_url} (from FNCY_BASE_URL).");
        }
    }
}

/// The settings for a dev server, which the environment can't know: its port is another each time.
fn development_settings(
    dev_server: &DevServer,
) -> Result<Vec<(&'static str, String)>, getrandom::Error> {
    let redirect_uri = env(Setting::RedirectUri).unwrap_or_else(|| DEFAULT_REDIRECT_URI.to_owned());
    let mut settings = Vec::from(dev_server.environment());
    // The dev server says when a person signed in, so that a recent sign-in is proved.
    settings.push((Setting::AuthTime.name(), "/auth_time".to_owned()));
    // The login takes plain http on this machine only. The browser then keeps no `Secure` cookies,
    // and the dev server leads it back from its sign-out to the page that says so.
    if redirect_uri.starts_with("http://") {
        settings.push((Setting::DangerInsecureCookies.name(), "1".to_owned()));
        if let Some(prefix) = redirect_uri.strip_suffix("/callback") {
            let signed_out: String =
                byte_serialize(format!("{prefix}/logout").as_bytes()).collect();
            let address = format!("{}?return_to={signed_out}", dev_server.sign_out_url());
            settings.push((Setting::SignOutUrl.name(), address));
        }
    }
    if env(Setting::CookieSecret)
        .or_else(|| env(Setting::CookieSecretFile))
        .is_none()
    {
        settings.push((Setting::CookieSecret.name(), random_secret()?));
    }
    settings.push((Setting::RedirectUri.name(), redirect_uri));
    Ok(settings)
}

/// A cookie secret for this run: sessions end with the process. A deployed site is given one in
/// `FNCY_COOKIE_SECRET`, the same on every instance, so that sessions survive a restart.
#[expect(
    clippy::disallowed_methods,
    reason = "drawn once, at the start of an example"
)]
fn random_secret() -> Result<String, getrandom::Error> {
    let mut secret = [0; 32];
    getrandom::getrandom(&mut secret)?;
    Ok(STANDARD.encode(secret))
}

/// A setting of the environment; an empty one is none.
#[expect(
    clippy::disallowed_methods,
    reason = "decides whether the dev server is needed, before there is a login to ask"
)]
fn env(setting: Setting) -> Option<String> {
    let value = std::env::var(setting.name()).ok()?.trim().to_owned();
    (!value.is_empty()).then_some(value)
}
