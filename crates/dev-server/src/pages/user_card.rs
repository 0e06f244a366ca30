//! A demo user with initial, name and email address.

use crate::config::demo_user::DemoUser;
use crate::pages::html::escape;

/// Renders a user as phrasing content, which HTML allows inside a button. The ID is shown in place of
/// a missing name or email address.
pub(super) fn card(user: &DemoUser) -> String {
    let initial: String = user.name().chars().take(1).collect();
    let detail = user.text("email").unwrap_or(&user.id);
    let detail = if detail == user.name() { "" } else { detail };
    format!(
        "<span class=\"avatar\" aria-hidden=\"true\">{}</span>\
         <span class=\"who\"><span class=\"name\"{}>{}</span>\
         <span class=\"detail\">{}</span></span>",
        escape(&initial),
        lang(user),
        escape(user.name()),
        escape(detail),
    )
}

/// The `lang` attribute of the user's name, if the user data has a language.
pub(super) fn lang(user: &DemoUser) -> String {
    let locale = user.text("locale");
    locale.map_or_else(String::new, |tag| format!(" lang=\"{}\"", escape(tag)))
}
