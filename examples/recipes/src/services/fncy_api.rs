//! Calls of FNCY's API in the user's name: the access token, refreshed before it is used and after a 401.
//!
//! For applications that read or write something at FNCY. `FncyApi` attaches the session's access token to requests below
//! the origin that the builder names. If the API refuses the token, it is refreshed once for all requests that wait, and the
//! request is sent once more. If the API refuses that one too, the person is asked to sign in.

use axum::Router;
use axum::extract::State;
use axum::http::{Request, Uri};
use axum::response::Html;
use axum::routing::get;
use fncy_login_tower::{
    AuthRejection, ConfigError, CurrentUser, FncyApi, FncyLoginLayer, LoginBuilder, WrappedRouter,
};
use maud::html;

use crate::page::{page, style};
use crate::services::origin;

/// The application: one page, with what FNCY's API says at this address.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder, address: Uri) -> Result<WrappedRouter, ConfigError> {
    let login = login
        .public_path("/site.css")
        .api_origin(origin(&address))
        .build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/site.css", get(style))
        .with_state(address);
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home(
    State(address): State<Uri>,
    user: CurrentUser,
    api: FncyApi,
) -> Result<Html<String>, AuthRejection> {
    let mut request = Request::new(Vec::new());
    *request.uri_mut() = address;
    let answer = api.send(request).await?;
    let (status, data) = (answer.status(), String::from_utf8_lossy(answer.body()));
    let main = if status.is_success() {
        html! { section.card { pre { (data) } } }
    } else {
        html! { p.alert { "FNCY answers with the status " (status.as_u16()) "." } }
    };
    Ok(Html(page("What FNCY says", Some(&user), &main)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Uri;
    use fncy_login_testing::{Endpoint, Fault, TestError, TestFncy};

    use super::app;

    fn user_data(fncy: &TestFncy) -> Uri {
        fncy.server().userinfo_url().parse().unwrap()
    }

    #[tokio::test]
    async fn an_expired_token_is_refreshed_before_the_call() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login(), user_data(&fncy))?;
        let alex = fncy.signed_in("alex", app).await?;
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
    async fn a_refused_token_is_refreshed_and_the_call_is_made_again() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login(), user_data(&fncy))?;
        let alex = fncy.signed_in("alex", app).await?;
        fncy.fault(Endpoint::UserData, Fault::status(401).once());
        let page = alex.get("/").send().await?;
        assert!(page.text().contains("alex@example.com"), "{}", page.text());
        assert_eq!(fncy.server().request_count(Endpoint::Token), 2);
        Ok(())
    }

    #[tokio::test]
    async fn a_person_who_lost_the_access_is_asked_to_sign_in() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login(), user_data(&fncy))?;
        let alex = fncy.signed_in("alex", app).await?;
        fncy.fault(Endpoint::UserData, Fault::status(401));
        // Just after a sign-in it is a page with a button, since a redirect could be a loop.
        let page = alex.get("/").send().await?;
        assert_eq!(page.status(), 401);
        assert!(page.text().contains("href=\"/auth/login?return_to=%2F\""));
        fncy.advance(Duration::from_secs(60));
        assert_eq!(alex.get("/").send().await?.status(), 303);
        Ok(())
    }
}
