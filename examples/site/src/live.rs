//! The page of the two examples whose connections outlive their request, and its scripts: one for a
//! WebSocket, one for an event stream.
//!
//! Rule: what the server sends is shown as text, never as markup.

use fncy_login::{LiveSession, User};

use crate::pages::{Escaped, display_name, page_with_script};

/// Shows what a WebSocket at `/ticks` says, and why it was closed.
pub const WEBSOCKET: &str = include_str!("websocket.js");
/// Shows what an event stream at `/ticks` says, and why it ended.
pub const EVENT_STREAM: &str = include_str!("event_stream.js");

/// The page that listens.
#[must_use]
pub fn page(user: &User) -> String {
    let main = format!(
        "<h1>Connected</h1>\n\
         <p class=\"lead\">The server counts what is left of your session, {}. Sign out in another tab, and \
         look here.</p>\n\
         <section class=\"card\">\n<h2>What the server says</h2>\n\
         <p><output id=\"said\" aria-live=\"off\">Connecting…</output></p>\n</section>\n\
         <p id=\"end\" role=\"alert\" hidden></p>\n\
         <p><a class=\"button\" id=\"again\" href=\"/\" hidden>Sign in again</a></p>",
        Escaped(display_name(user))
    );
    page_with_script("Live", user, &main, "/live.js")
}

/// What the server says each second.
#[must_use]
pub fn tick(session: &LiveSession) -> String {
    let (user, left) = (session.user(), session.time_left().as_secs());
    format!(
        "Hello, {}. Your session has {left} seconds left.",
        display_name(&user)
    )
}
