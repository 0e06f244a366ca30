//! The sign-in page.

use axum::response::Response;

use super::html::escape;
use super::layout::form_page;
use super::user_card::card;
use crate::authorize::AuthorizeRequest;
use crate::demo_user::{DEMO_PASSWORD, DemoUser};
use crate::settings::Settings;

pub(crate) fn show(
    settings: &Settings,
    token: &str,
    request: &AuthorizeRequest,
    failed: bool,
) -> Response {
    let cards: String = settings.users.iter().map(button).collect();
    let alert = if failed {
        "<p class=\"alert\" role=\"alert\">That user name or password is wrong. Nothing was sent to \
         the application; please try again.</p>"
    } else {
        ""
    };
    let main = format!(
        "<div class=\"card\">\n<h1>Sign in</h1>\n\
         <p class=\"lead\">to continue to <strong>{client}</strong></p>\n{alert}\
         <form method=\"post\" action=\"/sign-in\">\n{hidden}\
         <h2 id=\"users\">Choose a demo user</h2>\n\
         <ul class=\"users\" aria-labelledby=\"users\">\n{cards}</ul>\n</form>\n\
         <p class=\"or\"><span>or</span></p>\n\
         <form method=\"post\" action=\"/sign-in\">\n{hidden}\
         <label for=\"username\">User name</label>\n\
         <input id=\"username\" name=\"username\" autocomplete=\"username\" autocapitalize=\"none\" \
         spellcheck=\"false\" required>\n\
         <label for=\"password\">Password</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\" \
         autocomplete=\"current-password\" aria-describedby=\"hint\" required>\n\
         <p class=\"hint\" id=\"hint\">Every demo user's password is <code>{password}</code>.</p>\n\
         <button class=\"primary wide\">Sign in</button>\n</form>\n\
         <form method=\"post\" action=\"/sign-in\">\n{hidden}\
         <button class=\"quiet wide\" name=\"decision\" value=\"cancel\">Cancel</button>\n</form>\n\
         </div>",
        client = escape(&settings.client_id),
        hidden = hidden(token),
        password = escape(DEMO_PASSWORD),
    );
    form_page("Sign in", &main, &request.redirect_uri)
}

pub(super) fn hidden(token: &str) -> String {
    format!(
        "<input type=\"hidden\" name=\"token\" value=\"{}\">\n",
        escape(token)
    )
}

fn button(user: &DemoUser) -> String {
    format!(
        "<li><button class=\"user\" name=\"user\" value=\"{}\">{}</button></li>\n",
        escape(&user.id),
        card(user),
    )
}
