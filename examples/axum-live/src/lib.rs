//! A WebSocket in axum that ends with the session of its user.
//!
//! `CurrentUser::watch` gives the session in a form that outlives the request. The connection sees a
//! sign-out in another tab at once, the end of the session's time when that has come, and the end of the server.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use fncy_login_tower::{
    CurrentUser, FncyLoginLayer, LiveSession, Login, SessionEnd, WrappedRouter,
};
use site::live;
use tokio::time::interval;

/// The application. All of it but the style sheet needs a user.
pub fn app(login: Login) -> WrappedRouter {
    let router = Router::new()
        .route("/", get(home))
        .route("/live.js", get(script))
        .route("/site.css", get(style))
        .route("/ticks", get(ticks));
    FncyLoginLayer::new(login).wrap(router)
}

async fn home(user: CurrentUser) -> Html<String> {
    Html(live::page(&user))
}

async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript")], live::WEBSOCKET)
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css")], site::pages::STYLE)
}

/// A page of another origin gets no further than the login: it refuses upgrades from elsewhere.
async fn ticks(user: CurrentUser, upgrade: WebSocketUpgrade) -> Response {
    let session = user.watch();
    upgrade.on_upgrade(move |socket| serve(socket, session))
}

async fn serve(mut socket: WebSocket, session: LiveSession) {
    let mut ticks = interval(Duration::from_secs(1));
    let mut ended = pin!(session.ended());
    let end = loop {
        tokio::select! {
            end = &mut ended => break end,
            _ = ticks.tick() => {
                let tick = Message::text(live::tick(&session));
                if socket.send(tick).await.is_err() {
                    return;
                }
            }
            // Whatever the browser says; nothing more once it has left.
            message = socket.recv() => match message {
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    };
    let frame = CloseFrame {
        code: match end {
            SessionEnd::Stopping | SessionEnd::Unproven => close_code::RESTART,
            _ => close_code::POLICY,
        },
        reason: end.to_string().into(),
    };
    // A browser that has left needs no reason.
    drop(socket.send(Message::Close(Some(frame))).await);
}
