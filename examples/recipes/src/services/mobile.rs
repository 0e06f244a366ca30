//! A shop's API for its site and for its mobile application: the same handlers, by a session or by FNCY's access token.
//!
//! The mobile application has a client of its own at FNCY. Its tokens are checked by introspection (RFC 7662), and tokens
//! of every other client are refused.

use axum::Router;
use axum::response::Html;
use axum::routing::{get, post};
use fncy_login_tower::{
    BearerCheck, ConfigError, Credential, CurrentUser, FncyLoginLayer, LoginBuilder, WrappedRouter,
    require,
};
use maud::html;

use crate::page::{page, style};

/// The ID of the mobile application's client at FNCY.
pub const CLIENT_ID: &str = "demo-mobile";

/// The application: a page, and an API below `/api`. `introspection` is FNCY's introspection endpoint.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder, introspection: &str) -> Result<WrappedRouter, ConfigError> {
    let check = BearerCheck::introspection(introspection).client(CLIENT_ID);
    let login = login.public_path("/site.css").bearer_prefix("/api", check);
    let refunds = Router::new()
        .route("/api/refunds", post(refund))
        .route_layer(require(|user| user.credential() == Credential::Session));
    let routes = Router::new()
        .route("/", get(home))
        .route("/api/orders", get(orders))
        .merge(refunds)
        .route("/site.css", get(style));
    Ok(FncyLoginLayer::new(login.build()?).wrap(routes))
}

async fn home(user: CurrentUser) -> Html<String> {
    let main = html! {
        p.lead { "Your orders are at " a href="/api/orders" { "/api/orders" } "." }
        p { "The mobile application reads them at the same address, with its access token." }
    };
    Html(page("The shop", Some(&user), &main))
}

async fn orders(user: CurrentUser) -> String {
    let asked_by = match user.credential() {
        Credential::Session => "a browser",
        _ => "the mobile application",
    };
    format!("The orders of {}, for {asked_by}.\n", user.id())
}

/// Only for the site, where the person has a session.
async fn refund() -> &'static str {
    "refunded"
}

#[cfg(test)]
mod tests {
    use fncy_login_testing::{TestError, TestFncy};

    use super::{CLIENT_ID, app};

    #[tokio::test]
    async fn one_handler_answers_the_site_and_the_mobile_application() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login(), &fncy.server().introspection_url())?;
        let token = fncy.server().token_for("alex", CLIENT_ID, "profile")?;
        let browser = fncy.signed_in("alex", app.clone()).await?;
        let phone = fncy.with_token(&token, app.clone());
        for (client, asked_by) in [(&browser, "a browser"), (&phone, "the mobile application")] {
            let answer = client.get("/api/orders").send().await?;
            assert_eq!(answer.status(), 200);
            let expected = format!("The orders of alex, for {asked_by}.\n");
            assert_eq!(answer.text(), expected);
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_token_of_another_application_is_refused() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login(), &fncy.server().introspection_url())?;
        let token = fncy.server().token_for("alex", "a-game", "profile")?;
        let game = fncy.with_token(&token, app);
        let answer = game.get("/api/orders").send().await?;
        assert_eq!(answer.status(), 401);
        assert!(answer.text().contains("invalid_token"), "{}", answer.text());
        Ok(())
    }

    #[tokio::test]
    async fn a_refund_needs_a_session() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login(), &fncy.server().introspection_url())?;
        let token = fncy.server().token_for("alex", CLIENT_ID, "profile")?;
        let phone = fncy.with_token(&token, app.clone());
        assert_eq!(phone.post("/api/refunds").send().await?.status(), 403);
        let browser = fncy.signed_in("alex", app).await?;
        assert_eq!(browser.post("/api/refunds").send().await?.status(), 200);
        Ok(())
    }
}
