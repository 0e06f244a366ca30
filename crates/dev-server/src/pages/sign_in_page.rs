//! The sign-in page.

use axum::response::Response;

use crate::config::demo_user::{DEMO_PASSWORD, DemoUser};
use crate::config::settings::Settings;
use crate::pages::html::escape;
use crate::pages::layout::{form_page, hidden_token};
use crate::pages::sign_in_options::list;
use crate::pages::user_card::card;
use crate::pages::words::Words;
use crate::protocol::authorize_request::AuthorizeRequest;

/// Renders the page. The user of `login_hint` comes first, and has the focus. A hint that names no
/// user fills the user name.
pub(crate) fn show(
    words: &Words,
    settings: &Settings,
    token: &str,
    request: &AuthorizeRequest,
    failed: bool,
) -> Response {
    let hint = request.options.login_hint.as_deref();
    let hinted = hint.and_then(|hint| settings.hinted_user(hint));
    let is_other = |user: &&DemoUser| hinted.is_none_or(|hinted| hinted.id != user.id);
    let others = settings.users.iter().filter(is_other);
    let cards: String = hinted
        .map(|user| button(user, "user hinted", " autofocus"))
        .into_iter()
        .chain(others.map(|user| button(user, "user", "")))
        .collect();
    let alert = if failed {
        format!(
            "<p class=\"alert\" role=\"alert\">{}</p>",
            words.wrong_password
        )
    } else {
        String::new()
    };
    let client = format!("<strong>{}</strong>", escape(&settings.client_id));
    let every_password = format!("<code>{}</code>", escape(DEMO_PASSWORD));
    let main = format!(
        "<div class=\"card\">\n<h1>{sign_in}</h1>\n\
         <p class=\"lead\">{to_continue}</p>\n{asked}{alert}\
         <form method=\"post\" action=\"/sign-in\">\n{hidden}\
         <h2 id=\"users\">{choose}</h2>\n\
         <ul class=\"users\" aria-labelledby=\"users\">\n{cards}</ul>\n</form>\n\
         <p class=\"or\"><span>{or}</span></p>\n\
         <form method=\"post\" action=\"/sign-in\">\n{hidden}\
         <label for=\"username\">{user_name}</label>\n\
         <input id=\"username\" name=\"username\" autocomplete=\"username\" autocapitalize=\"none\" \
         spellcheck=\"false\" value=\"{user_id}\" required>\n\
         <label for=\"password\">{password}</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" \
         autocomplete=\"current-password\" aria-describedby=\"hint\" required>\n\
         <p class=\"hint\" id=\"hint\">{every_password}</p>\n\
         <button class=\"primary wide\">{sign_in}</button>\n</form>\n\
         <form method=\"post\" action=\"/sign-in\">\n{hidden}\
         <button class=\"quiet wide\" name=\"decision\" value=\"cancel\">{cancel}</button>\n</form>\n\
         </div>",
        sign_in = words.sign_in,
        to_continue = words.to_continue.replace("{}", &client),
        asked = list(words, &request.options),
        hidden = hidden_token(token),
        choose = words.choose,
        or = words.or,
        user_name = words.user_name,
        user_id = escape(hinted.map_or(hint.unwrap_or_default(), |user| &user.id)),
        password = words.password,
        every_password = words.every_password.replace("{}", &every_password),
        cancel = words.cancel,
    );
    form_page(words, words.sign_in, &main, &request.client.redirect_uri)
}

fn button(user: &DemoUser, class: &str, attribute: &str) -> String {
    format!(
        "<li><button class=\"{class}\" name=\"user\" value=\"{}\"{attribute}>{}</button></li>\n",
        escape(&user.id),
        card(user),
    )
}
