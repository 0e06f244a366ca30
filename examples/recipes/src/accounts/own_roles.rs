//! Roles of your own in SQLite, which hold at the next request.
//!
//! For applications that know roles better than FNCY does. A guard in the router asks the table with each request, so a
//! role that is taken away is gone at once, and no session needs to end. If the table can't be read, the guard can't
//! decide: the request gets 503, and no user is signed out.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, Redirect};
use axum::routing::get;
use axum::{Form, Router};
use fncy_login_tower::{
    ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, User, WrappedRouter, require_async,
};
use maud::html;
use rusqlite::{Connection, Result};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use crate::page::{page, style};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS editors (fncy_id TEXT PRIMARY KEY) STRICT";
const HAS: &str = "SELECT EXISTS (SELECT 1 FROM editors WHERE fncy_id = ?1)";
const GIVE: &str = "INSERT OR IGNORE INTO editors VALUES (?1)";
const TAKE: &str = "DELETE FROM editors WHERE fncy_id = ?1";

/// The table of editors, by the id that FNCY gave them. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Editors(Arc<Mutex<Connection>>);

impl Editors {
    /// The table in this database. It is made if it isn't there.
    ///
    /// # Errors
    ///
    /// If SQLite can't.
    pub fn new(database: Connection) -> Result<Self> {
        database.execute(TABLE, ())?;
        Ok(Self(Arc::new(Mutex::new(database))))
    }

    /// Makes a user an editor.
    ///
    /// # Errors
    ///
    /// If SQLite can't.
    pub fn add(&self, fncy_id: &str) -> Result<()> {
        self.with(|database| database.execute(GIVE, [fncy_id]).map(drop))
    }

    fn remove(&self, fncy_id: &str) -> Result<()> {
        self.with(|database| database.execute(TAKE, [fncy_id]).map(drop))
    }

    /// The guard's check: once a request, on a thread where SQLite may block.
    async fn admit(self, user: User) -> Result<bool, Box<dyn Error + Send + Sync>> {
        let has =
            move || self.with(|database| database.query_one(HAS, [user.id()], |row| row.get(0)));
        Ok(spawn_blocking(has).await??)
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        work(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The application: every user sees the front page, and editors see `/articles`.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder, editors: Editors) -> Result<WrappedRouter, ConfigError> {
    let login = login.public_path("/site.css").build()?;
    let guard = editors.clone();
    let for_editors = Router::new()
        .route("/articles", get(articles).post(remove))
        .route_layer(require_async(move |user| guard.clone().admit(user)));
    let routes = Router::new()
        .route("/", get(home))
        .route("/site.css", get(style))
        .merge(for_editors)
        .with_state(editors);
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home(user: CurrentUser) -> Html<String> {
    let main = html! {
        p.lead { "FNCY calls you " code { (user.id()) } "." }
        p { a.button href="/articles" { "Articles" } " They are for editors." }
    };
    Html(page("Home", Some(&user), &main))
}

async fn articles(user: CurrentUser) -> Html<String> {
    let main = html! {
        p.lead { "You are an editor." }
        form method="post" {
            label { "Take the role from " input name="fncy_id" value=(user.id()); }
            button { "Take it" }
        }
    };
    Html(page("Articles", Some(&user), &main))
}

/// The user who loses the role.
#[derive(Deserialize)]
struct Former {
    fncy_id: String,
}

async fn remove(
    State(editors): State<Editors>,
    Form(former): Form<Former>,
) -> Result<Redirect, StatusCode> {
    match spawn_blocking(move || editors.remove(&former.fncy_id)).await {
        Ok(Ok(())) => Ok(Redirect::to("/")),
        _ => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

#[cfg(test)]
mod tests {
    use fncy_login_testing::{TestError, TestFncy};
    use rusqlite::Connection;

    use super::{Editors, app};

    fn editors() -> Editors {
        Editors::new(Connection::open_in_memory().unwrap()).unwrap()
    }

    #[tokio::test]
    async fn a_change_of_role_holds_at_the_next_request() -> Result<(), TestError> {
        let (fncy, editors) = (TestFncy::start()?, editors());
        let app = app(fncy.login(), editors.clone())?;
        assert_eq!(
            fncy.visitor(app.clone())
                .get("/articles")
                .send()
                .await?
                .status(),
            303
        );
        let alex = fncy.signed_in("alex", app.clone()).await?;
        let jun = fncy.signed_in("jun", app).await?;
        assert_eq!(alex.get("/articles").send().await?.status(), 403);

        editors.add("alex").unwrap();
        let page = alex.get("/articles").send().await?;
        assert!(page.text().contains("You are an editor."));
        assert_eq!(jun.get("/articles").send().await?.status(), 403);

        let taken = alex
            .post("/articles")
            .form(&[("fncy_id", "alex")])
            .send()
            .await?;
        assert_eq!(taken.location(), Some("/"));
        assert_eq!(alex.get("/articles").send().await?.status(), 403);
        assert_eq!(
            alex.get("/").send().await?.status(),
            200,
            "the session goes on"
        );
        Ok(())
    }

    #[tokio::test]
    async fn a_table_that_is_out_of_order_signs_no_user_out() -> Result<(), TestError> {
        let (fncy, editors) = (TestFncy::start()?, editors());
        let alex = fncy
            .signed_in("alex", app(fncy.login(), editors.clone())?)
            .await?;
        let rename = "ALTER TABLE editors RENAME TO elsewhere";
        editors
            .with(|database| database.execute(rename, ()))
            .unwrap();
        let page = alex.get("/articles").send().await?;
        assert_eq!(page.status(), 503);
        assert!(page.text().contains("<code>guard_undecided</code>"));
        assert_eq!(alex.get("/").send().await?.status(), 200);
        Ok(())
    }
}
