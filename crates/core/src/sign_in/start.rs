//! The start of a login: the browser is sent to the authorization server (RFC 6749,
//! section 4.1.1).
//!
//! Rule: a start that another site caused keeps a short return address, so that no site can fill the heads of
//! a browser's requests to this one. The login's own line comes before those that remove others.

use crate::core::Core;
use crate::core::Machine;
use crate::reply::event::Event;
use crate::reply::outcome::Reply;
use crate::request::head::Head;
use crate::request::return_to::ReturnTo;
use crate::sign_in::login_loop::Round;
use crate::sign_in::transaction::Transaction;
use crate::step::Step;
use crate::values::entropy::Entropy;
use crate::values::timestamp::Timestamp;

use crate::sign_in::challenge::Former;

/// The longest return address of a start that another site caused, in bytes: five of them leave room for a
/// login of the person's own.
const MAX_FOREIGN_LEN: usize = 256;

/// A login that waits for its entropy.
#[derive(Debug)]
pub(crate) struct Start {
    return_to: ReturnTo,
    /// Lines that remove logins that are too many, and a count that means nothing any more.
    surplus: Vec<String>,
    former: Former,
    /// Whether the person is to choose the account at the authorization server.
    chooses_account: bool,
}

impl Start {
    pub(crate) fn new<H: Head>(machine: &Machine, head: &H, return_to: ReturnTo) -> Self {
        let vault = &machine.vault;
        let return_to = if machine.sources.is_foreign(head) {
            return_to.at_most(MAX_FOREIGN_LEN, &machine.site)
        } else {
            return_to
        };
        let surplus = vault.surplus_transactions(head, &return_to, &machine.site);
        Self {
            return_to,
            surplus: surplus
                .iter()
                .map(|name| vault.cookies.remove(name))
                .collect(),
            former: Former::default(),
            chooses_account: false,
        }
    }

    /// This login, for a person who is to choose their account if they asked for that.
    pub(crate) fn choosing_account(self, chooses_account: bool) -> Self {
        Self {
            chooses_account,
            ..self
        }
    }

    /// This login, which ends a count of sign-ins.
    pub(crate) fn forgetting(mut self, machine: &Machine, round: Option<Round>) -> Self {
        let cookies = &machine.vault.cookies;
        let removal = round.map(|_| cookies.remove(cookies.round_name()));
        self.surplus.extend(removal);
        self
    }

    /// This login, for a request that came with such a session.
    pub(crate) fn after(self, former: Former) -> Self {
        Self { former, ..self }
    }
}

impl Core {
    pub(crate) fn start(&self, start: Start, now: Timestamp, entropy: Entropy) -> Step {
        let machine = &*self.0;
        let cut = start.return_to.is_cut.then_some(Event::ReturnAddressCut);
        let (transaction, salt) =
            Transaction::start(start.return_to, machine.provider_id, now, entropy);
        let state = transaction.state();
        let url = if start.chooses_account {
            &machine.account_url
        } else {
            &machine.authorize_url
        };
        let location = url.of(&state.text, &transaction.pkce);
        let cookie = machine.vault.set_transaction(&transaction, &state, salt);
        let reply = Reply::see_other(location)
            .header("referrer-policy", "no-referrer")
            .cookies([cookie])
            .cookies(start.surplus)
            .after(start.former)
            .event([Event::SignInStarted])
            .event(cut);
        Step::reply(reply)
    }
}
