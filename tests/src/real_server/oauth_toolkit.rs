//! Django OAuth Toolkit, from Debian, with the login page of Django's admin site and its own consent
//! page.
//!
//! It departs from the standards where FNCY does, and elsewhere: token requests are JSON, and it sends
//! no `iss`. A user's id is a number, a dead access token is a 403, and a refresh token that is sent
//! again ends nothing.

use std::sync::OnceLock;

use super::provider::Kind;

/// Django OAuth Toolkit, behind the settings that FNCY has by default.
pub static OAUTH_TOOLKIT: Kind = Kind {
    name: "oauth_toolkit",
    // Debian's own: another one that comes first in `PATH` doesn't see Debian's packages.
    program: "/usr/bin/python3",
    script: "oauth-toolkit.py",
    installed: "/usr/lib/python3/dist-packages/oauth2_provider",
    missing: "skipped: install Debian's python3-django-oauth-toolkit (or `cargo xtask test`)",
    authorize: "/o/authorize/",
    token: "/o/token/",
    user_data: "/user/",
    revocation: "/o/revoke_token/",
    settings: &[],
    says_issuer: false,
    takes_json: true,
    name_field: "username",
    allow: Some(("allow", "Authorize")),
    cancel: None,
    reuse_ends_all: false,
    shared: OnceLock::new(),
};
