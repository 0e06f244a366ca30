//! The consent page.

use axum::response::Response;
use url::Url;

use crate::config::settings::Settings;
use crate::pages::html::escape;
use crate::pages::layout::{form_page, hidden_token};
use crate::pages::sign_in_options::list;
use crate::pages::user_card::card;
use crate::pages::words::Words;
use crate::protocol::authorize_request::AuthorizeRequest;

pub(crate) fn show(
    words: &Words,
    settings: &Settings,
    token: &str,
    request: &AuthorizeRequest,
    user_id: &str,
) -> Response {
    let user = settings.user(user_id);
    let scopes: String = settings
        .granted_scope(user_id, &request.scope)
        .iter()
        .map(|token| scope(words, token))
        .collect();
    let redirect_uri = &request.client.redirect_uri;
    let origin = Url::parse(redirect_uri).map_or_else(
        |_| redirect_uri.clone(),
        |url| url.origin().ascii_serialization(),
    );
    let client = format!("<strong>{}</strong>", escape(&settings.client_id));
    let origin = format!("<code>{}</code>", escape(&origin));
    let main = format!(
        "<div class=\"card\">\n<h1>{title}</h1>\n\
         <p class=\"lead\">{asks}</p>\n{asked}\
         <form method=\"post\" action=\"/consent\">\n{hidden}\
         <div class=\"account\">{card}\
         <button class=\"link\" name=\"decision\" value=\"switch\">{not_you}</button></div>\n\
         <h2>{able_to}</h2>\n<ul class=\"scopes\">\n{scopes}</ul>\n\
         <div class=\"actions\">\n\
         <button class=\"primary\" name=\"decision\" value=\"allow\">{allow}</button>\n\
         <button class=\"quiet\" name=\"decision\" value=\"cancel\">{cancel}</button>\n</div>\n\
         <p class=\"hint\">{goes_back}</p>\n</form>\n</div>",
        title = words.allow_access,
        asks = words.asks.replace("{}", &client),
        hidden = hidden_token(token),
        asked = list(words, &request.options),
        card = user.map(card).unwrap_or_default(),
        not_you = words.not_you,
        able_to = words.able_to,
        allow = words.allow,
        cancel = words.cancel,
        goes_back = words.goes_back.replace("{}", &origin),
    );
    form_page(words, words.allow_access, &main, redirect_uri)
}

fn scope(words: &Words, token: &str) -> String {
    let meaning = match token {
        "profile" => words.profile,
        "email" => words.email,
        "openid" => words.openid,
        "offline_access" => words.offline_access,
        _ => words.other_scope,
    };
    format!(
        "<li><span>{meaning}</span> <code>{}</code></li>\n",
        escape(token)
    )
}
