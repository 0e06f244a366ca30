//! An API with an OpenAPI document (utoipa), which says how a client signs in: by a session's cookie, or by a bearer token.
//!
//! - The document names both security schemes, and either is enough.
//! - Its 401 is the login's own answer. A test compares the two, so that generated clients can read it.

use axum::routing::get;
use axum::{Json, Router};
use fncy_login_tower::{
    BearerCheck, ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, WrappedRouter,
};
use serde::Serialize;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

/// The application: its API, and the document. `introspection` is FNCY's introspection endpoint.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(
    login: LoginBuilder,
    introspection: &str,
    client_id: &str,
) -> Result<WrappedRouter, ConfigError> {
    let check = BearerCheck::introspection(introspection).client(client_id);
    let login = login
        .bearer_prefix("/api", check)
        .public_path("/openapi.json")
        .build()?;
    let routes = Router::new()
        .route("/api/me", get(me))
        .route("/openapi.json", get(async || Json(Api::openapi())));
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

/// The document.
#[derive(OpenApi)]
#[openapi(paths(me), modifiers(&Credentials), security(("session" = []), ("bearer" = [])))]
pub struct Api;

struct Credentials;

impl Modify for Credentials {
    fn modify(&self, document: &mut Document) {
        // The cookie's name on https. A large session has more of them, with `.1` to `.4` at the end.
        let session =
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-fncy_session")));
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("session", session);
        components.add_security_scheme("bearer", bearer);
    }
}

/// The signed-in user.
#[derive(Serialize, ToSchema)]
pub struct Me {
    id: String,
    name: Option<String>,
}

/// A refusal of the login (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct Problem {
    r#type: String,
    title: String,
    status: u16,
    detail: String,
    /// Says why, for programs: `sign_in_required` or `invalid_token`.
    code: String,
    /// Where a browser signs in.
    login_url: Option<String>,
    /// Finds the log line.
    reference: Option<String>,
}

#[utoipa::path(
    get,
    path = "/api/me",
    responses(
        (status = 200, description = "The user of the session or of the token", body = Me),
        (
            status = 401,
            description = "No session, or a token that is not accepted",
            body = Problem,
            content_type = "application/problem+json",
        ),
    ),
)]
async fn me(user: CurrentUser) -> Json<Me> {
    Json(Me {
        id: user.id().to_owned(),
        name: user.name().map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use fncy_login_testing::{Client, TestError, TestFncy};
    use fncy_login_tower::WrappedRouter;
    use serde_json::{Map, Value, json};

    use super::app;

    fn start() -> Result<(TestFncy, WrappedRouter), TestError> {
        let fncy = TestFncy::start()?;
        let server = fncy.server();
        let app = app(
            fncy.login(),
            &server.introspection_url(),
            server.client_id(),
        )?;
        Ok((fncy, app))
    }

    async fn document(visitor: &Client<WrappedRouter>) -> Result<Value, TestError> {
        visitor.get("/openapi.json").send().await?.json()
    }

    #[tokio::test]
    async fn each_declared_credential_is_accepted() -> Result<(), TestError> {
        let (fncy, app) = start()?;
        let document = document(&fncy.visitor(app.clone())).await?;
        assert_eq!(
            document["security"],
            json!([{"session": []}, {"bearer": []}])
        );
        let schemes = &document["components"]["securitySchemes"];
        assert_eq!(schemes["bearer"]["scheme"], "bearer");

        let browser = fncy.signed_in("alex", app.clone()).await?;
        let cookie = schemes["session"]["name"].as_str().unwrap_or_default();
        assert!(browser.cookie_header().starts_with(&format!("{cookie}=")));
        let phone = fncy.bearer("alex", app)?;
        for client in [&browser, &phone] {
            let me: Value = client.fetch("GET", "/api/me").send().await?.json()?;
            assert_eq!(me["id"], "alex");
        }
        Ok(())
    }

    #[tokio::test]
    async fn the_declared_401_is_the_one_that_is_answered() -> Result<(), TestError> {
        let (fncy, app) = start()?;
        let document = document(&fncy.visitor(app.clone())).await?;
        let declared = &document["paths"]["/api/me"]["get"]["responses"]["401"]["content"];
        let schema = &document["components"]["schemas"]["Problem"];
        for client in [fncy.visitor(app.clone()), fncy.with_token("unknown", app)] {
            let answer = client.fetch("GET", "/api/me").send().await?;
            assert_eq!(answer.status(), 401);
            assert!(
                declared
                    .get(answer.header("content-type").unwrap_or_default())
                    .is_some()
            );
            let problem: Map<String, Value> = answer.json()?;
            for member in problem.keys() {
                assert!(schema["properties"].get(member).is_some(), "{member}");
            }
            for member in schema["required"].as_array().into_iter().flatten() {
                assert!(
                    problem.contains_key(member.as_str().unwrap_or_default()),
                    "{member}"
                );
            }
        }
        Ok(())
    }
}
