//! axum-oidc-client: the session in moka's memory, under a private id.
//!
//! It hands out the ID token as it came. The user id in it is not read, in the peer's favour.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use axum_oidc_client::auth::{AuthenticationLayer, CodeChallengeMethod};
use axum_oidc_client::auth_builder::OAuthConfigurationBuilder;
use axum_oidc_client::auth_cache::AuthCache;
use axum_oidc_client::auth_session::AuthSession;
use axum_oidc_client::cache::TwoTierAuthCache;
use axum_oidc_client::cache::config::TwoTierCacheConfig;
use axum_oidc_client::logout::handle_default_logout::DefaultLogoutHandler;
use fncy_login_benches::frameworks::{AXUM, axum};
use fncy_login_benches::interleave::Case;
use fncy_login_benches::sample::TOKEN_LEN;

use crate::browser;
use crate::provider::{CLIENT_ID, CLIENT_SECRET, callback};
use crate::session::KEY;

pub(crate) async fn case(issuer: &str) -> Case {
    async fn hello(session: AuthSession) -> &'static str {
        assert_eq!(session.access_token.len(), TOKEN_LEN);
        "hello"
    }
    let configuration = OAuthConfigurationBuilder::default()
        .with_authorization_endpoint(&format!("{issuer}/authorize"))
        .with_token_endpoint(&format!("{issuer}/token"))
        .with_client_id(CLIENT_ID)
        .with_client_secret(CLIENT_SECRET)
        .with_redirect_uri("http://app.example/auth/callback")
        .with_private_cookie_key(str::from_utf8(KEY).unwrap())
        .with_post_logout_redirect_uri("/")
        .with_scopes(vec!["openid"])
        .with_code_challenge_method(CodeChallengeMethod::S256)
        .with_session_max_age(30)
        .build()
        .unwrap();
    let cache = TwoTierAuthCache::new(None, TwoTierCacheConfig::default()).unwrap();
    let cache: Arc<dyn AuthCache + Send + Sync> = Arc::new(cache);
    let layer = AuthenticationLayer::new(
        Arc::new(configuration),
        cache,
        Arc::new(DefaultLogoutHandler),
    );
    let app = Router::new().route("/", get(hello)).layer(layer);

    let start = browser::axum(&app, "/auth", "").await;
    let callback = callback("/auth/callback", &start.location.unwrap());
    let cookies = browser::axum(&app, &callback, "").await.cookies;
    axum("axum-oidc-client", app, &cookies).beyond(AXUM)
}
