//! Django OAuth Toolkit, from Debian, with the login page of Django's admin site and its own consent page.
//!
//! It differs from the standards as FNCY does: token requests are JSON, and it sends no `iss`. It also differs in other
//! ways: a user's id is a number, a dead access token gets a 403, and a refresh token that is used twice revokes no
//! token.

use std::sync::OnceLock;

use super::provider::Kind;

/// Django OAuth Toolkit, with the default settings of FNCY.
pub static OAUTH_TOOLKIT: Kind = Kind {
    name: "oauth_toolkit",
    // Debian's own Python, since another one in `PATH` doesn't see Debian's packages.
    program: "/usr/bin/python3",
    script: "oauth-toolkit.py",
    installed: "/usr/lib/python3/dist-packages/oauth2_provider",
    missing: "skipped: install Debian's python3-django-oauth-toolkit (or `cargo xtask test`)",
    authorize: "/o/authorize/",
    token: "/o/token/",
    user_data: "/user/",
    revocation: "/o/revoke_token/",
    introspection: "/o/introspect/",
    introspected_user: "/username",
    settings: &[],
    says_issuer: false,
    takes_json: true,
    name_field: "username",
    allow: Some(("allow", "Authorize")),
    cancel: None,
    auth_time: None,
    reuse_ends_all: false,
    shared: OnceLock::new(),
};
