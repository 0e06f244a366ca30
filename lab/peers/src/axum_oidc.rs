//! axum-oidc over tower-sessions in memory. It checks the ID token's RS256 signature on every request.

use axum::Router;
use axum::error_handling::HandleErrorLayer;
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum_oidc::error::MiddlewareError;
use axum_oidc::{EmptyAdditionalClaims, OidcAuthLayer, OidcClaims, OidcLoginLayer};
use fncy_login_benches::frameworks::{AXUM, axum};
use fncy_login_benches::interleave::Case;
use fncy_login_benches::sample::USER_ID;
use tower::ServiceBuilder;
use tower_sessions::cookie::SameSite;
use tower_sessions::{MemoryStore, SessionManagerLayer};

use crate::browser;
use crate::provider::{CLIENT_ID, CLIENT_SECRET, callback};

pub(crate) async fn case(issuer: &str) -> Case {
    async fn hello(claims: OidcClaims<EmptyAdditionalClaims>) -> &'static str {
        assert_eq!(claims.subject().as_str(), USER_ID);
        "hello"
    }
    let errors =
        || HandleErrorLayer::new(|error: MiddlewareError| async move { error.into_response() });
    let auth = OidcAuthLayer::<EmptyAdditionalClaims>::discover_client(
        "http://app.example".parse().unwrap(),
        issuer.to_owned(),
        CLIENT_ID.to_owned(),
        Some(CLIENT_SECRET.to_owned()),
        Vec::new(),
    );
    let login = OidcLoginLayer::<EmptyAdditionalClaims>::new();
    let app = Router::new()
        .route("/", get(hello))
        .layer(ServiceBuilder::new().layer(errors()).layer(login))
        .layer(
            ServiceBuilder::new()
                .layer(errors())
                .layer(auth.await.unwrap()),
        )
        .layer(SessionManagerLayer::new(MemoryStore::default()).with_same_site(SameSite::Lax));

    let start = browser::axum(&app, "/", "").await;
    let callback = callback("/", &start.location.unwrap());
    let cookies = browser::axum(&app, &callback, &start.cookies).await.cookies;
    axum("axum-oidc", app, &cookies).beyond(AXUM)
}
