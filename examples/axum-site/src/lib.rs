//! The example site in axum: everybody can open the home page, the rest is for signed-in users.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use fncy_login_tower::{
    CurrentUser, FncyLoginLayer, Login, RecentSignIn, Tokens, WrappedRouter, require_scope,
};
use serde_json::{Value, json};
use site::{UserData, pages};

/// The application, with the login around it.
pub fn app(login: Login, user_data: UserData) -> WrappedRouter {
    let calendar = Router::new()
        .route("/calendar", get(calendar))
        .route_layer(require_scope("calendar.read"));
    let router = Router::new()
        .route("/", get(home))
        .route("/site.css", get(style))
        .route("/protected", get(protected))
        .route("/me", get(me))
        .route("/project/delete", get(ask_to_delete).post(delete))
        .route("/profile", get(profile))
        .merge(calendar)
        .with_state(user_data);
    FncyLoginLayer::new(login).wrap(router)
}

/// A public page: there may be a user.
async fn home(user: Option<CurrentUser>) -> Html<String> {
    Html(pages::home(user.as_deref()))
}

/// A protected page: there is a user.
async fn protected(user: CurrentUser) -> Html<String> {
    Html(pages::protected(&user))
}

/// A page that needs one more scope. The intent `calendar` of `main.rs` asks FNCY for it.
async fn calendar(user: CurrentUser) -> Html<String> {
    Html(pages::calendar(&user))
}

/// A page that needs a sign-in of the last five minutes. If it is older, the person signs in again.
async fn ask_to_delete(user: RecentSignIn<300>) -> Html<String> {
    Html(pages::delete_project(&user))
}

async fn delete(user: RecentSignIn<300>) -> Html<String> {
    Html(pages::project_deleted(&user))
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
