//! The npm package `oidc-provider`, a certified OpenID provider, with its own development pages for sign-in and consent.
//!
//! It follows the standards: it takes forms, sends `iss`, and revokes all tokens if a refresh token is used twice.
//! Refresh tokens need `scope=offline_access` and `prompt=consent`.

use std::sync::OnceLock;

use fncy_login::Setting;

use super::provider::Kind;

/// `oidc-provider`.
pub static OIDC_PROVIDER: Kind = Kind {
    name: "oidc_provider",
    program: "node",
    script: "oidc-provider.mjs",
    installed: "node_modules/oidc-provider",
    missing: "skipped: install Node.js and run `npm ci` in tests/real-servers (or `cargo xtask test`)",
    authorize: "/auth",
    token: "/token",
    user_data: "/me",
    revocation: "/token/revocation",
    introspection: "/token/introspection",
    introspected_user: "/sub",
    settings: &[
        (Setting::TokenBody, "form"),
        (Setting::Scope, "openid email offline_access"),
        (Setting::AuthorizeParams, "prompt=consent"),
    ],
    says_issuer: true,
    takes_json: false,
    name_field: "login",
    allow: None,
    cancel: Some("Cancel"),
    auth_time: Some("/auth_time"),
    reuse_ends_all: true,
    shared: OnceLock::new(),
};
