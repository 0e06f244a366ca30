//! A server-rendered site with Leptos on axum: the user's name on the page, and a server function that needs the user.
//!
//! - The login is around the finished router, so pages and server functions need a user. Both take the login's extractors by
//!   `leptos_axum::extract`.
//! - A server function is a `POST` with a form. So the login refuses those that pages of other sites send (CSRF).
//! - If the session has ended, a form without WebAssembly gets a page with a link. With WebAssembly the function is called by
//!   `fetch`, and gets a 401 as problem+json: [`ShopError::SignIn`] has the address to go to.
//! - A link to `/auth/login` needs `rel="external"`. Leptos' router follows other links in the page itself.
//!
//! The recipe is rendered on the server alone, and needs neither `cargo-leptos` nor a target for WebAssembly.

use axum::Router;
use axum::body::Bytes;
use fncy_login_tower::{
    ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, Session, WrappedRouter,
};
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::Decodes as _;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use leptos_axum::{LeptosRoutes as _, extract, generate_route_list};
use leptos_router::components::{Route, Router as Pages, Routes};
use leptos_router::{SsrMode, path};
use serde::{Deserialize, Serialize};

/// The application: a page with a cart, and a server function that adds to it.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let options = LeptosOptions::builder().output_name("shop").build();
    // The pages of `Shop`, and all server functions.
    let routes = Router::new()
        .leptos_routes(&options, generate_route_list(Shop), shell)
        .with_state(options);
    Ok(FncyLoginLayer::new(login.build()?).wrap(routes))
}

/// Why a server function failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ShopError {
    /// The session has ended. In the browser, go to this address: `window().location().set_href(&login_url)`.
    SignIn {
        /// The login's sign-in, which leads back to the page.
        login_url: String,
    },
    /// Anything else.
    Failed(String),
}

impl FromServerFnError for ShopError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Failed(error.to_string())
    }

    /// Reads the body of an answer in the browser. A 401 of the login has the member `login_url`.
    fn de(body: Bytes) -> Self {
        #[derive(Deserialize)]
        struct Problem {
            login_url: String,
        }
        match serde_json::from_slice(&body) {
            Ok(Problem { login_url }) => Self::SignIn { login_url },
            Err(_) => {
                JsonEncoding::decode(body).unwrap_or_else(|error| Self::Failed(error.to_string()))
            }
        }
    }
}

impl From<ServerFnErrorErr> for ShopError {
    fn from(error: ServerFnErrorErr) -> Self {
        Self::from_server_fn_error(error)
    }
}

/// The user's name, and what is in the cart.
#[server(prefix = "/api", endpoint = "cart")]
async fn cart() -> Result<(String, Vec<String>), ShopError> {
    let user: CurrentUser = extract().await?;
    let session: Session = extract().await?;
    let name = user.name().unwrap_or(user.id()).to_owned();
    Ok((name, session.data().ok().flatten().unwrap_or_default()))
}

/// Puts an item into the cart, which is in the session's data.
#[server(prefix = "/api", endpoint = "add")]
async fn add(item: String) -> Result<(), ShopError> {
    let session: Session = extract().await?;
    let mut cart: Vec<String> = session.data().ok().flatten().unwrap_or_default();
    cart.push(item);
    let stored = session.set_data(&cart);
    stored.map_err(|error| ShopError::Failed(error.to_string()))
}

fn shell() -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head><title>"Shop"</title></head>
            <body><Shop/></body>
        </html>
    }
}

#[component]
fn Shop() -> impl IntoView {
    // `Async`: a page that is sent in parts needs a script in the browser.
    view! {
        <Pages>
            <Routes fallback=|| "There is no such page.">
                <Route path=path!("/") view=Cart ssr=SsrMode::Async/>
            </Routes>
        </Pages>
    }
}

#[component]
fn Cart() -> impl IntoView {
    let cart = Resource::new(|| (), |()| cart());
    let add = ServerAction::<Add>::new();
    let items = move || {
        let (name, items) = cart.get()?.ok()?;
        Some(view! { <p>"Hello, " {name} ". In your cart: " {items.join(", ")}</p> })
    };
    view! {
        <Suspense>{items}</Suspense>
        <ActionForm action=add>
            <input name="item" required/>
            <button>"Add"</button>
        </ActionForm>
        <form method="post" action="/auth/logout"><button>"Sign out"</button></form>
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use fncy_login_testing::{TestError, TestFncy};
    use leptos::server_fn::error::FromServerFnError as _;

    use super::{ShopError, app};

    #[tokio::test]
    async fn the_page_has_the_users_name() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login())?;
        assert_eq!(
            fncy.visitor(app.clone()).get("/").send().await?.status(),
            303
        );
        let alex = fncy.signed_in("alex", app).await?;
        let page = alex.get("/").send().await?;
        assert!(page.text().contains("Alex"), "{}", page.text());
        Ok(())
    }

    #[tokio::test]
    async fn a_form_without_webassembly_changes_the_session() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let alex = fncy.signed_in("alex", app(fncy.login())?).await?;
        let added = alex
            .post("/api/add")
            .form(&[("item", "kettle")])
            .send()
            .await?;
        assert_eq!(added.status(), 302);
        let page = alex.get("/").send().await?;
        assert!(page.text().contains("kettle"), "{}", page.text());
        Ok(())
    }

    #[tokio::test]
    async fn a_call_after_the_sessions_end_is_told_where_to_sign_in() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let visitor = fncy.visitor(app(fncy.login())?);
        let call = visitor
            .fetch("POST", "/api/add")
            .form(&[("item", "kettle")]);
        let answer = call.header("accept", "application/json").send().await?;
        assert_eq!(answer.status(), 401);
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        let error = ShopError::de(Bytes::copy_from_slice(answer.bytes()));
        let ShopError::SignIn { login_url } = error else {
            panic!("{error:?}");
        };
        assert!(login_url.starts_with("/auth/login"), "{login_url}");

        let form = visitor
            .post("/api/add")
            .form(&[("item", "kettle")])
            .send()
            .await?;
        assert_eq!(form.status(), 401);
        assert!(form.text().contains("/auth/login"), "{}", form.text());
        Ok(())
    }

    #[tokio::test]
    async fn a_page_of_another_site_calls_no_server_function() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let alex = fncy.signed_in("alex", app(fncy.login())?).await?;
        let forged = alex.post("/api/add").form(&[("item", "kettle")]);
        let forged = forged.header("sec-fetch-site", "cross-site");
        let forged = forged
            .header("origin", "https://evil.example")
            .send()
            .await?;
        assert_eq!(forged.status(), 403);
        let page = alex.get("/").send().await?;
        assert!(!page.text().contains("kettle"), "{}", page.text());
        Ok(())
    }
}
