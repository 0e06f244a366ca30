//! axum-login over tower-sessions in memory, with a plain or signed id.
//!
//! The user is found in a map and shared by an `Arc`, so that the backend itself costs very little.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use axum_login::{AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend};
use fncy_login_benches::interleave::Case;
use fncy_login_benches::sample::USER_ID;
use tower_sessions::cookie::Key;
use tower_sessions::{MemoryStore, SessionManagerLayer};

use crate::browser::{LOGIN, axum_case};
use crate::session::{KEY, Session};

/// As long as a SHA-256.
const HASH_LEN: usize = 32;

pub(crate) async fn cases() -> Vec<Case> {
    let plain = SessionManagerLayer::new(MemoryStore::default());
    let signed = plain.clone().with_signed(Key::from(KEY));
    let plain = AuthManagerLayerBuilder::new(Backend::new(), plain).build();
    let signed = AuthManagerLayerBuilder::new(Backend::new(), signed).build();
    vec![
        axum_case("axum-login, in memory", app().layer(plain)).await,
        axum_case("axum-login, in memory, signed", app().layer(signed)).await,
    ]
}

fn app() -> Router {
    async fn hello(auth: AuthSession<Backend>) -> &'static str {
        auth.user.unwrap().0.check();
        "hello"
    }
    async fn login(mut auth: AuthSession<Backend>) {
        let user = auth.authenticate(USER_ID.to_owned()).await.unwrap();
        auth.login(&user.unwrap()).await.unwrap();
    }
    Router::new()
        .route("/", get(hello))
        .route(LOGIN, get(login))
}

#[derive(Clone)]
struct User(Arc<Session>);

impl std::fmt::Debug for User {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("User")
    }
}

impl AuthUser for User {
    type Id = String;

    fn id(&self) -> String {
        self.0.user_id.clone()
    }

    fn session_auth_hash(&self) -> &[u8] {
        &self.0.refresh_token.as_bytes()[..HASH_LEN]
    }
}

#[derive(Clone)]
struct Backend(Arc<HashMap<String, User>>);

impl Backend {
    fn new() -> Self {
        let user = User(Arc::new(Session::sample()));
        Self(Arc::new([(user.id(), user)].into()))
    }
}

impl AuthnBackend for Backend {
    type User = User;
    type Credentials = String;
    type Error = Infallible;

    async fn authenticate(&self, id: String) -> Result<Option<User>, Infallible> {
        self.get_user(&id).await
    }

    async fn get_user(&self, id: &String) -> Result<Option<User>, Infallible> {
        Ok(self.0.get(id).cloned())
    }
}
