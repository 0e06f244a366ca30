//! Calls of FNCY's API in the user's name: the access token, refreshed before it is used.
//!
//! For applications that read or write something at FNCY. `Tokens` opens the session's access token for a
//! handler; it was refreshed before the handler ran, if that was due, so that nothing here knows about expiry. A
//! refusal by the API then means that FNCY took the access back: only a new sign-in mends it.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use fncy_login_tower::{
    ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, Tokens, WrappedRouter,
};
use maud::html;
use site::{UserData, UserDataError};

use crate::page::{page, style};

/// The application: one page, with what the API says. [`UserData`] is the client of an endpoint.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder, api: UserData) -> Result<WrappedRouter, ConfigError> {
    let login = login.public_path("/site.css").build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/site.css", get(style))
        .with_state(api);
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home(
    State(api): State<UserData>,
    user: CurrentUser,
    tokens: Tokens,
) -> (StatusCode, Html<String>) {
    let (status, main) = match api.fetch(tokens.access_token()).await {
        Ok(data) => (StatusCode::OK, html! { section.card { pre { (data) } } }),
        Err(UserDataError::TokenRefused) => (
            StatusCode::BAD_GATEWAY,
            html! {
                p.lead { "FNCY no longer gives this application access." }
                p { a.button href="/auth/login?return_to=/" { "Sign in again" } }
            },
        ),
        Err(error) => (StatusCode::BAD_GATEWAY, html! { p.alert { (error) } }),
    };
    (status, Html(page("What FNCY says", Some(&user), &main)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_testing::{Endpoint, Fault, TestError, TestFncy};
    use site::UserData;

    use super::app;

    #[tokio::test]
    async fn an_expired_token_is_refreshed_before_the_call() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let api = UserData::new(&fncy.server().userinfo_url()).unwrap();
        let alex = fncy.signed_in("alex", app(fncy.login(), api)?).await?;
        let page = alex.get("/").send().await?;
        assert!(page.text().contains("alex@example.com"), "{}", page.text());
        fncy.advance(Duration::from_secs(5 * 60));
        assert_eq!(alex.get("/").send().await?.status(), 200);

        let calls = fncy.server().requests(Endpoint::UserData);
        let [before, .., after] = calls.as_slice() else {
            panic!("{calls:?}");
        };
        assert_ne!(before.authorization, after.authorization);
        assert_eq!(fncy.server().request_count(Endpoint::Token), 2);
        Ok(())
    }

    #[tokio::test]
    async fn who_lost_the_access_is_asked_to_sign_in_again() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let api = UserData::new(&fncy.server().userinfo_url()).unwrap();
        let alex = fncy.signed_in("alex", app(fncy.login(), api)?).await?;
        fncy.fault(Endpoint::UserData, Fault::status(401).once());
        let page = alex.get("/").send().await?;
        assert_eq!(page.status(), 502);
        assert!(page.text().contains("href=\"/auth/login?return_to=/\""));
        Ok(())
    }
}
