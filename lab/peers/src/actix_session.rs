//! actix-session with the session in a signed or private cookie, and actix-identity on it.
//!
//! With actix-identity the user id and the deadline are its own; the rest lies in the same cookie.

use std::time::Duration;

use actix_identity::{Identity, IdentityMiddleware};
use actix_session::config::CookieContentSecurity;
use actix_session::storage::CookieSessionStore;
use actix_session::{Session as Store, SessionMiddleware};
use actix_web::cookie::Key;
use actix_web::{App, HttpMessage as _, HttpRequest, HttpResponse, test, web};
use fncy_login_benches::frameworks::{ACTIX, actix};
use fncy_login_benches::interleave::Case;
use fncy_login_benches::sample::USER_ID;

use crate::browser::{self, LOGIN};
use crate::session::{KEY, NAME_IN_STORE, Session};

pub(crate) async fn cases() -> Vec<Case> {
    vec![
        session("actix-session, signed", CookieContentSecurity::Signed).await,
        session("actix-session, private", CookieContentSecurity::Private).await,
        identity().await,
    ]
}

fn layer(security: CookieContentSecurity) -> SessionMiddleware<CookieSessionStore> {
    SessionMiddleware::builder(CookieSessionStore::default(), Key::from(KEY))
        .cookie_content_security(security)
        .build()
}

async fn session(name: &str, security: CookieContentSecurity) -> Case {
    async fn hello(store: Store) -> &'static str {
        let session: Option<Session> = store.get(NAME_IN_STORE).unwrap();
        session.unwrap().check();
        "hello"
    }
    async fn login(store: Store) -> HttpResponse {
        store.insert(NAME_IN_STORE, Session::sample()).unwrap();
        HttpResponse::Ok().finish()
    }
    let app = App::new()
        .wrap(layer(security))
        .route("/", web::get().to(hello))
        .route(LOGIN, web::get().to(login));
    let app = test::init_service(app).await;
    let cookies = browser::actix(&app, LOGIN, "").await.cookies;
    actix(name, app, &cookies).beyond(ACTIX)
}

async fn identity() -> Case {
    async fn hello(identity: Identity) -> &'static str {
        assert_eq!(identity.id().unwrap(), USER_ID);
        "hello"
    }
    async fn login(request: HttpRequest, store: Store) -> HttpResponse {
        store.insert(NAME_IN_STORE, Session::sample()).unwrap();
        Identity::login(&request.extensions(), USER_ID.to_owned()).unwrap();
        HttpResponse::Ok().finish()
    }
    let deadline = Some(Duration::from_secs(24 * 60 * 60));
    let app = App::new()
        .wrap(
            IdentityMiddleware::builder()
                .login_deadline(deadline)
                .build(),
        )
        .wrap(layer(CookieContentSecurity::Private))
        .route("/", web::get().to(hello))
        .route(LOGIN, web::get().to(login));
    let app = test::init_service(app).await;
    let cookies = browser::actix(&app, LOGIN, "").await.cookies;
    actix("actix-session, private, with actix-identity", app, &cookies).beyond(ACTIX)
}
