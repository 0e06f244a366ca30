//! How the server behaves: plain data, with FNCY's documented behaviour as the default.

use std::time::Duration;

use crate::demo_user::DemoUser;

/// Which body encodings the token and revocation endpoints accept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenBody {
    /// `application/json`, as FNCY documents. The default.
    #[default]
    Json,
    /// `application/x-www-form-urlencoded`, as RFC 6749 section 4.1.3 has it.
    Form,
    /// Both.
    Either,
}

/// How the token answer spells `scope`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScopeFormat {
    /// An array of strings, as FNCY's public client types it. The default.
    #[default]
    Array,
    /// One string, separated by spaces, as RFC 6749 section 3.3 has it.
    SpaceSeparated,
    /// Left out, which RFC 6749 section 5.1 allows when it is what was asked for.
    Omitted,
}

#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    /// Empty: any redirect URI on a loopback host.
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) users: Vec<DemoUser>,
    pub(crate) access_token_life: Duration,
    pub(crate) rotation: bool,
    pub(crate) scope_format: ScopeFormat,
    pub(crate) token_body: TokenBody,
    pub(crate) issuer: Option<String>,
    pub(crate) pkce_required: bool,
    pub(crate) user_id_member: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            client_id: "demo-app".to_owned(),
            client_secret: "demo-secret".to_owned(),
            redirect_uris: Vec::new(),
            users: DemoUser::defaults(),
            access_token_life: Duration::from_secs(300),
            rotation: true,
            scope_format: ScopeFormat::default(),
            token_body: TokenBody::default(),
            issuer: None,
            pkce_required: false,
            user_id_member: "id".to_owned(),
        }
    }
}

impl Settings {
    pub(crate) fn user(&self, id: &str) -> Option<&DemoUser> {
        self.users.iter().find(|user| user.id == id)
    }
}
