//! The pages for errors that the application cannot be told (RFC 6749 section 4.1.2.1).

use axum::http::StatusCode;
use axum::response::Response;

use crate::pages::html::escape;
use crate::pages::layout::page;

/// The request is invalid, and no redirect is allowed.
pub(crate) fn bad_request(description: &str) -> Response {
    show(
        StatusCode::BAD_REQUEST,
        "This request is not valid",
        description,
        "Compare the application's settings with those on the <a href=\"/\">front page</a>.",
    )
}

/// The page was used, belongs to another session, or is unknown after a restart.
pub(crate) fn expired() -> Response {
    show(
        StatusCode::BAD_REQUEST,
        "This page has expired",
        "The page was already used, was made for another browser or before you signed out, or this \
         server was restarted.",
        "Go back to the application and sign in from there.",
    )
}

pub(crate) async fn not_found() -> Response {
    show(
        StatusCode::NOT_FOUND,
        "Page not found",
        "The development server has no page at this address.",
        "The <a href=\"/\">front page</a> describes this server.",
    )
}

fn show(status: StatusCode, title: &str, description: &str, advice: &'static str) -> Response {
    let main = format!(
        "<div class=\"card\">\n<h1>{}</h1>\n<p class=\"alert\">{}</p>\n<p>{advice}</p>\n</div>",
        escape(title),
        escape(description),
    );
    page(status, title, &main)
}
