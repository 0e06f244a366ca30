//! The coverage: whether our endpoints can be reached where the login was put.
//!
//! Rules:
//! - A request shows only its own placement. If one request is not enough, the second request of the same browser is.
//! - The coverage changes no reply.

use crate::cookies::scan;
use crate::machine::machine::Machine;
use crate::request::head::Head;
use crate::request::placement::Placement;

/// Whether requests for our endpoints reach the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// They do: the request is one for an endpoint, or it reached the login without a route.
    Whole,
    /// They can't: the redirect URI is outside the part of the application that the login is around.
    Outside,
    /// They don't, unless the nested router has a fallback of its own.
    Nested,
    /// This request doesn't show it.
    Unknown {
        /// Whether this browser has a sign-in under way.
        has_transaction: bool,
    },
}

/// The coverage, as far as this request shows it.
pub(crate) fn coverage<H: Head>(machine: &Machine, head: &H) -> Coverage {
    let site = &machine.site;
    let Placement { mount, is_in_route } = head.placement();
    if !mount.is_empty() && !site.has_callback_below(mount) {
        Coverage::Outside
    } else if !is_in_route || site.endpoint_of(head).is_some() {
        Coverage::Whole
    } else if !mount.is_empty() {
        Coverage::Nested
    } else {
        let is_transaction = |name| machine.vault.cookies.is_transaction(name);
        Coverage::Unknown {
            has_transaction: scan::names(head).any(is_transaction),
        }
    }
}
