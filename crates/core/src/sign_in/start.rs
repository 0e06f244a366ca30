//! The start of a sign-in: the browser is sent to the authorization server (RFC 6749, section 4.1.1).
//!
//! Rules: a start that another site caused keeps a short return address, so that no site can fill the heads of a
//! browser's requests to this one; the transaction's own line comes before those that remove others.

use crate::machine::responder::Responder;
use crate::refusal::refuse::failure;
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::reply::reply::{Ending, Reply};
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::session::refusal::SessionRefusal;
use crate::session::revoked_session::RevokedSession;
use crate::sign_in::transaction::{self, Transaction};
use crate::values::entropy::Entropy;
use crate::values::error_code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// The longest return address of a start that another site caused, in bytes: five of them leave room for a sign-in of
/// the person's own.
const MAX_FOREIGN_LEN: usize = 256;

/// A sign-in that waits for its entropy.
#[derive(Debug)]
#[must_use]
pub struct StartSignIn {
    responder: Responder,
    return_to: ReturnTo,
    /// Lines that remove surplus transactions, and a count of sign-ins that means nothing any more.
    surplus: Vec<String>,
    former: FormerSession,
    /// Whether the person chooses the account at the authorization server.
    chooses_account: bool,
}

/// What becomes of the session that a request without a user came with.
#[derive(Debug, Default)]
pub(crate) struct FormerSession {
    /// Lines that remove its cookies.
    pub(crate) removals: Vec<String>,
    /// The session, if it ends with the reply.
    pub(crate) ends: Option<RevokedSession>,
    /// Why it was not believed.
    pub(crate) refusal: Option<SessionRefusal>,
}

impl FormerSession {
    /// A reply to a request that came with this session.
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
        let return_to = if responder.sources.is_foreign(head) {
            return_to.at_most(MAX_FOREIGN_LEN, &responder.site)
        } else {
            return_to
        };
        let vault = &responder.vault;
        let surplus = transaction::surplus(vault, head, &return_to, &responder.site);
        let surplus = surplus.iter().map(|name| vault.cookies.remove(name));
        Self {
            surplus: surplus.collect(),
            return_to,
            former: FormerSession::default(),
            chooses_account: false,
            responder,
        }
    }

    /// This sign-in, for a person who may have asked to choose the account.
    pub(crate) fn choosing_account(self, chooses_account: bool) -> Self {
        Self {
            chooses_account,
            ..self
        }
    }

    /// This sign-in, which ends the browser's count of sign-ins.
    pub(crate) fn forgetting_loop(mut self) -> Self {
        let cookies = &self.responder.vault.cookies;
        self.surplus.push(cookies.remove(cookies.loop_name()));
        self
    }

    /// This sign-in, for a request that came with such a session.
    pub(crate) fn after(self, former: FormerSession) -> Self {
        Self { former, ..self }
    }

    /// Sends the browser to the authorization server. Without entropy the reply is a page that says so (500).
    #[must_use]
    pub fn redirect(self, now: Timestamp, entropy: Option<Entropy>) -> Box<Reply> {
        let machine = &self.responder;
        let Some(entropy) = entropy else {
            let detail = "a sign-in could not start: the operating system gives no entropy";
            return machine.write(failure(machine, ErrorCode::Internal, detail));
        };
        let cut = self.return_to.is_cut.then_some(Event::ReturnAddressCut);
        let (transaction, salt) =
            Transaction::start(self.return_to, machine.provider_id, now, entropy);
        let state = transaction.state();
        let url = if self.chooses_account {
            &machine.account_url
        } else {
            &machine.authorize_url
        };
        let location = url.of(&state.text, &transaction.pkce);
        let cookie = transaction::set(&machine.vault, &transaction, &state, salt);
        let draft = Draft::see_other(location)
            .header("referrer-policy", "no-referrer")
            .cookies([cookie])
            .cookies(self.surplus);
        let draft = self.former.end_with(draft);
        machine.write(draft.event([Event::SignInStarted]).event(cut))
    }
}
