//! The front page: what this server is, and how an application uses it.

use axum::http::StatusCode;
use axum::response::Response;

use crate::config::demo_user::{DEMO_PASSWORD, DemoUser};
use crate::config::settings::Settings;
use crate::pages::html::escape;
use crate::pages::layout::page;
use crate::pages::user_card::{card, lang};

/// Renders the page with the lines of an environment file, the path and the number of requests of
/// each endpoint, and the signed-in user.
pub(crate) fn show(
    settings: &Settings,
    base_url: &str,
    env_file: &str,
    requests: &[(&str, u64)],
    signed_in: Option<&DemoUser>,
) -> Response {
    let users = settings.users.iter();
    let fault =
        format!("curl -X PUT {base_url}/_dev/faults/token -d '{{\"status\": 503, \"count\": 1}}'");
    let main = format!(
        "<div class=\"intro\">\n<h1>A stand-in for FNCY, on your machine</h1>\n\
         <p class=\"lead\">Sign in to your application without a FNCY account. This server follows \
         FNCY's login documentation. It keeps its data in memory until it stops.</p>\n\
         {session}</div>\n\
         <section>\n<h2>Point an application here</h2>\n\
         <pre tabindex=\"0\" aria-label=\"Environment variables\"><code>{env_file}</code></pre>\n\
         <p class=\"hint\">{redirect_uris} <code>fncy-dev-server --env</code> prints only these \
         lines.</p>\n</section>\n\
         <section>\n<h2>Demo users</h2>\n<ul class=\"users plain\">\n{users}</ul>\n\
         <p class=\"hint\">Each line has ID, language and roles. Every password is \
         <code>{password}</code>. <code class=\"whole\">fncy-dev-server --users users.json</code> takes users of \
         your own; <code>--help</code> shows such a file.</p>\n</section>\n\
         <section>\n<h2>Parameters of a sign-in</h2>\n<dl>\n{parameters}</dl>\n\
         <p class=\"hint\">The user data and the token response have <code>auth_time</code>: the \
         time of the sign-in, in Unix seconds.</p>\n</section>\n\
         <section>\n<h2>Requests since the start</h2>\n{counters}\n\
         <p class=\"hint\">Reload to update the numbers, or read <code>/_dev/requests</code>. This \
         command lets the next token request fail:</p>\n\
         <pre tabindex=\"0\" aria-label=\"Command\"><code>{fault}</code></pre>\n</section>",
        session = session(signed_in),
        env_file = escape(env_file),
        redirect_uris = redirect_uris(settings),
        users = users.map(|one| user(settings, one)).collect::<String>(),
        password = escape(DEMO_PASSWORD),
        parameters = parameters(),
        counters = counters(requests),
        fault = escape(&fault),
    );
    page(StatusCode::OK, "Welcome", &main)
}

fn parameters() -> String {
    let parameters = [
        ("prompt=login", "a new sign-in"),
        ("prompt=select_account", "a choice of the account"),
        ("prompt=consent", "a new consent"),
        (
            "prompt=none",
            "no page: a code, or an error such as login_required",
        ),
        ("max_age=60", "a sign-in that is at most 60 seconds old"),
        ("login_hint=alex", "this user first, by ID or email address"),
        ("ui_locales=ko", "pages in this language: en or ko"),
    ];
    parameters
        .map(|(example, meaning)| format!("<dt><code>{example}</code></dt><dd>{meaning}</dd>\n"))
        .concat()
}

fn session(signed_in: Option<&DemoUser>) -> String {
    let Some(user) = signed_in else {
        return "<p class=\"session\">This browser is not signed in here.</p>\n".to_owned();
    };
    format!(
        "<p class=\"session\">Signed in here as <strong{}>{}</strong>. \
         <a href=\"/sign-out\">Sign out</a></p>\n",
        lang(user),
        escape(user.name()),
    )
}

fn redirect_uris(settings: &Settings) -> String {
    if settings.redirect_uris.is_empty() {
        return "Every redirect URI on <code>127.0.0.1</code>, <code>localhost</code> or \
                <code>[::1]</code> is registered."
            .to_owned();
    }
    let uris = settings.redirect_uris.iter();
    let codes: Vec<_> = uris
        .map(|uri| format!("<code>{}</code>", escape(uri)))
        .collect();
    format!("Registered redirect URIs: {}.", codes.join(", "))
}

fn user(settings: &Settings, user: &DemoUser) -> String {
    let roles = user.roles();
    let roles = roles.map(|role| format!("<span class=\"role\">{}</span>", escape(role)));
    let data = user.user_data(&settings.user_id_place);
    format!(
        "<li><div>{}<span class=\"facts\"><code>{}</code> {} {}</span></div>\n\
         <details><summary>User data</summary>\n\
         <pre tabindex=\"0\"><code>{}</code></pre>{}</details></li>\n",
        card(user),
        escape(&user.id),
        escape(user.text("locale").unwrap_or_default()),
        roles.collect::<String>(),
        escape(&format!("{data:#}")),
        scopes(user),
    )
}

fn scopes(user: &DemoUser) -> String {
    let Some(scopes) = &user.scopes else {
        return String::new();
    };
    let scopes = escape(&scopes.join(" "));
    format!("<p class=\"hint\">Scopes that this user can grant: <code>{scopes}</code></p>")
}

fn counters(requests: &[(&str, u64)]) -> String {
    let rows = requests.iter().map(|(path, count)| {
        format!("<tr><th scope=\"row\"><code>{path}</code></th><td>{count}</td></tr>\n")
    });
    format!(
        "<table>\n<thead><tr><th scope=\"col\">Endpoint</th><th scope=\"col\">Requests</th></tr>\
         </thead>\n<tbody>\n{}</tbody>\n</table>",
        rows.collect::<String>(),
    )
}
