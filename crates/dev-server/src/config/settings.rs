//! The settings of a server. FNCY's documented behaviour is the default.

use std::time::Duration;

use crate::config::demo_user::DemoUser;
use crate::config::user_id_place::UserIdPlace;
use crate::system::clock::Clock;

/// Body encodings that the token and revocation endpoints accept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenBody {
    /// `application/json`, as FNCY documents. The default.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`, as in RFC 6749 section 4.1.3.
    Form,
    /// JSON or a form.
    Either,
}

/// Form of access tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AccessTokenFormat {
    /// A random text, which only this server can read. The default.
    #[default]
    Opaque,
    /// A signed JWT (RFC 9068), which a resource server can check by the keys of the JWKS endpoint.
    Jwt,
}

/// Spelling of `scope` in the token response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScopeFormat {
    /// An array of strings, as in the types of FNCY's public client. The default.
    #[default]
    Array,
    /// One string, separated by spaces, as in RFC 6749 section 3.3.
    SpaceSeparated,
    /// No `scope` at all. RFC 6749 section 5.1 allows this if the requested scope was granted.
    /// The server omits it even if the user can grant only a part.
    Omitted,
}

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// If empty, every redirect URI on a loopback host is registered.
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) users: Vec<DemoUser>,
    pub(crate) access_token_lifetime: Duration,
    pub(crate) access_token_format: AccessTokenFormat,
    pub(crate) audience: String,
    pub(crate) refresh_token_rotation: bool,
    pub(crate) scope_format: ScopeFormat,
    pub(crate) token_body: TokenBody,
    pub(crate) issuer: Option<String>,
    pub(crate) pkce_required: bool,
    pub(crate) user_id_place: UserIdPlace,
    pub(crate) clock: Clock,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            client_id: "demo-app".to_owned(),
            client_secret: "demo-secret".to_owned(),
            redirect_uris: Vec::new(),
            users: DemoUser::defaults(),
            access_token_lifetime: Duration::from_secs(300),
            access_token_format: AccessTokenFormat::default(),
            audience: "demo-api".to_owned(),
            refresh_token_rotation: true,
            scope_format: ScopeFormat::default(),
            token_body: TokenBody::default(),
            issuer: None,
            pkce_required: false,
            user_id_place: UserIdPlace::new("id"),
            clock: Clock::default(),
        }
    }
}

impl Settings {
    pub(crate) fn user(&self, id: &str) -> Option<&DemoUser> {
        self.users.iter().find(|user| user.id == id)
    }

    /// The user whom a `login_hint` names by ID or by email address.
    pub(crate) fn hinted_user(&self, hint: &str) -> Option<&DemoUser> {
        let has_address = |user: &&DemoUser| {
            let email = user.text("email");
            email.is_some_and(|email| email.eq_ignore_ascii_case(hint))
        };
        self.user(hint)
            .or_else(|| self.users.iter().find(has_address))
    }

    /// The `iss` of access tokens.
    pub(crate) fn issuer_or<'a>(&'a self, base_url: &'a str) -> &'a str {
        self.issuer.as_deref().unwrap_or(base_url)
    }

    /// The part of the requested scope that the user can grant.
    pub(crate) fn granted_scope(&self, id: &str, requested: &[String]) -> Vec<String> {
        self.user(id)
            .map(|user| user.granted(requested))
            .unwrap_or_default()
    }
}
