//! ruts over its store in memory, with a plain or signed id.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use fncy_login_benches::interleave::Case;
use ruts::store::Ttl;
use ruts::store::moka::{MokaStore, MokaStoreBuilder};
use ruts::{CookieOptions, Session as Store, SessionLayer};
use tower_cookies::{CookieManagerLayer, Key};

use crate::browser::{LOGIN, axum_case};
use crate::session::{KEY, NAME_IN_STORE, Session};

pub(crate) async fn cases() -> Vec<Case> {
    let plain = CookieOptions::build().path("/");
    let signed = plain.clone().signing_key(Key::from(KEY));
    vec![
        case("ruts, in memory", plain).await,
        case("ruts, in memory, signed", signed).await,
    ]
}

async fn case(name: &str, options: CookieOptions) -> Case {
    async fn hello(store: Store<MokaStore>) -> &'static str {
        let session: Option<Session> = store.get(NAME_IN_STORE).await.unwrap();
        session.unwrap().check();
        "hello"
    }
    async fn login(store: Store<MokaStore>) {
        let (session, hour) = (Session::sample(), Ttl::new(3_600).unwrap());
        store
            .set(NAME_IN_STORE, &session, hour, None)
            .await
            .unwrap();
    }
    let store = Arc::new(MokaStoreBuilder::new().build());
    let app = Router::new()
        .route("/", get(hello))
        .route(LOGIN, get(login))
        .layer(SessionLayer::new(store).with_cookie_options(options))
        .layer(CookieManagerLayer::new());
    axum_case(name, app).await
}
