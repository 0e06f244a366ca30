//! The start of a sign-in: the browser is sent to the authorization server (RFC 6749, section 4.1.1).
//!
//! Rules:
//! - A sign-in that another site caused has a short return address, so that no site can fill a browser's request heads.
//! - The transaction's `Set-Cookie` comes before the lines that remove others.
//! - A script that asks for a sign-in can't be redirected, so the reply tells it the address.

use crate::machine::machine::Machine;
use crate::machine::responder::Responder;
use crate::provider::authorize::AuthorizeUrl;
use crate::provider::sign_in_options::SignInOptions;
use crate::refusal::parts::{page_about, problem_at};
use crate::refusal::refuse::failure;
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::reply::page::WayOn;
use crate::reply::reply::{Ending, Reply};
use crate::reply::words::label::Label;
use crate::request::classify::Kind;
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::session::refusal::SessionRefusal;
use crate::session::revoked_session::RevokedSession;
use crate::session::user::User;
use crate::sign_in::demands::Demands;
use crate::sign_in::transaction::{self, Transaction};
use crate::values::entropy::Entropy;
use crate::values::error_code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// The longest return address of a sign-in that another site caused, in bytes. With five of them, there is room for the
/// person's own sign-in.
const MAX_FOREIGN_LEN: usize = 256;

/// A sign-in that waits for its entropy.
#[derive(Debug)]
#[must_use]
pub struct StartSignIn {
    responder: Responder,
    return_to: ReturnTo,
    /// Lines that remove surplus transactions and perhaps the loop count, and lines of a refreshed session.
    surplus: Vec<String>,
    former: FormerSession,
    demands: Demands,
    /// The authorize URL, if it is not that of all sign-ins.
    url: Option<AuthorizeUrl>,
    /// The kind of the request, which decides how the address is told.
    kind: Kind,
}

/// The former session of a request without a user, with the changes that the reply makes to it.
#[derive(Debug, Default)]
pub(crate) struct FormerSession {
    /// Lines that remove its cookies.
    pub(crate) removals: Vec<String>,
    /// The session, if it ends with the reply.
    pub(crate) ends: Option<RevokedSession>,
    /// The reason for which it was not believed.
    pub(crate) refusal: Option<SessionRefusal>,
}

impl FormerSession {
    /// Adds the end of this session to a reply.
    pub(crate) fn end_with(self, draft: Draft) -> Draft {
        draft
            .cookies(self.removals)
            .ending(self.ends.map(|session| Ending {
                session: Some(session),
                revoke: None,
            }))
            .event(self.refusal.map(Event::SessionRefused))
    }
}

impl StartSignIn {
    pub(crate) fn new<H: Head>(responder: Responder, head: &H, return_to: ReturnTo) -> Self {
        Self::with_demands(responder, head, return_to, Demands::default(), None)
    }

    /// A sign-in with options. `user` is signed in.
    pub(crate) fn with_options<H: Head>(
        responder: Responder,
        head: &H,
        return_to: ReturnTo,
        options: &SignInOptions,
        user: Option<&User>,
    ) -> Self {
        let provider = &responder.provider;
        let (setting, is_foreign) = (
            provider.scope.as_deref(),
            responder.sources.is_foreign(head),
        );
        let demands = Demands::of(options, user, setting, is_foreign);
        let scopes = &demands.scopes;
        let scopes = provider.dialect.scope_separator.join(scopes);
        let scopes = Some(("scope", scopes.into())).filter(|_| !demands.scopes.is_empty());
        let params = options.pairs().chain(scopes);
        let url = responder.authorize_url.with(params);
        Self::with_demands(responder, head, return_to, demands, Some(url))
    }

    fn with_demands<H: Head>(
        responder: Responder,
        head: &H,
        return_to: ReturnTo,
        demands: Demands,
        url: Option<AuthorizeUrl>,
    ) -> Self {
        let return_to = if responder.sources.is_foreign(head) {
            return_to.at_most(MAX_FOREIGN_LEN, &responder.site)
        } else {
            return_to
        };
        let vault = &responder.vault;
        let surplus = transaction::surplus(vault, head, &return_to, &demands, &responder.site);
        let surplus = surplus.iter().map(|name| vault.cookies.remove(name));
        Self {
            surplus: surplus.collect(),
            return_to,
            former: FormerSession::default(),
            demands,
            url,
            kind: Kind::Navigation,
            responder,
        }
    }

    /// This sign-in, in which the person chooses an account.
    pub(crate) fn choosing_account(self) -> Self {
        let prompt = self.responder.provider.account_prompt;
        let prompt = prompt.map(|prompt| ("prompt", prompt.into()));
        let url = self.authorize_url().with(prompt);
        Self {
            url: Some(url),
            ..self
        }
    }

    /// This sign-in, whose address is told in the form that fits a request of this kind.
    pub(crate) fn told_to(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    fn authorize_url(&self) -> &AuthorizeUrl {
        let own = self.url.as_ref();
        own.unwrap_or(&self.responder.authorize_url)
    }

    /// This sign-in, which also removes the loop count.
    pub(crate) fn forgetting_loop(mut self) -> Self {
        let cookies = &self.responder.vault.cookies;
        self.surplus.push(cookies.remove(cookies.loop_name()));
        self
    }

    /// This sign-in, which also brings the cookies of a refreshed session.
    pub(crate) fn bringing(mut self, cookies: Vec<String>) -> Self {
        self.surplus.extend(cookies);
        self
    }

    /// This sign-in, which also ends a former session. If this instance finds that session too early, the sign-in
    /// counts for a sign-in loop. Another instance accepts the session, and would take it for one that sticks.
    pub(crate) fn after(mut self, former: FormerSession) -> Self {
        self.demands.is_counted = former.refusal == Some(SessionRefusal::Early);
        Self { former, ..self }
    }

    /// The address that the sign-in returns to.
    #[must_use]
    pub fn return_to(&self) -> &ReturnTo {
        &self.return_to
    }

    /// Sends the browser to the authorization server. Without entropy, the reply is a page with status 500.
    #[must_use]
    pub fn redirect(self, now: Timestamp, entropy: Option<Entropy>) -> Box<Reply> {
        let machine = &self.responder;
        let Some(entropy) = entropy else {
            let detail =
                "the sign-in could not start: the operating system returned no random bytes";
            return machine.write(failure(machine, ErrorCode::Internal, detail));
        };
        let cut = self.return_to.is_cut.then_some(Event::ReturnAddressCut);
        let (provider, return_to) = (machine.provider_id, self.return_to.clone());
        let (transaction, salt) =
            Transaction::start(return_to, self.demands.clone(), provider, now, entropy);
        let state = transaction.state();
        let location = self.authorize_url().of(&state.text, &transaction.pkce);
        let cookie = transaction::set(&machine.vault, &transaction, &state, salt);
        let draft = lead(machine, self.kind, location)
            .cookies([cookie])
            .cookies(self.surplus);
        let draft = self.former.end_with(draft);
        machine.write(draft.event([Event::SignInStarted]).event(cut))
    }
}

/// The reply that leads to an address at the provider.
fn lead(machine: &Machine, kind: Kind, location: String) -> Draft {
    let code = ErrorCode::SignInRequired;
    match kind {
        Kind::Navigation | Kind::FormPost => {
            Draft::see_other(location).header("referrer-policy", "no-referrer")
        }
        Kind::Frame => {
            let page = page_about(machine, code).framed(true);
            Draft::page(page.action(WayOn::Go(location), Label::SignIn))
        }
        Kind::Htmx => problem_at(code, location.clone()).header("hx-redirect", location),
        Kind::Inertia => Draft::new(409).header("x-inertia-location", location),
        Kind::Other => problem_at(code, location),
    }
}
