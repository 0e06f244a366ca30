//! The sign-out: `{prefix}/logout`.
//!
//! Rules: only a POST of our own origin changes anything; every cookie of ours goes, with the
//! attributes that it came with; every session that opens is ended, and its tokens are revoked (RFC 7009),
//! which the answer doesn't wait for; what may be a copy from before a refresh ends no newer session, and
//! revokes nothing; the last page is public and starts no login; no redirect leads to another origin, since
//! a page's `form-action` may stop it.

use form_urlencoded::byte_serialize;

use crate::core::Core;
use crate::reply::event::Event;
use crate::reply::outcome::{Ending, Reply};
use crate::reply::page::{Page, WayOn};
use crate::reply::words::{Label, PageSubject};
use crate::request::classify::{Kind, classify};
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::request::site::Endpoint;
use crate::session::open::Moment;
use crate::session::user::RevokedSession;
use crate::step::Step;

impl Core {
    pub(crate) fn sign_out_endpoint<H: Head>(&self, head: &H, moment: Moment<'_>) -> Step {
        let sources = &self.0.sources;
        match head.method() {
            "GET" | "HEAD" => {
                if sources.is_foreign(head) && classify(head) != Kind::Navigation {
                    return self.cross_site(head);
                }
                Step::reply(self.sign_out_page(head, moment))
            }
            "POST" if sources.vouch_for(head) => self.sign_out(head, moment),
            "POST" => self.cross_site(head),
            _ => self.method_not_allowed("GET, HEAD, POST"),
        }
    }

    fn sign_out_page<H: Head>(&self, head: &H, moment: Moment<'_>) -> Reply {
        let machine = &*self.0;
        let root = ReturnTo::root(&machine.site);
        let is_signed_in = !machine.vault.sessions(head, moment).is_empty();
        Reply::page(if is_signed_in {
            Page::new(PageSubject::SignOut)
                .action(WayOn::Post(self.sign_out_path(head)), Label::SignOut)
                .aside(root.as_str(), Label::Stay)
        } else {
            Page::new(PageSubject::SignedOut)
                .action(WayOn::Go(self.login_url(&root)), Label::SignIn)
                .aside(root.as_str(), Label::Back)
        })
    }

    /// Where the button leads: with the address that was asked for.
    fn sign_out_path<H: Head>(&self, head: &H) -> String {
        let path = self.0.site.path_of(Endpoint::Logout);
        match self.farewell_asked_for(head) {
            Some(address) => {
                let address: String = byte_serialize(address.as_str().as_bytes()).collect();
                format!("{path}?return_to={address}")
            }
            None => path,
        }
    }

    /// Where a sign-out ends: on our page, or where `return_to` says, if nobody has to sign in for
    /// that.
    fn farewell<H: Head>(&self, head: &H) -> String {
        self.farewell_asked_for(head).map_or_else(
            || self.0.site.path_of(Endpoint::Logout),
            |address| address.as_str().to_owned(),
        )
    }

    fn farewell_asked_for<H: Head>(&self, head: &H) -> Option<ReturnTo> {
        let asked = self.asked_return_address(head.query())?;
        let path = asked.as_str().split(['?', '#']).next().unwrap_or_default();
        self.0.paths.is_public(path).then_some(asked)
    }

    fn sign_out<H: Head>(&self, head: &H, moment: Moment<'_>) -> Step {
        let machine = &*self.0;
        let vault = &machine.vault;
        let reply = match &machine.provider.sign_out_url {
            // A browser holds redirects against the `form-action` of the page that has the form, and that is
            // the application's own.
            Some(url) => {
                let page = Page::new(PageSubject::SigningOut);
                Reply::page(page.going_on(url.as_str(), Label::Continue))
            }
            None => Reply::see_other(self.farewell(head)),
        };
        let reply = if machine.clears_cache {
            reply.header("clear-site-data", "\"cache\"")
        } else {
            reply
        };
        // Asked for apart, so that any number of logins leaves room for the session's.
        let mut names = vault.session_names(head);
        names.extend(vault.names(head, |name| vault.cookies.is_login(name)));
        for name in [vault.cookies.session_name(), vault.cookies.round_name()] {
            if !names.iter().any(|present| present == name) {
                names.push(name.to_owned());
            }
        }
        let reply = reply.cookies(names.iter().map(|name| vault.cookies.remove(name)));
        let users = vault.sessions(head, moment);
        let signed_out = (!users.is_empty()).then_some(Event::SignedOut);
        let endings = users.into_iter().map(|user| {
            let ended = RevokedSession::asked_by(&user, moment.now);
            let tokens = vault.tokens(head, &user).filter(|_| !ended.spares_newer);
            Ending {
                session: Some(ended),
                revoke: tokens.and_then(|tokens| self.revocation_of(tokens)),
            }
        });
        Step::reply(reply.ending(endings).event(signed_out))
    }
}
