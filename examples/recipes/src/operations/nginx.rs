//! After nginx with TLS, below a sub-path, whether nginx strips it or not.
//!
//! For an application beside others on one host. The redirect URI alone says where the application is: no `Host` and no
//! `X-Forwarded-…` is read, so that nginx needs no setting and a client can forge none. Rules have the
//! application's own paths; links and forms have them as browsers send them, with the sub-path. `nginx/whole.conf`
//! and `nginx/stripped.conf` are the two configurations; the tests sign in through both.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use fncy_login_tower::{ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, WrappedRouter};
use maud::{DOCTYPE, Markup, html};

/// Where browsers find the application: what the redirect URI has before `/auth/callback`.
const BASE: &str = "/shop";

/// The address at which nginx finds the application.
pub const UPSTREAM: &str = "127.0.0.1:3000";

/// What nginx leaves of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paths {
    /// All of it.
    Whole,
    /// The path without the sub-path. In the environment: `FNCY_BASE_STRIPPED=1`.
    Stripped,
}

/// The application: a public page, and a page for signed-in users.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder, paths: Paths) -> Result<WrappedRouter, ConfigError> {
    let seen = match paths {
        Paths::Whole => BASE,
        Paths::Stripped => "",
    };
    let login = login
        .base_stripped(paths == Paths::Stripped)
        .public_path("/")
        .build()?;
    let routes = Router::new()
        .route(&format!("{seen}/"), get(home))
        .route(&format!("{seen}/orders"), get(orders));
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home() -> Html<String> {
    page(&html! { a href={ (BASE) "/orders" } { "My orders" } })
}

async fn orders(user: CurrentUser) -> Html<String> {
    page(&html! {
        p { "Nothing was ordered by " (user.id()) "." }
        form method="post" action={ (BASE) "/auth/logout" } { button { "Sign out" } }
    })
}

fn page(main: &Markup) -> Html<String> {
    let page = html! { (DOCTYPE) html lang="en" { head { title { "Shop" } } body { (main) } } };
    Html(page.into_string())
}

#[cfg(test)]
#[path = "nginx_tests.rs"]
mod tests;
