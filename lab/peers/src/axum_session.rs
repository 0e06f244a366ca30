//! axum_session in memory, with a plain or signed id.

use axum::Router;
use axum::routing::get;
use axum_session::{
    Key, Session as Store, SessionConfig, SessionLayer, SessionNullPool, SessionStore,
};
use fncy_login_benches::interleave::Case;

use crate::browser::{LOGIN, axum_case};
use crate::session::{KEY, NAME_IN_STORE, Session};

pub(crate) async fn cases() -> Vec<Case> {
    let plain = SessionConfig::default();
    let signed = SessionConfig::default().with_key(Key::from(KEY));
    vec![
        case("axum_session, in memory", plain).await,
        case("axum_session, in memory, signed", signed).await,
    ]
}

async fn case(name: &str, config: SessionConfig) -> Case {
    async fn hello(store: Store<SessionNullPool>) -> &'static str {
        let session: Option<Session> = store.get(NAME_IN_STORE);
        session.unwrap().check();
        "hello"
    }
    async fn login(store: Store<SessionNullPool>) {
        store.set(NAME_IN_STORE, Session::sample());
    }
    let store = SessionStore::<SessionNullPool>::new(None, config);
    let app = Router::new()
        .route("/", get(hello))
        .route(LOGIN, get(login))
        .layer(SessionLayer::new(store.await.unwrap()));
    axum_case(name, app).await
}
