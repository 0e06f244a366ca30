//! tower-sessions: the session in memory, under a plain or signed id, or whole in a cookie.

use axum::Router;
use axum::routing::get;
use fncy_login_benches::interleave::Case;
use tower_sessions::cookie::Key;
use tower_sessions::{MemoryStore, Session as Store, SessionManagerLayer};
use tower_sessions_cookie_store::{CookieSessionManagerLayer, Key as CookieKey};

use crate::browser::{LOGIN, axum_case};
use crate::session::{KEY, NAME_IN_STORE, Session};

pub(crate) async fn cases() -> Vec<Case> {
    let plain = SessionManagerLayer::new(MemoryStore::default());
    let signed = plain.clone().with_signed(Key::from(KEY));
    let cookie_signed = CookieSessionManagerLayer::signed(CookieKey::from(KEY));
    let cookie_private = CookieSessionManagerLayer::private(CookieKey::from(KEY));
    vec![
        axum_case("tower-sessions, in memory", app().layer(plain)).await,
        axum_case("tower-sessions, in memory, signed", app().layer(signed)).await,
        axum_case(
            "tower-sessions-cookie-store, signed",
            app().layer(cookie_signed),
        )
        .await,
        axum_case(
            "tower-sessions-cookie-store, private",
            app().layer(cookie_private),
        )
        .await,
    ]
}

fn app() -> Router {
    async fn hello(store: Store) -> &'static str {
        let session: Option<Session> = store.get(NAME_IN_STORE).await.unwrap();
        session.unwrap().check();
        "hello"
    }
    async fn login(store: Store) {
        store
            .insert(NAME_IN_STORE, Session::sample())
            .await
            .unwrap();
    }
    Router::new()
        .route("/", get(hello))
        .route(LOGIN, get(login))
}
