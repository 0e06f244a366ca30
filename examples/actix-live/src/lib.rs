//! An event stream in actix-web that ends with the session of its user.
//!
//! `CurrentUser::watch` gives the session in a form that outlives the request. The stream sees a
//! sign-out in another tab at once, the end of the session's time when that has come, and the end of the server.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Html, ServiceConfig, get};
use fncy_login_actix::{CurrentUser, LiveSession, SessionEnd};
use futures_util::Stream;
use futures_util::stream::unfold;
use site::live;
use tokio::time::timeout;

/// The application's routes. All of them but the style sheet's need a user.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/", get().to(home))
        .route("/live.js", get().to(script))
        .route("/site.css", get().to(style))
        .route("/ticks", get().to(ticks));
}

async fn home(user: CurrentUser) -> Html {
    Html::new(live::page(&user))
}

async fn script() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript")
        .body(live::EVENT_STREAM)
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css")
        .body(site::pages::STYLE)
}

async fn ticks(user: CurrentUser) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header(("cache-control", "no-store"))
        .streaming(Box::pin(events(user.watch())))
}

/// A tick each second, and a last event that says why there are no more.
fn events(session: LiveSession) -> impl Stream<Item = Result<Bytes, Infallible>> {
    unfold(Some(session), async |session| {
        let session = session?;
        let tick = live::tick(&session);
        match timeout(Duration::from_secs(1), session.ended()).await {
            Err(_) => Some((Ok(event("tick", &tick)), Some(session))),
            Ok(end) => Some((Ok(last(end)), None)),
        }
    })
}

fn last(end: SessionEnd) -> Bytes {
    event("end", &end.to_string())
}

fn event(name: &str, data: &str) -> Bytes {
    // A line break would begin another field, and names are what users make them.
    let data = data.replace(['\r', '\n'], " ");
    Bytes::from(format!("event: {name}\ndata: {data}\n\n"))
}
