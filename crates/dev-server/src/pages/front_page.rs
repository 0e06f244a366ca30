//! The front page: what this server is, and how an application uses it.

use axum::http::StatusCode;
use axum::response::Response;

use crate::config::demo_user::{DEMO_PASSWORD, DemoUser};
use crate::config::settings::Settings;
use crate::pages::html::escape;
use crate::pages::layout::page;
use crate::pages::user_card::card;
use crate::pages::words::ENGLISH;

/// Renders the page with the lines of an environment file, the path and the number of requests of
/// each endpoint, and the signed-in user.
pub(crate) fn show(
    settings: &Settings,
    env_file: &str,
    requests: &[(&str, u64)],
    signed_in: Option<&DemoUser>,
) -> Response {
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
         <code>{password}</code>.</p>\n</section>\n\
         <section>\n<h2>Requests since the start</h2>\n{counters}\n\
         <p class=\"hint\">Reload to update the numbers, or read <code>/_dev/requests</code>. \
         <code>PUT /_dev/faults/token</code> makes the token endpoint fail.</p>\n</section>",
        session = session(signed_in),
        env_file = escape(env_file),
        redirect_uris = redirect_uris(settings),
        users = settings.users.iter().map(user).collect::<String>(),
        password = escape(DEMO_PASSWORD),
        counters = counters(requests),
    );
    page(StatusCode::OK, "Welcome", &main)
}

fn session(signed_in: Option<&DemoUser>) -> String {
    let Some(user) = signed_in else {
        return "<p class=\"session\">This browser is not signed in here.</p>\n".to_owned();
    };
    format!(
        "<p class=\"session\">Signed in here as <strong lang=\"{}\">{}</strong>. \
         <a href=\"/sign-out\">Sign out</a></p>\n",
        escape(&user.locale),
        escape(&user.name),
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

fn user(user: &DemoUser) -> String {
    let roles = user.roles.iter();
    let roles = roles.map(|role| format!("<span class=\"role\">{}</span>", escape(role)));
    format!(
        "<li>{}<span class=\"facts\"><code>{}</code> {} {}</span></li>\n",
        card(&ENGLISH, user),
        escape(&user.id),
        escape(&user.locale),
        roles.collect::<String>(),
    )
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
