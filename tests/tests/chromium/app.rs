//! An application whose pages do what those of the example sites don't.
//!
//! - The front page has a policy that holds forms to the application itself, a form that signs out, and links as people
//!   write them.
//! - `/desk` has a frame.
//! - `/kept` loads data by the login's script: at a click, or with `?at-once` when it opens.
//! - Each other page says who is signed in. A form that is posted gets its text back.

use axum::Router;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use fncy_login::{ConfigError, LoginBuilder};
use fncy_login_tower::{CurrentUser, FncyLoginLayer, WrappedRouter};

/// The strictest that lets a form sign out.
const POLICY: &str = "default-src 'none'; form-action 'self'";

const FRONT: &str = "<main><h1>Front</h1>
<form method='post' action='/auth/logout'><button>Sign out</button></form>
<a href='/한글'>한글 page</a>
<a href='/auth/login?return_to=/한글'>Sign in for it</a>
<a href='/auth/login?return_to=/search?q=a+b'>Sign in for a search</a></main>";

/// The page in the frame has a `main` of its own.
const DESK: &str = "<header><h1>Desk</h1></header>
<section aria-label='Widget'><iframe title='Widget' src='/widget' width='340' height='450'></iframe></section>";

/// A page that signs in by a popup. Its text is lost if it is loaded anew.
const KEPT: &str = "<main><h1>Kept</h1><label>Draft <input></label><button>Load</button></main>
<script type='module'>
import { fetchSignedIn } from '/auth/sign-in.js';
const load = async () => {
  const response = await fetchSignedIn('/data', { method: 'POST', body: document.querySelector('input').value });
  document.querySelector('h1').textContent = response.ok ? await response.text() : `Status ${response.status}`;
};
document.querySelector('button').onclick = load;
if (location.search === '?at-once') load();
</script>";

/// A form that a person fills in for a while.
const FORM: &str = "<main><h1>Form</h1><form method='post'><label>Draft <input name='draft'></label><button>Send</button></form></main>";

/// The application, with the login around it.
pub(crate) fn app(login: LoginBuilder) -> Result<WrappedRouter, ConfigError> {
    let login = login.public_path("/").public_path("/desk");
    let login = login.public_path("/kept").build()?;
    let routes = Router::new()
        .route("/", get(front))
        .route("/desk", get(desk))
        .route("/kept", get(async || page(KEPT)))
        .route("/data", post(data))
        .route("/form", get(async || page(FORM)).post(form))
        .fallback(hello);
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn front() -> impl IntoResponse {
    ([(CONTENT_SECURITY_POLICY, POLICY)], page(FRONT))
}

async fn desk() -> Html<String> {
    page(DESK)
}

async fn data(user: CurrentUser, draft: String) -> String {
    format!("{} for {}", draft, user.name().unwrap_or(user.id()))
}

async fn form(text: String) -> Html<String> {
    page(&format!("<main><h1>Received {text}</h1></main>"))
}

async fn hello(user: CurrentUser) -> Html<String> {
    page(&format!(
        "<main><h1>Hello, {}</h1></main>",
        user.name().unwrap_or(user.id())
    ))
}

fn page(body: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang='en'><title>A page</title>{body}</html>"
    ))
}
