//! htmx: parts of a page that the server renders, and a session that ends in between.
//!
//! For server-rendered sites with htmx. When a part is asked for without a session, the login answers with
//! `HX-Redirect`, and htmx opens the sign-in in the whole tab, which returns to the page that the part is on. No
//! handler has to know. What htmx posts is the application's own page's, so that no token is needed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::{get, post};
use fncy_login_tower::{ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, WrappedRouter};
use maud::{Markup, html};

use crate::page::{name, page_with_script, style};

/// As htmx documents it, with the digest of the file: a changed one is not run.
const HTMX: &str = "https://cdn.jsdelivr.net/npm/htmx.org@2.0.11/dist/htmx.min.js";
const INTEGRITY: &str = "sha384-2OatzQy1H+Zd/IIrjr1TcuDGqLXeHhbooAyJY1KdQMKnr4LZ22k31GBLdYKHmVjg";

type Votes = Arc<AtomicU32>;

/// The application: everybody sees the page, and who is signed in can vote.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let login = login.public_path("/").public_path("/site.css").build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/votes", post(vote))
        .route("/site.css", get(style))
        .with_state(Votes::default());
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home(State(votes): State<Votes>, user: Option<CurrentUser>) -> Html<String> {
    let main = html! {
        p.lead { "A button whose answer replaces it. It asks you to sign in if you aren't." }
        (button(votes.load(Ordering::Relaxed), user.as_ref()))
    };
    let htmx = html! {
        script src=(HTMX) integrity=(INTEGRITY) crossorigin="anonymous" defer {}
    };
    Html(page_with_script("Votes", user.as_deref(), &main, &htmx))
}

async fn vote(State(votes): State<Votes>, user: CurrentUser) -> Html<String> {
    let counted = votes.fetch_add(1, Ordering::Relaxed) + 1;
    Html(button(counted, Some(&user)).into_string())
}

fn button(votes: u32, user: Option<&CurrentUser>) -> Markup {
    html! {
        button.button hx-post="/votes" hx-swap="outerHTML" {
            @match user {
                Some(user) => { "Vote as " (name(user)) },
                None => { "Vote" },
            }
            " (" (votes) " so far)"
        }
    }
}

#[cfg(test)]
mod tests {
    use fncy_login_testing::{TestError, TestFncy};

    use super::app;

    #[tokio::test]
    async fn a_part_without_a_session_opens_the_sign_in_in_the_tab() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let visitor = fncy.visitor(app(fncy.login())?);
        let page = format!("{}/?sort=new", fncy.origin());
        let vote = || {
            let vote = visitor.fetch("POST", "/votes").header("hx-request", "true");
            vote.header("hx-current-url", &page)
        };
        let refused = vote().send().await?;
        assert_eq!(refused.status(), 401);
        let sign_in = refused.header("hx-redirect").unwrap();
        let back = visitor.sign_in_at(sign_in, "alex").await?;
        assert_eq!(back.location(), Some("/?sort=new"));
        let counted = vote().send().await?;
        assert!(counted.text().contains("Vote as Alex Martin (1 so far)"));
        Ok(())
    }
}
