//! The front page: what this is, and how to point an application at it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::html::escape;
use super::layout::page;
use super::user_card::card;
use super::words::ENGLISH;
use crate::browser::SessionCookie;
use crate::demo_user::{DEMO_PASSWORD, DemoUser};
use crate::endpoint::Endpoint;
use crate::provider::{Provider, lock};
use crate::settings::Settings;

pub(crate) async fn show(State(provider): State<Arc<Provider>>, headers: HeaderMap) -> Response {
    let settings = &provider.settings;
    let users: String = settings.users.iter().map(user).collect();
    let main = format!(
        "<div class=\"intro\">\n<h1>A stand-in for FNCY, on your machine</h1>\n\
         <p class=\"lead\">Sign in to your application without a FNCY account. This server speaks \
         FNCY's login as it is documented, keeps everything in memory, and forgets it when it \
         stops.</p>\n{session}</div>\n\
         <section>\n<h2>Point an application here</h2>\n\
         <pre tabindex=\"0\" aria-label=\"Environment variables\"><code>{variables}</code></pre>\n\
         <p class=\"hint\">{redirects} <code>fncy-dev-server --env</code> prints these lines and \
         nothing else.</p>\n</section>\n\
         <section>\n<h2>Demo users</h2>\n<ul class=\"users plain\">\n{users}</ul>\n\
         <p class=\"hint\">Each with id, language and roles. Every password is \
         <code>{password}</code>.</p>\n</section>\n\
         <section>\n<h2>Requests since the start</h2>\n{counters}\n\
         <p class=\"hint\">Reload to count again, or read <code>/_dev/requests</code>. \
         <code>PUT /_dev/faults/token</code> makes the token endpoint misbehave.</p>\n</section>",
        session = session(&provider, &headers),
        variables = escape(&provider.variables()),
        redirects = redirects(settings),
        password = escape(DEMO_PASSWORD),
        counters = counters(&provider),
    );
    page(StatusCode::OK, "Welcome", &main)
}

fn session(provider: &Provider, headers: &HeaderMap) -> String {
    let id = {
        let browser = lock(&provider.browser);
        SessionCookie::of(headers, &browser).and_then(|session| browser.user(&session))
    };
    let Some(user) = id.and_then(|id| provider.settings.user(&id)) else {
        return "<p class=\"session\">This browser is not signed in here.</p>\n".to_owned();
    };
    format!(
        "<p class=\"session\">Signed in here as <strong lang=\"{}\">{}</strong>. \
         <a href=\"/sign-out\">Sign out</a></p>\n",
        escape(&user.locale),
        escape(&user.name),
    )
}

fn redirects(settings: &Settings) -> String {
    if settings.redirect_uris.is_empty() {
        return "Every redirect URI on <code>127.0.0.1</code>, <code>localhost</code> or \
                <code>[::1]</code> is registered."
            .to_owned();
    }
    let codes = settings
        .redirect_uris
        .iter()
        .map(|uri| format!("<code>{}</code>", escape(uri)));
    format!(
        "Registered redirect URIs: {}.",
        codes.collect::<Vec<_>>().join(", ")
    )
}

fn user(user: &DemoUser) -> String {
    format!(
        "<li>{}<span class=\"facts\"><code>{}</code> {} {}</span></li>\n",
        card(&ENGLISH, user),
        escape(&user.id),
        escape(&user.locale),
        user.roles
            .iter()
            .map(|role| format!("<span class=\"role\">{}</span>", escape(role)))
            .collect::<String>(),
    )
}

fn counters(provider: &Provider) -> String {
    let rows: String = Endpoint::ALL
        .into_iter()
        .map(|endpoint| {
            format!(
                "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td></tr>\n",
                endpoint.path(),
                provider.recorder.total(endpoint),
            )
        })
        .collect();
    format!(
        "<table>\n<thead><tr><th scope=\"col\">Endpoint</th><th scope=\"col\">Requests</th></tr>\
         </thead>\n<tbody>\n{rows}</tbody>\n</table>"
    )
}
