//! Return addresses of a request: the page that it asks for, and the page that it comes from.

use crate::request::head::{Head, text};
use crate::request::return_to::ReturnTo;
use crate::request::site::Site;

/// The page that a request asks for.
pub(crate) fn address_of<H: Head>(site: &Site, head: &H) -> ReturnTo {
    let path = site.browser_path(head.path());
    match head.query() {
        Some(query) => ReturnTo::parse(&[&path, "?", query].concat(), site),
        None => ReturnTo::parse(&path, site),
    }
}

/// The page of the script, form or frame that sent the request.
pub(crate) fn page_of<H: Head>(site: &Site, head: &H) -> ReturnTo {
    let page = ["hx-current-url", "referer"]
        .into_iter()
        .find_map(|name| ReturnTo::parse_url(text(head, name)?, site));
    page.unwrap_or_else(|| ReturnTo::root(site))
}

/// The address in a query's `return_to`.
pub(crate) fn asked_address<H: Head>(site: &Site, head: &H) -> Option<ReturnTo> {
    ReturnTo::asked_for(head.query()?, site)
}
