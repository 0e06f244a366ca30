//! The consent page.

use axum::response::Response;
use url::Url;

use super::html::escape;
use super::layout::form_page;
use super::sign_in::hidden;
use super::user_card::card;
use crate::authorize::AuthorizeRequest;
use crate::settings::Settings;

pub(crate) fn show(
    settings: &Settings,
    token: &str,
    request: &AuthorizeRequest,
    user: &str,
) -> Response {
    let scopes: String = request.scope.iter().map(|token| scope(token)).collect();
    let origin = Url::parse(&request.redirect_uri).map_or_else(
        |_| request.redirect_uri.clone(),
        |url| url.origin().ascii_serialization(),
    );
    let main = format!(
        "<div class=\"card\">\n<h1>Allow access?</h1>\n\
         <p class=\"lead\"><strong>{client}</strong> asks for access to your account.</p>\n\
         <form method=\"post\" action=\"/consent\">\n{hidden}\
         <div class=\"account\">{card}\
         <button class=\"link\" name=\"decision\" value=\"switch\">Not you?</button></div>\n\
         <h2>It will be able to</h2>\n<ul class=\"scopes\">\n{scopes}</ul>\n\
         <div class=\"actions\">\n\
         <button class=\"primary\" name=\"decision\" value=\"allow\">Allow</button>\n\
         <button class=\"quiet\" name=\"decision\" value=\"cancel\">Cancel</button>\n</div>\n\
         <p class=\"hint\">Either way you go back to <code>{origin}</code>.</p>\n</form>\n</div>",
        client = escape(&settings.client_id),
        hidden = hidden(token),
        card = settings.user(user).map(card).unwrap_or_default(),
        origin = escape(&origin),
    );
    form_page("Allow access", &main, &request.redirect_uri)
}

fn scope(token: &str) -> String {
    let meaning = match token {
        "profile" => "See your name, email address, language and roles",
        "email" => "See your email address",
        "openid" => "Know who you are",
        "offline_access" => "Stay signed in while you are away",
        _ => "Use what this scope stands for",
    };
    format!(
        "<li><span>{meaning}</span> <code>{}</code></li>\n",
        escape(token)
    )
}
