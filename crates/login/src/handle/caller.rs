//! What is kept of a request that the login answers itself, or that waits.
//!
//! Rule: the application's function reads the client's address where a code may be redeemed or a hook is called, and
//! nowhere else.

use fncy_login_core::{Head, ReturnTo, User};

use crate::handle::client_address::{address_of, number_of};
use crate::handle::login::Login;
use crate::hooks::request_context::RequestContext;

/// The client of a request, the request as hooks see it, and the label of its session.
#[derive(Default)]
pub(crate) struct Caller {
    /// The client as a number, for the places at the provider.
    pub(crate) client: u64,
    /// `None` if no hook is called.
    pub(crate) request: Option<RequestContext>,
    /// Empty if the application keeps no session lists.
    label: String,
}

impl Caller {
    /// What is kept of a request that may redeem a code, or may refresh its session.
    pub(crate) fn of<H: Head>(
        login: &Login,
        head: &H,
        may_redeem: bool,
        may_refresh: bool,
    ) -> Self {
        let inner = &login.0;
        let calls_hook = inner.events.are_heard()
            || may_redeem && inner.on_login.is_some()
            || may_refresh && inner.refresher.0.on_refresh.is_some();
        let reads_address = may_redeem || calls_hook;
        let address = reads_address
            .then(|| address_of(inner.client_address.as_ref(), head))
            .flatten();
        Self {
            client: number_of(&inner.hasher, address),
            request: calls_hook.then(|| RequestContext::of(head, &inner.hook_headers, address)),
            label: match &inner.listing {
                Some(listing) => listing.label(head),
                None => String::new(),
            },
        }
    }

    /// Lists the session of this request, if the application keeps lists: it begins, is refreshed or is kept alive.
    pub(crate) fn list(self, login: &Login, user: &User) {
        if let Some(listing) = &login.0.listing {
            listing.put(user, self.label, login.0.clock.now());
        }
    }

    /// Adds the return address of a sign-in.
    pub(crate) fn returning_to(mut self, return_to: &ReturnTo) -> Self {
        self.request = self.request.map(|request| request.returning_to(return_to));
        self
    }
}

/// The request as hooks see it, if the application has a hook for events.
pub(crate) fn event_request<H: Head>(login: &Login, head: &H) -> Option<RequestContext> {
    Caller::of(login, head, false, false).request
}
