//! A single-page application: a shell and a script that every visitor may load, and an API behind the login.
//!
//! For front ends that fetch. The application is its own backend-for-frontend: tokens stay in an `HttpOnly`
//! cookie, out of reach of scripts, which only ask `/auth/session` who is signed in. What needs a user answers
//! a script with 401 and a `login_url` instead of a redirect to another origin; the script (`spa.js`) goes there
//! in the same tab and comes back to where it was.

use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use axum::{Json, Router};
use fncy_login_tower::{ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, WrappedRouter};
use maud::{DOCTYPE, html};
use serde::Serialize;

use crate::page::style;

/// The application: the shell is public, the API is not.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let login = login.protected_prefix("/api").build()?;
    let routes = Router::new()
        .route("/spa.js", get(script))
        .route("/site.css", get(style))
        .route("/api/inbox", get(inbox))
        .fallback(shell); // every other path is a view of the script's
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn shell() -> Html<String> {
    let shell = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Inbox" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/site.css";
                script src="/spa.js" type="module" {}
            }
            body {
                header {
                    a.brand href="/" { span.mark aria-hidden="true" {} "Recipes" }
                    div.account {
                        span.name #user {}
                        form #out method="post" action="/auth/logout" hidden { button.quiet { "Sign out" } }
                        button.quiet #in hidden { "Sign in" }
                    }
                }
                main {
                    h1 { "Inbox" }
                    p.lead #said role="status" { "One moment…" }
                    ul #mails {}
                    button.button #fetch hidden { "Look again" }
                }
            }
        }
    };
    Html(shell.into_string())
}

async fn script() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/javascript")];
    (headers, include_str!("spa.js"))
}

#[derive(Serialize)]
struct Mail {
    subject: String,
}

async fn inbox(user: CurrentUser) -> Json<Vec<Mail>> {
    let name = crate::page::name(&user);
    Json(vec![Mail {
        subject: format!("Welcome, {name}"),
    }])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_testing::{TestError, TestFncy};
    use serde_json::{Value, json};

    use super::app;

    #[tokio::test]
    async fn a_script_is_told_where_to_sign_in_and_returns_to_its_view() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let visitor = fncy.visitor(app(fncy.login())?);
        let shell = visitor.get("/folders/7").send().await?;
        assert!(shell.text().contains("<script src=\"/spa.js\""));
        let view = format!("{}/folders/7", fncy.origin());
        let refused = visitor.fetch("GET", "/api/inbox").header("referer", &view);
        let refused = refused.send().await?;
        assert_eq!(refused.status(), 401);
        let problem: Value = refused.json()?;
        let login_url = problem["login_url"].as_str().unwrap();
        let back = visitor.sign_in_at(login_url, "alex").await?;
        assert_eq!(back.location(), Some("/folders/7"));
        Ok(())
    }

    #[tokio::test]
    async fn a_script_knows_who_is_signed_in_and_never_a_token() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let alex = fncy.signed_in("alex", app(fncy.login())?).await?;
        let session = alex.fetch("GET", "/auth/session").send().await?;
        let told: Value = session.json()?;
        assert_eq!(told["user"]["name"], "Alex Martin");
        for secret in fncy.server().issued_secrets() {
            assert!(!session.text().contains(&secret));
        }
        let inbox: Value = alex.fetch("GET", "/api/inbox").send().await?.json()?;
        assert_eq!(inbox, json!([{ "subject": "Welcome, Alex Martin" }]));
        fncy.advance(Duration::from_secs(25 * 60 * 60));
        let over = alex.fetch("GET", "/api/inbox").send().await?;
        assert_eq!(over.status(), 401);
        Ok(())
    }
}
