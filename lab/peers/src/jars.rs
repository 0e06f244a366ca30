//! axum-extra: the session as JSON in a signed or private cookie, read from a jar.

use axum::Router;
use axum::routing::get;
use axum_extra::extract::cookie::{Cookie, Key};
use axum_extra::extract::{PrivateCookieJar, SignedCookieJar};
use fncy_login_benches::interleave::Case;

use crate::browser::{LOGIN, axum_case};
use crate::session::{KEY, NAME_IN_STORE, Session};

pub(crate) async fn cases() -> Vec<Case> {
    let signed = Router::new()
        .route(
            "/",
            get(|jar: SignedCookieJar| hello(jar.get(NAME_IN_STORE))),
        )
        .route(
            LOGIN,
            get(|jar: SignedCookieJar| async { jar.add(cookie()) }),
        );
    let private = Router::new()
        .route(
            "/",
            get(|jar: PrivateCookieJar| hello(jar.get(NAME_IN_STORE))),
        )
        .route(
            LOGIN,
            get(|jar: PrivateCookieJar| async { jar.add(cookie()) }),
        );
    vec![
        axum_case("axum-extra, signed jar", signed.with_state(Key::from(KEY))).await,
        axum_case(
            "axum-extra, private jar",
            private.with_state(Key::from(KEY)),
        )
        .await,
    ]
}

fn cookie() -> Cookie<'static> {
    let value = serde_json::to_string(&Session::sample()).unwrap();
    Cookie::new(NAME_IN_STORE, value)
}

async fn hello(cookie: Option<Cookie<'static>>) -> &'static str {
    let session: Session = serde_json::from_str(cookie.unwrap().value()).unwrap();
    session.check();
    "hello"
}
