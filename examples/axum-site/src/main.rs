//! An example site in axum: everybody can open the home page, the rest is for signed-in users.
//!
//! `cargo run -p axum-site` and open the address that it prints.

use std::process::ExitCode;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use fncy_login_tower::{CurrentUser, FncyLogin, Login, Tokens};
use serde_json::{Value, json};
use site::{Provider, StartError, UserData, pages};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

#[tokio::main]
async fn main() -> ExitCode {
    site::log_to_stderr();
    site::exit_code(run().await)
}

async fn run() -> Result<(), StartError> {
    let provider = Provider::from_env()?;
    let login = Login::builder()
        .env()
        .vars(provider.settings()) // the dev server's; with a real server, there are none
        .public("/")
        .public("/site.css")
        .build()?;

    let app = Router::new()
        .route("/", get(home))
        .route("/site.css", get(style))
        .route("/protected", get(protected))
        .route("/me", get(me))
        .route("/profile", get(profile))
        .layer(FncyLogin::new(login.clone()))
        .with_state(provider.user_data()?);

    let mut servers = JoinSet::new();
    for listener in site::listen(&login)? {
        let server = axum::serve(TcpListener::from_std(listener)?, app.clone())
            .with_graceful_shutdown(site::interrupted());
        servers.spawn(server.into_future());
    }
    provider.announce(&login);
    while let Some(served) = servers.join_next().await {
        served??;
    }
    Ok(())
}

/// A public page: there may be a user.
async fn home(user: Option<CurrentUser>) -> Html<String> {
    Html(pages::home(user.as_deref()))
}

/// A protected page: there is a user.
async fn protected(user: CurrentUser) -> Html<String> {
    Html(pages::protected(&user))
}

/// The user for scripts. Without a session, they get a 401 and no redirect.
async fn me(user: CurrentUser) -> Json<Value> {
    Json(json!({
        "id": user.id(),
        "name": user.name(),
        "email": user.email(),
        "scopes": user.scopes().collect::<Vec<_>>(),
    }))
}

/// Calls FNCY in the user's name.
async fn profile(
    State(user_data): State<UserData>,
    user: CurrentUser,
    tokens: Tokens,
) -> (StatusCode, Html<String>) {
    match user_data.fetch(tokens.access_token()).await {
        Ok(data) => (StatusCode::OK, Html(pages::profile(&user, &data))),
        Err(error) => {
            let page = pages::profile_unavailable(&user, &error);
            (StatusCode::BAD_GATEWAY, Html(page))
        }
    }
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css")], pages::STYLE)
}
