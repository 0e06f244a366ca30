//! The frame of the recipes' pages. What is in braces is escaped by maud.

use actix_web::HttpResponse;
use axum::http::header;
use axum::response::IntoResponse;
use fncy_login_tower::User;
use maud::{DOCTYPE, Markup, html};

/// A page with who is signed in and the way out, or the way in, in its corner.
pub(crate) fn page(title: &str, user: Option<&User>, main: &Markup) -> String {
    page_with_script(title, user, main, &html! {})
}

/// The same with scripts.
pub(crate) fn page_with_script(
    title: &str,
    user: Option<&User>,
    main: &Markup,
    scripts: &Markup,
) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/site.css";
                (scripts)
            }
            body {
                header {
                    a.brand href="/" { span.mark aria-hidden="true" {} "Recipes" }
                    div.account { (account(user)) }
                }
                main { h1 { (title) } (main) }
            }
        }
    };
    page.into_string()
}

/// Signing out is a form that posts: a link would be followed by whatever looks ahead.
fn account(user: Option<&User>) -> Markup {
    match user {
        Some(user) => html! {
            span.name { (name(user)) }
            form method="post" action="/auth/logout" { button.quiet { "Sign out" } }
        },
        None => html! { a.quiet href="/auth/login?return_to=/" { "Sign in" } },
    }
}

/// A name to show: people may have none.
pub(crate) fn name(user: &User) -> &str {
    user.name().unwrap_or(user.id())
}

/// The style sheet of all recipes, at `/site.css`.
pub(crate) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css")], site::pages::STYLE)
}

/// The same in actix-web.
pub(crate) async fn actix_style() -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.content_type("text/css").body(site::pages::STYLE)
}
