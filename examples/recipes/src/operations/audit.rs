//! An audit log in SQLite: a row for each sign-in, refusal, refresh and sign-out.
//!
//! For applications that must say later who has signed in, from where, and who was refused. `on_event` gets each event
//! after the request, so no request waits for the table. The events have no token, cookie or code. If a row can't be
//! written, the event is in the log. Administrators read the newest rows at `/audit`.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use fncy_login_tower::{
    ConfigError, CurrentUser, FncyLoginLayer, LoginBuilder, LoginEvent, RefusedBy, RequestContext,
    User, WrappedRouter,
};
use maud::html;
use rusqlite::{Connection, Result};
use tokio::task::spawn_blocking;

use crate::page::{page, style};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS audit (
    time INTEGER NOT NULL,
    event TEXT NOT NULL,
    user TEXT,
    reason TEXT,
    reference TEXT,
    session TEXT,
    request TEXT,
    client TEXT,
    agent TEXT
) STRICT";

const ADD: &str = "INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

const NEWEST: &str = "SELECT event, user, reason, request, client FROM audit
    ORDER BY rowid DESC LIMIT 100";

/// The table of the audit log. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Audit(Arc<Mutex<Connection>>);

/// A row, as the page shows it: event, user, reason, request and client.
type Row = [Option<String>; 5];

impl Audit {
    /// The table in this database. It is made if it isn't there.
    ///
    /// # Errors
    ///
    /// If SQLite can't.
    pub fn new(database: Connection) -> Result<Self> {
        database.execute(TABLE, ())?;
        Ok(Self(Arc::new(Mutex::new(database))))
    }

    async fn write(self, event: LoginEvent) {
        let row = event.clone();
        // SQLite blocks, so it has a thread of its own.
        let written = spawn_blocking(move || self.add(&row)).await;
        if !matches!(written, Ok(Ok(()))) {
            tracing::error!(?written, ?event, "an event is not in the audit log");
        }
    }

    fn add(&self, event: &LoginEvent) -> Result<()> {
        let request = event.request();
        let values = (
            event.time().as_unix().cast_signed(),
            event.name(),
            event.user_id(),
            event.code().or(event.refused_by().map(RefusedBy::as_str)),
            event.reference().map(|reference| reference.to_string()),
            event.session_id(),
            request.map(|request| format!("{} {}", request.method(), request.path())),
            request
                .and_then(RequestContext::client_address)
                .map(|address| address.to_string()),
            request.and_then(|request| request.header("user-agent")),
        );
        self.with(|database| database.execute(ADD, values).map(drop))
    }

    fn newest(&self) -> Result<Vec<Row>> {
        self.with(|database| {
            let mut newest = database.prepare(NEWEST)?;
            let rows = newest.query_map((), |row| {
                Ok([
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                ])
            })?;
            rows.collect()
        })
    }

    fn with<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        work(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The application. Await [`Login::drain`](fncy_login_tower::Login::drain) before the process ends.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder, audit: Audit) -> Result<WrappedRouter, ConfigError> {
    let log = audit.clone();
    let login = login
        .public_path("/site.css")
        .keep_claims(["roles"])
        .require_prefix("/audit", is_admin)
        .hook_headers(["user-agent"])
        // nginx: proxy_set_header X-Real-IP $remote_addr;
        .client_address(|headers| headers.last("x-real-ip")?.parse().ok())
        .on_event(move |event| log.clone().write(event))
        .build()?;
    let routes = Router::new()
        .route("/", get(home))
        .route("/audit", get(read))
        .route("/site.css", get(style))
        .with_state(audit);
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

fn is_admin(user: &User) -> bool {
    let roles: Vec<String> = user.claim("roles").unwrap_or_default();
    roles.iter().any(|role| role == "admin")
}

async fn home(user: CurrentUser) -> Html<String> {
    let main = html! {
        p.lead { "Your sign-in is in the audit log." }
        p { a.button href="/audit" { "Read it" } " This is for administrators." }
    };
    Html(page("Home", Some(&user), &main))
}

async fn read(State(audit): State<Audit>, user: CurrentUser) -> Result<Html<String>, StatusCode> {
    let Ok(Ok(rows)) = spawn_blocking(move || audit.newest()).await else {
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let main = html! {
        table {
            thead { tr { th { "event" } th { "user" } th { "reason" } th { "request" } th { "client" } } }
            tbody {
                @for row in &rows {
                    tr { @for cell in row { td { (cell.as_deref().unwrap_or_default()) } } }
                }
            }
        }
    };
    Ok(Html(page("Audit log", Some(&user), &main)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_testing::{TestError, TestFncy};
    use fncy_login_tower::{Approval, NewLogin, Refusal};
    use rusqlite::Connection;

    use super::{Audit, Row, app};

    fn audit() -> Audit {
        Audit::new(Connection::open_in_memory().unwrap()).unwrap()
    }

    /// The table as text: a line for each row, the oldest first.
    fn table(rows: Vec<Row>) -> String {
        let cell = |cell: Option<String>| cell.unwrap_or_else(|| "-".to_owned());
        let lines = rows.into_iter().rev().map(|row| row.map(cell).join(" | "));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[tokio::test]
    async fn the_life_of_a_session_is_in_the_table() -> Result<(), TestError> {
        let (fncy, audit) = (TestFncy::start()?, audit());
        let builder = fncy
            .login()
            .on_login(async |login: NewLogin| match login.id() {
                "jun" => Err(Refusal::new("Members only.")),
                _ => Ok(Approval::new()),
            });
        let app = app(builder, audit.clone())?;
        let max = fncy.signed_in("maximiliane", app.clone()).await?;
        assert_eq!(
            fncy.visitor(app.clone()).sign_in("jun").await?.status(),
            403
        );
        fncy.advance(Duration::from_secs(5 * 60));
        let from_work = max.get("/").header("x-real-ip", "192.0.2.7");
        assert_eq!(from_work.send().await?.status(), 200);
        assert_eq!(max.get("/audit").send().await?.status(), 403);
        max.post("/auth/logout").send().await?;

        app.login().drain().await;
        let table = table(audit.newest().unwrap());
        println!("{table}");
        let expected = "\
sign_in_started | - | - | GET /auth/login | -
signed_in | maximiliane | - | GET /auth/callback | -
sign_in_started | - | - | GET /auth/login | -
sign_in_refused | jun | login_refused | GET /auth/callback | -
refreshed | maximiliane | - | GET / | 192.0.2.7
guard_refused | maximiliane | forbidden | GET /audit | -
signed_out | maximiliane | - | POST /auth/logout | -";
        assert_eq!(table, expected);
        Ok(())
    }

    #[tokio::test]
    async fn administrators_read_the_table() -> Result<(), TestError> {
        let (fncy, audit) = (TestFncy::start()?, audit());
        let app = app(fncy.login(), audit)?;
        let alex = fncy.signed_in("alex", app.clone()).await?;
        app.login().drain().await;
        let page = alex.get("/audit").send().await?;
        assert!(
            page.text().contains("<td>signed_in</td><td>alex</td>"),
            "{}",
            page.text()
        );
        Ok(())
    }
}
