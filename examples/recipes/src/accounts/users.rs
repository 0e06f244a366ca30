//! An application with users of its own: a row in SQLite for everybody who has ever signed in.
//!
//! For applications whose data hang on a user. `on_login` finds or makes the row, under the ID that FNCY gave
//! (names change, and addresses go to others), and refuses blocked users. The row's key goes into the
//! session, so that handlers need no look-up; what must hold at once, they read from the row. `on_refresh` ends the
//! sessions of whoever was blocked since, when their access token is refreshed.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use fncy_login_tower::{
    Approval, ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, NewLogin, RefreshedLogin,
    Refusal, WrappedRouter,
};
use maud::html;
use rusqlite::{Connection, Error, Result};
use serde::Deserialize;
use tokio::task::spawn_blocking;

use crate::page::{page, style};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS users (
    id INTEGER PRIMARY KEY,
    fncy_id TEXT NOT NULL UNIQUE,
    name TEXT,
    sign_ins INTEGER NOT NULL DEFAULT 1,
    is_blocked INTEGER NOT NULL DEFAULT 0
) STRICT";

/// One statement, so that two sign-ins at once make one row.
const FIND_OR_MAKE: &str = "INSERT INTO users (fncy_id, name) VALUES (?1, ?2)
    ON CONFLICT (fncy_id) DO UPDATE SET name = excluded.name, sign_ins = sign_ins + 1
    RETURNING id, is_blocked";

const BLOCKED: &str = "Your account is blocked.";

/// The users' table. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Users(Arc<Mutex<Connection>>);

/// The part of FNCY's user data that this application uses.
#[derive(Deserialize)]
struct Newcomer {
    name: Option<String>,
}

impl Users {
    /// The table in this database, made if it isn't there.
    ///
    /// # Errors
    ///
    /// If SQLite can't.
    pub fn new(database: Connection) -> Result<Self> {
        database.execute(TABLE, ())?;
        Ok(Self(Arc::new(Mutex::new(database))))
    }

    /// Blocks the user with this ID of FNCY's.
    ///
    /// # Errors
    ///
    /// If SQLite can't.
    pub fn block(&self, fncy_id: &str) -> Result<()> {
        let block = "UPDATE users SET is_blocked = 1 WHERE fncy_id = ?1";
        self.with(|database| database.execute(block, [fncy_id]).map(drop))
    }

    async fn admit(self, login: NewLogin) -> Result<Approval, Refusal> {
        let newcomer: Newcomer = login.user_data()?;
        let row = move || {
            let values = (login.id(), newcomer.name);
            self.with(|database| {
                database.query_one(FIND_OR_MAKE, values, |row| {
                    Ok((row.get::<_, i64>("id")?, row.get("is_blocked")?))
                })
            })
        };
        match spawn_blocking(row).await {
            Ok(Ok((id, false))) => Ok(Approval::with_data(&id)?),
            Ok(Ok((_, true))) => Err(Refusal::new(BLOCKED)),
            failed => {
                tracing::error!(?failed, "nobody can sign in: the users' table");
                Err(Refusal::not_now())
            }
        }
    }

    /// While the table can't be read, the decision stays open: no user is signed out, and no blocked user is accepted.
    async fn keep(self, login: RefreshedLogin) -> Result<Approval, Refusal> {
        let row = move || {
            let is_blocked = "SELECT is_blocked FROM users WHERE fncy_id = ?1";
            self.with(|database| database.query_one(is_blocked, [login.id()], |row| row.get(0)))
        };
        match spawn_blocking(row).await {
            Ok(Ok(false)) => Ok(Approval::new()),
            Ok(Ok(true)) => Err(Refusal::new(BLOCKED)),
            // At the next sign-in there is one.
            Ok(Err(Error::QueryReturnedNoRows)) => Err(Refusal::new("You have no row.")),
            failed => {
                tracing::error!(?failed, "sessions can't be refreshed: the users' table");
                Err(Refusal::not_now())
            }
        }
    }

    fn sign_ins(&self, id: i64) -> Result<i64> {
        let count = "SELECT sign_ins FROM users WHERE id = ?1";
        self.with(|database| database.query_one(count, [id], |row| row.get(0)))
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        work(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The application: all of it is for users, and each has a row.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder, users: Users) -> Result<WrappedRouter, ConfigError> {
    let (at_login, at_refresh) = (users.clone(), users.clone());
    let login = login
        .public_path("/site.css")
        .on_login(move |login| at_login.clone().admit(login))
        .on_refresh(move |login| at_refresh.clone().keep(login))
        .build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/site.css", get(style))
        .with_state(users);
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home(State(users): State<Users>, user: CurrentUser) -> Result<Html<String>, StatusCode> {
    let id = user.session_data::<i64>().ok().flatten();
    let id = id.ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
    let sign_ins = spawn_blocking(move || users.sign_ins(id)).await;
    let Ok(Ok(sign_ins)) = sign_ins else {
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let main = html! {
        p.lead { "You are user " (id) " of this application. FNCY calls you " code { (user.id()) } "." }
        section.card { h2 { "Your row" } p { "Sign-ins so far: " (sign_ins) } }
    };
    Ok(Html(page("Your account", Some(&user), &main)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_testing::{TestError, TestFncy};
    use rusqlite::Connection;

    use super::{Users, app};

    fn users() -> Users {
        Users::new(Connection::open_in_memory().unwrap()).unwrap()
    }

    #[tokio::test]
    async fn everybody_has_one_row() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login(), users())?;
        let alex = fncy.signed_in("alex", app.clone()).await?;
        let jun = fncy.signed_in("jun", app.clone()).await?;
        let again = fncy.signed_in("alex", app).await?;
        for (client, id, sign_ins) in [(&alex, 1, 2), (&jun, 2, 1), (&again, 1, 2)] {
            let page = client.get("/").send().await?;
            assert!(page.text().contains(&format!("You are user {id} ")));
            assert!(
                page.text()
                    .contains(&format!("Sign-ins so far: {sign_ins}<"))
            );
        }
        Ok(())
    }

    #[tokio::test]
    async fn who_is_blocked_is_put_out_and_kept_out() -> Result<(), TestError> {
        let (fncy, users) = (TestFncy::start()?, users());
        let app = app(fncy.login(), users.clone())?;
        let jun = fncy.signed_in("jun", app.clone()).await?;
        let alex = fncy.signed_in("alex", app).await?;
        users.block("jun").unwrap();
        assert_eq!(jun.get("/").send().await?.status(), 200);
        fncy.advance(Duration::from_secs(5 * 60));
        assert_eq!(jun.get("/").send().await?.status(), 303);
        assert_eq!(alex.get("/").send().await?.status(), 200);

        let refused = jun.sign_in("jun").await?;
        assert_eq!(refused.status(), 403);
        assert!(refused.text().contains("Your account is blocked."));
        Ok(())
    }

    #[tokio::test]
    async fn a_table_that_is_out_of_order_puts_nobody_out() -> Result<(), TestError> {
        let (fncy, users) = (TestFncy::start()?, users());
        let app = app(fncy.login(), users.clone())?;
        let alex = fncy.signed_in("alex", app.clone()).await?;
        let rename = "ALTER TABLE users RENAME TO elsewhere";
        users.with(|database| database.execute(rename, ())).unwrap();
        fncy.advance(Duration::from_secs(5 * 60));
        assert_eq!(alex.get("/").send().await?.status(), 503);
        assert!(alex.cookie_header().contains("session"));
        let jun = fncy.visitor(app).sign_in("jun").await?;
        assert_eq!(jun.status(), 503);
        Ok(())
    }
}
