//! An example site in actix-web: everybody can open the home page, the rest is for signed-in users.
//!
//! `cargo run -p actix-site` and open the address that it prints.

use std::process::ExitCode;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Html, Json, get};
use actix_web::{App, HttpResponse, HttpServer};
use fncy_login_actix::{CurrentUser, FncyLogin, Login, Tokens};
use serde_json::{Value, json};
use site::{Provider, StartError, UserData, pages};

#[actix_web::main]
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

    let user_data = Data::new(provider.user_data()?);
    let layer = FncyLogin::new(login.clone());
    let mut server = HttpServer::new(move || {
        App::new()
            .wrap(layer.clone())
            .app_data(user_data.clone())
            .route("/", get().to(home))
            .route("/site.css", get().to(style))
            .route("/protected", get().to(protected))
            .route("/me", get().to(me))
            .route("/profile", get().to(profile))
    })
    .shutdown_signal(site::interrupted());
    for listener in site::listen(&login)? {
        server = server.listen(listener)?;
    }
    provider.announce(&login);
    Ok(server.run().await?)
}

/// A public page: there may be a user.
async fn home(user: Option<CurrentUser>) -> Html {
    Html::new(pages::home(user.as_deref()))
}

/// A protected page: there is a user.
async fn protected(user: CurrentUser) -> Html {
    Html::new(pages::protected(&user))
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
    user_data: Data<UserData>,
    user: CurrentUser,
    tokens: Tokens,
) -> (Html, StatusCode) {
    match user_data.fetch(tokens.access_token()).await {
        Ok(data) => (Html::new(pages::profile(&user, &data)), StatusCode::OK),
        Err(error) => {
            let page = pages::profile_unavailable(&user, &error);
            (Html::new(page), StatusCode::BAD_GATEWAY)
        }
    }
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css")
        .body(pages::STYLE)
}
