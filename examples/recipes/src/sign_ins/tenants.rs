//! Sign-in for each tenant of a help-desk: FNCY gets the tenant as a parameter.
//!
//! For applications whose customers have a sign-in page each. The handler knows the tenant from its path, and passes it on
//! with `SignIn`. An address with an unknown tenant is a 404, so no text of a visitor reaches FNCY.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use fncy_login_tower::{
    AuthRejection, ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, SignIn, SignInOptions,
    SignInResponse, WrappedRouter,
};
use maud::html;

use crate::page::{page, style};

/// The tenants, and the name of the parameter that FNCY knows them by.
const TENANTS: [&str; 2] = ["acme", "globex"];
const PARAM: &str = "organization";

/// The application: a page for visitors and a desk for users of each tenant.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let login = login
        .public_path("/site.css")
        .public_path("/")
        .public_prefix("/sign-in")
        .build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/sign-in/{tenant}", get(sign_in))
        .route("/desk/{tenant}", get(desk))
        .route("/site.css", get(style));
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home(user: Option<CurrentUser>) -> Html<String> {
    let main = html! {
        ul {
            @for tenant in TENANTS {
                li { a href={ "/sign-in/" (tenant) } { "Sign in at " (tenant) } }
            }
        }
    };
    Html(page("Help-desk", user.as_deref(), &main))
}

/// Why there is no redirect to FNCY.
enum Refused {
    UnknownTenant,
    Options(AuthRejection),
}

async fn sign_in(Path(tenant): Path<String>, sign_in: SignIn) -> Result<SignInResponse, Refused> {
    if !TENANTS.contains(&&*tenant) {
        return Err(Refused::UnknownTenant);
    }
    let options = SignInOptions::new()
        .return_to(format!("/desk/{tenant}"))
        .param(PARAM, tenant);
    let started = sign_in.start(options);
    started.map_err(|error| Refused::Options(error.into()))
}

async fn desk(Path(tenant): Path<String>, user: CurrentUser) -> Html<String> {
    let main = html! { p.lead { "The desk of " (tenant) "." } };
    Html(page("Desk", Some(&user), &main))
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::UnknownTenant => StatusCode::NOT_FOUND.into_response(),
            Self::Options(rejection) => rejection.into_response(),
        }
    }
}

#[cfg(test)]
mod tests {
    use fncy_login_testing::{TestError, TestFncy};

    use super::app;

    #[tokio::test]
    async fn each_tenant_is_told_to_fncy() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let visitor = fncy.visitor(app(fncy.login())?);
        for tenant in ["acme", "globex"] {
            let answer = visitor.get(&format!("/sign-in/{tenant}")).send().await?;
            assert_eq!(answer.status(), 303);
            let location = answer.location().unwrap_or_default();
            assert!(location.starts_with(fncy.server().base_url()));
            assert!(
                location.contains(&format!("&organization={tenant}&")),
                "{location}"
            );
        }
        let unknown = visitor.get("/sign-in/evil").send().await?;
        assert_eq!(unknown.status(), 404);
        let back = visitor.sign_in_at("/sign-in/acme", "jun").await?;
        assert_eq!(back.location(), Some("/desk/acme"));
        let desk = visitor.get("/desk/acme").send().await?;
        assert!(desk.text().contains("The desk of acme"));
        Ok(())
    }
}
