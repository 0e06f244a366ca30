//! "Confirm it's you" before something that can't be undone.
//!
//! For applications that delete, pay or show secrets. The page with the question and the target of its form take
//! `RecentSignIn`. So a person whose sign-in is older than five minutes signs in before the question is asked. If the
//! five minutes pass while the page is open, the form gets the login's page, and nothing is deleted.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{Html, Redirect};
use axum::routing::get;
use fncy_login_tower::{
    ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, RecentSignIn, WrappedRouter,
};
use maud::html;

use crate::page::{page, style};

/// Five minutes, in seconds.
const RECENT: u64 = 5 * 60;

/// The names of all projects. A real application has a table with an owner for each.
#[derive(Clone)]
struct Projects(Arc<Mutex<Vec<String>>>);

/// The application: projects that can be deleted.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let login = login.public_path("/site.css").build()?;
    let projects = ["apollo", "gemini"].map(str::to_owned).to_vec();
    let routes = Router::new()
        .route("/", get(list))
        .route("/projects/{name}/delete", get(ask).post(delete))
        .route("/site.css", get(style))
        .with_state(Projects(Arc::new(Mutex::new(projects))));
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn list(State(projects): State<Projects>, user: CurrentUser) -> Html<String> {
    let main = html! {
        ul {
            @for name in projects.all().iter() {
                li { (name) " " a href={ "/projects/" (name) "/delete" } { "Delete" } }
            }
        }
    };
    Html(page("Projects", Some(&user), &main))
}

async fn ask(Path(name): Path<String>, user: RecentSignIn<RECENT>) -> Html<String> {
    let main = html! {
        p.lead { "This can't be undone." }
        form method="post" { button.button { "Delete " (name) } }
    };
    Html(page("Delete?", Some(&user), &main))
}

async fn delete(
    State(projects): State<Projects>,
    Path(name): Path<String>,
    _: RecentSignIn<RECENT>,
) -> Redirect {
    projects.all().retain(|other| *other != name);
    Redirect::to("/")
}

impl Projects {
    fn all(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_testing::{TestError, TestFncy};

    use super::app;

    const DELETE: &str = "/projects/apollo/delete";

    #[tokio::test]
    async fn a_project_is_deleted_only_after_a_recent_sign_in() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let client = fncy.signed_in("alex", app(fncy.login())?).await?;
        assert_eq!(client.get(DELETE).send().await?.status(), 200);

        fncy.advance(Duration::from_secs(400));
        let refused = client.post(DELETE).form(&[]).send().await?;
        assert_eq!(refused.status(), 401);
        assert!(refused.text().contains("insufficient_user_authentication"));
        assert!(client.get("/").send().await?.text().contains("apollo"));

        let back = client.sign_in_at(DELETE, "alex").await?;
        assert_eq!(back.location(), Some(DELETE));
        assert_eq!(client.get(DELETE).send().await?.status(), 200);
        let deleted = client.post(DELETE).form(&[]).send().await?;
        assert_eq!(deleted.status(), 303);
        let left = client.get("/").send().await?;
        assert!(!left.text().contains("apollo") && left.text().contains("gemini"));
        Ok(())
    }
}
