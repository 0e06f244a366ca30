//! The sign-in page.

use axum::response::Response;

use crate::config::demo_user::{DEMO_PASSWORD, DemoUser};
use crate::config::settings::Settings;
use crate::pages::html::escape;
use crate::pages::layout::{form_page, hidden_token};
use crate::pages::user_card::card;
use crate::pages::words::Words;

pub(crate) fn show(
    words: &Words,
    settings: &Settings,
    token: &str,
    redirect_uri: &str,
    failed: bool,
) -> Response {
    let cards: String = settings
        .users
        .iter()
        .map(|user| button(words, user))
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
         <p class=\"lead\">{to_continue}</p>\n{alert}\
         <form method=\"post\" action=\"/sign-in\">\n{hidden}\
         <h2 id=\"users\">{choose}</h2>\n\
         <ul class=\"users\" aria-labelledby=\"users\">\n{cards}</ul>\n</form>\n\
         <p class=\"or\"><span>{or}</span></p>\n\
         <form method=\"post\" action=\"/sign-in\">\n{hidden}\
         <label for=\"username\">{user_name}</label>\n\
         <input id=\"username\" name=\"username\" autocomplete=\"username\" autocapitalize=\"none\" \
         spellcheck=\"false\" required>\n\
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
        hidden = hidden_token(token),
        choose = words.choose,
        or = words.or,
        user_name = words.user_name,
        password = words.password,
        every_password = words.every_password.replace("{}", &every_password),
        cancel = words.cancel,
    );
    form_page(words, words.sign_in, &main, redirect_uri)
}

fn button(words: &Words, user: &DemoUser) -> String {
    format!(
        "<li><button class=\"user\" name=\"user\" value=\"{}\">{}</button></li>\n",
        escape(&user.id),
        card(words, user),
    )
}
