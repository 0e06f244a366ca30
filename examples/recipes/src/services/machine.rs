//! Machine to machine: a request to FNCY that no user stands behind, such as a nightly job's.
//!
//! For whatever runs by itself. `Login::client_token` gives a token of the application's own
//! (`client_credentials`, RFC 6749, section 4.4): asked for once, kept until shortly before it expires, and given
//! out while FNCY is down as long as it lives. So a job asks for it before each request, and keeps nothing.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use fncy_login_tower::client_token::{ClientTokenError, ClientTokenErrorKind};
use fncy_login_tower::{ConfigError, FncyLoginLayer, Login, LoginBuilder, WrappedRouter};
use maud::html;

use crate::page::{page, style};

/// What the job needs to be allowed to do, as FNCY calls it.
const SCOPE: &str = "stats:read";

/// The application: a public page that runs the job.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let login = login.public_path("/").public_path("/site.css").build()?;
    let routes = Router::new()
        .route("/", get(run))
        .route("/site.css", get(style))
        .with_state(login.clone());
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

/// The job: the header to send with a request to FNCY's resource server, whose addresses FNCY gives to
/// registered clients.
async fn authorization(login: &Login) -> Result<String, ClientTokenError> {
    let token = login.client_token(Some(SCOPE)).await?;
    Ok(format!("Bearer {}", token.access_token()))
}

async fn run(State(login): State<Login>) -> (StatusCode, Html<String>) {
    let (status, said) = match authorization(&login).await {
        Ok(header) => (
            StatusCode::OK,
            format!(
                "FNCY gave the application a token, of {} characters.",
                header.len()
            ),
        ),
        // The next run tries again.
        Err(error) if matches!(error.kind(), ClientTokenErrorKind::Unavailable { .. }) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "FNCY can't be reached. The job runs again later.".to_owned(),
        ),
        // An operator has to look: the scope, or the client's settings.
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    };
    let main = html! { p.lead { (said) } };
    (status, Html(page("The nightly job", None, &main)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_testing::{Endpoint, Fault, TestError, TestFncy};
    use serde_json::Value;

    use super::app;

    #[tokio::test]
    async fn a_token_is_asked_for_once_and_replaced_in_time() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let job = fncy.visitor(app(fncy.login())?);
        for _ in 0..2 {
            assert_eq!(job.get("/").send().await?.status(), 200);
        }
        fncy.advance(Duration::from_secs(5 * 60));
        assert_eq!(job.get("/").send().await?.status(), 200);
        let asked = fncy.server().requests(Endpoint::Token);
        assert_eq!(asked.len(), 2);
        let body: Value = serde_json::from_slice(&asked[0].body).unwrap();
        assert_eq!(body["grant_type"], "client_credentials");
        assert_eq!(body["scope"], "stats:read");
        Ok(())
    }

    #[tokio::test]
    async fn an_outage_is_told_from_wrong_settings() -> Result<(), TestError> {
        for (status, answered) in [(503, 503), (401, 500)] {
            let fncy = TestFncy::start()?;
            let job = fncy.visitor(app(fncy.login())?);
            let fault = Fault::status(status).json(r#"{"error":"invalid_client"}"#);
            fncy.fault(Endpoint::Token, fault);
            assert_eq!(job.get("/").send().await?.status(), answered);
        }
        Ok(())
    }
}
