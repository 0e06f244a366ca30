//! Pages for what cannot be told to the application (RFC 6749 section 4.1.2.1).

use axum::http::StatusCode;
use axum::response::Response;

use super::html::escape;
use super::layout::page;

/// The request is not one that may be answered by redirect.
pub(crate) fn bad_request(description: &str) -> Response {
    show(
        StatusCode::BAD_REQUEST,
        "This request cannot be answered",
        description,
        "It comes from the application's settings rather than from you: compare them with those on \
         the <a href=\"/\">front page</a>.",
    )
}

/// A page was used already, or is another browser's where nobody is signed in, or is from before a
/// restart.
pub(crate) fn expired() -> Response {
    show(
        StatusCode::BAD_REQUEST,
        "This page is no longer good",
        "It has been used already, or was made for another browser or before you signed out, or this \
         server has been restarted since.",
        "Go back to the application and sign in from there.",
    )
}

pub(crate) async fn not_found() -> Response {
    show(
        StatusCode::NOT_FOUND,
        "There is nothing here",
        "No page of the development server has this address.",
        "The <a href=\"/\">front page</a> lists what there is.",
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
