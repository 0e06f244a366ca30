//! Where a framework's router has put the login, and whether our endpoints can be reached there.
//!
//! Rules: a request shows its own placement and no other; what one request can't prove is told by the second
//! request of the same browser; nothing here changes an answer.

use crate::cookies::scan;
use crate::core::Core;
use crate::request::head::Head;

/// Where the login is in an application, as far as one request shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placement<'a> {
    /// The path that the part of the application is mounted at which the login is around, such as `/sub`.
    /// Empty where the login is around all of it, and where the path has parameters.
    pub mount: &'a str,
    /// Whether the router had found a route of the application before it called the login. The login may be
    /// around routes alone then, and its endpoints are no routes.
    pub is_in_route: bool,
}

/// Whether requests for our endpoints reach the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Coverage {
    /// They do: this is one of them, or no route was needed for it.
    Whole,
    /// They can't: the redirect URI is outside of the part that the login is around.
    Outside,
    /// They don't, unless the nested router has a fallback of its own.
    Nested,
    /// The request doesn't show it.
    Unknown {
        /// Whether this browser has a login under way.
        has_login: bool,
    },
}

impl Core {
    /// Whether requests for our endpoints reach the login, as far as this one shows it.
    #[must_use]
    pub fn coverage<H: Head>(&self, head: &H) -> Coverage {
        let machine = &*self.at_host_of(head).0;
        let site = &machine.site;
        let Placement { mount, is_in_route } = head.placement();
        if !mount.is_empty() && !site.has_callback_below(mount) {
            Coverage::Outside
        } else if !is_in_route || site.endpoint(&site.browser_path(head.path())).is_some() {
            Coverage::Whole
        } else if !mount.is_empty() {
            Coverage::Nested
        } else {
            let is_login = |name| machine.vault.cookies.is_login(name);
            Coverage::Unknown {
                has_login: scan::names(head).any(is_login),
            }
        }
    }
}
