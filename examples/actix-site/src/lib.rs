//! The example site in actix-web: everybody can open the home page, the rest is for signed-in users.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Html, Json, ServiceConfig, get, post, resource};
use fncy_login_actix::{CurrentUser, RecentSignIn, Tokens, require_scope};
use serde_json::{Value, json};
use site::{UserData, pages};

/// The application's routes.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/", get().to(home))
        .route("/site.css", get().to(style))
        .route("/protected", get().to(protected))
        .route("/me", get().to(me))
        .route("/project/delete", get().to(ask_to_delete))
        .route("/project/delete", post().to(delete))
        .service(
            resource("/calendar")
                .wrap(require_scope("calendar.read"))
                .route(get().to(calendar)),
        )
        .route("/profile", get().to(profile));
}

/// A public page: there may be a user.
async fn home(user: Option<CurrentUser>) -> Html {
    Html::new(pages::home(user.as_deref()))
}

/// A protected page: there is a user.
async fn protected(user: CurrentUser) -> Html {
    Html::new(pages::protected(&user))
}

/// A page that needs one more scope. The intent `calendar` of `main.rs` asks FNCY for it.
async fn calendar(user: CurrentUser) -> Html {
    Html::new(pages::calendar(&user))
}

/// A page that needs a sign-in of the last five minutes. If it is older, the person signs in again.
async fn ask_to_delete(user: RecentSignIn<300>) -> Html {
    Html::new(pages::delete_project(&user))
}

async fn delete(user: RecentSignIn<300>) -> Html {
    Html::new(pages::project_deleted(&user))
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
