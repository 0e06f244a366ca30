//! A person's devices: where they are signed in, a button for each, and "sign out the others".
//!
//! For an application whose users care who else is in their account. The login keeps the list, and each person sees their
//! own only: the handlers pass the id of the request's user. The forms post, so the login's cross-site guard is on, and no
//! token is needed. An open page has a WebSocket that ends with the session, so a page that was signed out elsewhere says
//! so at once.

use std::pin::pin;

use axum::Router;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Form, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use fncy_login_tower::sessions::{ListedSession, SessionsError};
use fncy_login_tower::store::StoreError;
use fncy_login_tower::{
    ConfigError, CurrentUser, FncyLoginLayer, LiveSession, Login, LoginBuilder, RequestHeaders,
    Timestamp, User, WrappedRouter,
};
use maud::{Markup, html};
use serde::Deserialize;

use crate::page::{page_with_script, style};

/// What `User-Agent` has, and what the list shows. Edge names Chrome too, and Chrome names Safari.
const BROWSERS: [(&str, &str); 4] = [
    ("Firefox/", "Firefox"),
    ("Edg/", "Edge"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];
const SYSTEMS: [(&str, &str); 5] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

/// The application: one page, the list of the person's devices.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let login = login
        .public_path("/site.css")
        .list_sessions(device)
        .build()?;
    let routes = Router::new()
        .route("/", get(devices))
        .route("/sign-out", post(sign_out))
        .route("/sign-out-others", post(sign_out_others))
        .route("/live", get(live))
        .route("/devices.js", get(script))
        .route("/site.css", get(style))
        .with_state(login.clone());
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

/// The label of a session. It names a browser and a system, and nothing that tells people apart.
fn device(headers: &RequestHeaders<'_>) -> Option<String> {
    let agent = headers.last("user-agent")?;
    let named = |names: &[(&str, &'static str)]| {
        let mut names = names.iter();
        names
            .find(|(part, _)| agent.contains(part))
            .map(|(_, name)| *name)
    };
    let browser = named(&BROWSERS)?;
    match named(&SYSTEMS) {
        Some(system) => Some(format!("{browser} on {system}")),
        None => Some(browser.to_owned()),
    }
}

async fn devices(State(login): State<Login>, user: CurrentUser) -> Result<Html<String>, Down> {
    let sessions = login.sessions_of(user.id()).await?;
    let others = sessions.iter().filter(|session| !session.is(&user)).count();
    let main = html! {
        p.lead { "Signed-in devices: " (sessions.len()) "." }
        @for session in &sessions { (card(session, &user)) }
        @if others > 0 {
            form method="post" action="/sign-out-others" { button.button { "Sign out the others" } }
        }
    };
    let script = html! { script src="/devices.js" defer {} };
    Ok(Html(page_with_script(
        "Devices",
        Some(&user),
        &main,
        &script,
    )))
}

fn card(session: &ListedSession, user: &User) -> Markup {
    html! {
        section.card {
            h2 {
                (session.label().unwrap_or("A device"))
                @if session.is(user) { " (this one)" }
            }
            p { "Signed in " (time(session.signed_in_at())) ", last used " (time(session.last_used())) "." }
            @if !session.is(user) {
                form method="post" action="/sign-out" {
                    input type="hidden" name="id" value=(session.id());
                    button.quiet { "Sign out this device" }
                }
            }
        }
    }
}

/// A time that the script writes in the reader's own way.
fn time(time: Timestamp) -> Markup {
    html! { time data-at=(time.as_unix()) { "at an unknown time" } }
}

/// The form of one device.
#[derive(Deserialize)]
struct Device {
    id: String,
}

/// An id of another user's session is not in this user's list, so nothing ends.
async fn sign_out(
    State(login): State<Login>,
    user: CurrentUser,
    Form(device): Form<Device>,
) -> Result<Response, Down> {
    let Ok(id) = device.id.parse() else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    // If the session has ended meanwhile, the list shows that.
    login.end_listed_session(user.id(), id).await?;
    Ok(Redirect::to("/").into_response())
}

async fn sign_out_others(State(login): State<Login>, user: CurrentUser) -> Result<Redirect, Down> {
    login.end_other_sessions(&user).await?;
    Ok(Redirect::to("/"))
}

async fn live(user: CurrentUser, upgrade: WebSocketUpgrade) -> Response {
    let session = user.watch();
    upgrade.on_upgrade(move |socket| watch(socket, session))
}

/// Keeps the socket open as long as the session.
async fn watch(mut socket: WebSocket, session: LiveSession) {
    let mut ended = pin!(session.ended());
    let end = loop {
        tokio::select! {
            end = &mut ended => break end,
            message = socket.recv() => match message {
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
        }
    };
    let frame = CloseFrame {
        code: close_code::POLICY,
        reason: end.to_string().into(),
    };
    // A browser that has left needs no reason.
    drop(socket.send(Message::Close(Some(frame))).await);
}

async fn script() -> impl IntoResponse {
    let script = include_str!("devices.js");
    ([(header::CONTENT_TYPE, "text/javascript")], script)
}

/// The store can't be reached.
struct Down;

impl From<SessionsError> for Down {
    fn from(_: SessionsError) -> Self {
        Self
    }
}

impl From<StoreError> for Down {
    fn from(_: StoreError) -> Self {
        Self
    }
}

impl IntoResponse for Down {
    fn into_response(self) -> Response {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use fncy_login_testing::{Answer, App, Client, TestError, TestFncy};
    use tokio::time::{sleep, timeout};

    use super::app;

    const OTHERS: &str = "Sign out the others";

    /// The page, once it lists this many devices. No request waits for the list.
    async fn page<A: App>(client: &Client<A>, devices: usize) -> Result<String, TestError> {
        let listed = async {
            loop {
                let page = client.get("/").send().await?;
                if page.text().matches("class=\"card\"").count() == devices {
                    return Ok(page.text().into_owned());
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        let page: Result<_, TestError> =
            timeout(Duration::from_secs(5), listed).await.expect("soon");
        page
    }

    /// The ids in the page's forms.
    fn ids(page: &str) -> Vec<&str> {
        let values = page.split("name=\"id\" value=\"").skip(1);
        values
            .map(|rest| rest.split('"').next().unwrap_or_default())
            .collect()
    }

    fn is_signed_in(answer: &Answer) -> bool {
        answer.status() == 200
    }

    #[tokio::test]
    async fn one_device_is_signed_out_and_then_all_others() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login())?;
        let laptop = fncy.signed_in("alex", app.clone()).await?;
        assert!(!page(&laptop, 1).await?.contains(OTHERS));
        let [phone, tablet] = [
            fncy.signed_in("alex", app.clone()).await?,
            fncy.signed_in("alex", app.clone()).await?,
        ];
        let listed = page(&laptop, 3).await?;
        assert_eq!(listed.matches("(this one)").count(), 1);
        let [one, other] = ids(&listed)[..] else {
            panic!("two other devices: {listed}");
        };
        assert_ne!(one, other);

        let ended = laptop.post("/sign-out").form(&[("id", one)]).send().await?;
        assert_eq!(ended.location(), Some("/"));
        assert_eq!(ids(&page(&laptop, 2).await?), [other]);
        let left = [phone.get("/").send().await?, tablet.get("/").send().await?];
        assert_eq!(left.iter().filter(|answer| is_signed_in(answer)).count(), 1);

        laptop.post("/sign-out-others").send().await?;
        assert!(!page(&laptop, 1).await?.contains(OTHERS));
        for device in [&phone, &tablet] {
            assert!(!is_signed_in(&device.get("/").send().await?));
        }
        Ok(())
    }

    #[tokio::test]
    async fn an_id_of_another_user_ends_nothing() -> Result<(), TestError> {
        let fncy = TestFncy::start()?;
        let app = app(fncy.login())?;
        let alex = fncy.signed_in("alex", app.clone()).await?;
        let _phone = fncy.signed_in("alex", app.clone()).await?;
        let jun = fncy.signed_in("jun", app).await?;
        let listed = page(&alex, 2).await?;
        let id = ids(&listed)[0];
        let asked = jun.post("/sign-out").form(&[("id", id)]).send().await?;
        assert_eq!(asked.location(), Some("/"));
        assert_eq!(ids(&page(&alex, 2).await?), [id]);
        let wrong = jun.post("/sign-out").form(&[("id", "everything")]);
        assert_eq!(wrong.send().await?.status(), 400);
        Ok(())
    }
}
