//! A demo user as a line with a picture: the same on every page.

use super::html::escape;
use super::words::Words;
use crate::demo_user::DemoUser;

/// Phrasing content only, so that it may stand inside a button.
pub(super) fn card(words: &Words, user: &DemoUser) -> String {
    let initial = user
        .name
        .chars()
        .next()
        .map(String::from)
        .unwrap_or_default();
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
