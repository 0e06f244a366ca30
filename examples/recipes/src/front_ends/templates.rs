//! A server-rendered site: pages from templates, forms that post, a corner that says who is signed in.
//!
//! For classic web applications. The template is maud's; any other does as well, since a page only needs
//! `CurrentUser`. Forms carry no token: the login refuses what other sites' pages post, and a form whose
//! session is over meanwhile gets a page with the way back, never a lost redirect.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Form, State};
use axum::response::{Html, Redirect};
use axum::routing::get;
use fncy_login_tower::{ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, WrappedRouter};
use maud::html;
use serde::Deserialize;

use crate::page::{name, page, style};

/// Everybody's notes, by the user's ID: names change, and addresses are given to others.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<HashMap<String, Vec<String>>>>);

/// The application: a public home page, and notes for signed-in users.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let login = login.public_path("/").public_path("/site.css").build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/notes", get(notes).post(add))
        .route("/site.css", get(style))
        .with_state(Notes::default());
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home(user: Option<CurrentUser>) -> Html<String> {
    let main = html! {
        p.lead { "This page is public. Your notes are yours alone." }
        p { a.button href="/notes" { "My notes" } }
    };
    Html(page("Notes", user.as_deref(), &main))
}

async fn notes(State(notes): State<Notes>, user: CurrentUser) -> Html<String> {
    let main = html! {
        p.lead { "Only " (name(&user)) " can read these." }
        ul { @for note in notes.of(&user) { li { (note) } } }
        form method="post" {
            input name="text" aria-label="A new note" required;
            button.button { "Add" }
        }
    };
    Html(page("My notes", Some(&user), &main))
}

#[derive(Deserialize)]
struct Note {
    text: String,
}

/// Answers with a redirect, so that a reload posts nothing twice.
async fn add(State(notes): State<Notes>, user: CurrentUser, Form(note): Form<Note>) -> Redirect {
    notes.add(&user, note.text);
    Redirect::to("/notes")
}

impl Notes {
    fn of(&self, user: &CurrentUser) -> Vec<String> {
        let notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.get(user.id()).cloned().unwrap_or_default()
    }

    fn add(&self, user: &CurrentUser, note: String) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        notes.entry(user.id().to_owned()).or_default().push(note);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_testing::{TestError, TestFncy};

    use super::app;

    #[tokio::test]
    async fn everybody_sees_their_own_notes() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login())?;
        let alex = fncy.signed_in("alex", app.clone()).await?;
        let added = alex.post("/notes").form(&[("text", "<b>milk</b>")]);
        assert_eq!(added.send().await?.location(), Some("/notes"));
        let page = alex.get("/notes").send().await?;
        assert!(page.text().contains("<li>&lt;b&gt;milk&lt;/b&gt;</li>"));

        let jun = fncy.signed_in("jun", app).await?;
        assert!(!jun.get("/notes").send().await?.text().contains("milk"));
        Ok(())
    }

    #[tokio::test]
    async fn the_home_page_is_for_everybody() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login())?;
        let visitor = fncy.visitor(app.clone());
        assert!(visitor.get("/").send().await?.text().contains(">Sign in<"));
        assert_eq!(visitor.get("/notes").send().await?.status(), 303);
        let alex = fncy.signed_in("alex", app).await?;
        assert!(alex.get("/").send().await?.text().contains("Alex Martin"));
        Ok(())
    }

    #[tokio::test]
    async fn another_sites_form_and_a_late_one_change_nothing() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let alex = fncy.signed_in("alex", app(fncy.login())?).await?;
        let note = [("text", "milk")];
        let foreign = alex.post("/notes").header("sec-fetch-site", "cross-site");
        assert_eq!(foreign.form(&note).send().await?.status(), 403);
        fncy.advance(Duration::from_secs(25 * 60 * 60));
        let late = alex.post("/notes").form(&note).send().await?;
        assert_eq!(late.status(), 401);
        assert!(late.text().contains("/auth/login?return_to="));
        alex.sign_in("alex").await?;
        assert!(!alex.get("/notes").send().await?.text().contains("milk"));
        Ok(())
    }
}
