//! A demo user with initial, name and email address.

use crate::config::demo_user::DemoUser;
use crate::pages::html::escape;
use crate::pages::words::Words;

/// Renders a user as phrasing content, which HTML allows inside a button.
pub(super) fn card(words: &Words, user: &DemoUser) -> String {
    let initial: String = user.name.chars().take(1).collect();
    let address = user
        .email
        .as_deref()
        .map_or_else(|| format!("<em>{}</em>", words.no_email), escape);
    format!(
        "<span class=\"avatar\" aria-hidden=\"true\">{}</span>\
         <span class=\"who\"><span class=\"name\" lang=\"{}\">{}</span>\
         <span class=\"detail\">{address}</span></span>",
        escape(&initial),
        escape(&user.locale),
        escape(&user.name),
    )
}
