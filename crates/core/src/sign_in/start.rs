//! The start of a sign-in: the browser is sent to the authorization server (RFC 6749, section 4.1.1).
//!
//! Rules:
//! - A sign-in that another site caused has a short return address, so that no site can fill a browser's request heads.
//! - The transaction's `Set-Cookie` comes before the lines that remove others.

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

/// The longest return address of a sign-in that another site caused, in bytes. With five of them, there is room for the
/// person's own sign-in.
const MAX_FOREIGN_LEN: usize = 256;

/// A sign-in that waits for its entropy.
#[derive(Debug)]
#[must_use]
pub struct StartSignIn {
    responder: Responder,
    return_to: ReturnTo,
    /// Lines that remove surplus transactions, and perhaps the loop count.
    surplus: Vec<String>,
    former: FormerSession,
    /// Whether the person asked to choose the account.
    chooses_account: bool,
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

    /// This sign-in, with or without a choice of the account.
    pub(crate) fn choosing_account(self, chooses_account: bool) -> Self {
        Self {
            chooses_account,
            ..self
        }
    }

    /// This sign-in, which also removes the loop count.
    pub(crate) fn forgetting_loop(mut self) -> Self {
        let cookies = &self.responder.vault.cookies;
        self.surplus.push(cookies.remove(cookies.loop_name()));
        self
    }

    /// This sign-in, which also ends a former session.
    pub(crate) fn after(self, former: FormerSession) -> Self {
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
