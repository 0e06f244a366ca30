//! A GraphQL API with async-graphql on axum: resolvers find the user in the request's data.
//!
//! - The endpoint needs a user. Without one, a script gets the login's 401 as problem+json, and no resolver runs.
//! - A field for some users alone has a guard, which reads the user's scopes.
//! - GraphQL is sent by `POST`, so the login refuses requests of other sites (CSRF). No query by `GET` is served.

use async_graphql::{Context, EmptyMutation, EmptySubscription, Error, Guard, Object, Schema};
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::{get, post};
use fncy_login_tower::{
    ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, User, WrappedRouter,
};

type Shop = Schema<Query, EmptyMutation, EmptySubscription>;

/// The application: a page that asks who is signed in, and the endpoint.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let login = login.api_prefix("/graphql").build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/graphql", post(graphql))
        .with_state(Shop::new(Query, EmptyMutation, EmptySubscription));
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home(_: CurrentUser) -> Html<&'static str> {
    Html(
        r#"<!DOCTYPE html><html lang="en"><title>Shop</title><pre></pre><script type="module">
const headers = { "content-type": "application/json" };
const body = JSON.stringify({ query: "{ me }" });
const answer = await fetch("/graphql", { method: "POST", headers, body });
document.querySelector("pre").textContent = await answer.text();
</script>"#,
    )
}

async fn graphql(
    State(shop): State<Shop>,
    user: CurrentUser,
    request: GraphQLRequest,
) -> GraphQLResponse {
    let request = request.into_inner().data(user.into_inner());
    shop.execute(request).await.into()
}

struct Query;

#[Object]
impl Query {
    async fn me<'a>(&self, context: &'a Context<'_>) -> async_graphql::Result<&'a str> {
        Ok(context.data::<User>()?.id())
    }

    #[graphql(guard = "Scope(\"refunds\")")]
    async fn refunds(&self) -> i32 {
        7
    }
}

/// The user has granted this scope.
struct Scope(&'static str);

impl Guard for Scope {
    async fn check(&self, context: &Context<'_>) -> async_graphql::Result<()> {
        if context.data::<User>()?.has_scope(self.0) {
            return Ok(());
        }
        Err(Error::new(format!("the scope `{}` is missing", self.0)))
    }
}

#[cfg(test)]
mod tests {
    use fncy_login_testing::{Client, Request, TestError, TestFncy};
    use fncy_login_tower::WrappedRouter;
    use serde_json::{Value, json};

    use super::app;

    fn query<'a>(client: &'a Client<WrappedRouter>, query: &str) -> Request<'a, WrappedRouter> {
        client
            .fetch("POST", "/graphql")
            .json(&json!({"query": query}))
    }

    #[tokio::test]
    async fn a_resolver_has_the_user() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let alex = fncy.signed_in("alex", app(fncy.login())?).await?;
        let answer: Value = query(&alex, "{ me }").send().await?.json()?;
        assert_eq!(answer["data"]["me"], "alex");

        let answer: Value = query(&alex, "{ refunds }").send().await?.json()?;
        assert_eq!(
            answer["errors"][0]["message"],
            "the scope `refunds` is missing"
        );
        Ok(())
    }

    #[tokio::test]
    async fn no_resolver_runs_without_a_user_or_for_another_site() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login())?;
        let visitor = fncy.visitor(app.clone());
        let answer = query(&visitor, "{ me }").send().await?;
        assert_eq!(answer.status(), 401);
        assert_eq!(answer.json::<Value>()?["code"], "sign_in_required");

        let alex = fncy.signed_in("alex", app).await?;
        let forged = query(&alex, "{ me }").header("sec-fetch-site", "cross-site");
        let forged = forged
            .header("origin", "https://evil.example")
            .send()
            .await?;
        assert_eq!(forged.status(), 403);
        Ok(())
    }
}
