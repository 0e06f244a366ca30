//! The start of a login: the browser is sent to the authorization server (RFC 6749,
//! section 4.1.1).

use crate::core::Machine;
use crate::outcome::Reply;
use crate::return_to::ReturnTo;
use crate::step::Step;
use crate::transaction::Transaction;
use crate::{Core, Entropy, Head, SessionRef, Timestamp};

/// A login that waits for its entropy.
#[derive(Debug)]
pub(crate) struct Start {
    return_to: ReturnTo,
    /// Lines that remove a dead session and logins that are too many.
    removals: Vec<String>,
    /// A session that is over.
    ends: Option<SessionRef>,
}

impl Start {
    pub(super) fn new<H: Head>(machine: &Machine, head: &H, return_to: ReturnTo) -> Self {
        let vault = &machine.vault;
        let surplus = vault.surplus_transactions(head, &machine.site);
        Self {
            return_to,
            removals: surplus
                .iter()
                .map(|name| vault.cookies.remove(name))
                .collect(),
            ends: None,
        }
    }

    /// This login, after a session whose cookies these lines remove.
    pub(super) fn after(mut self, removals: Vec<String>, ends: Option<SessionRef>) -> Self {
        self.removals.extend(removals);
        Self { ends, ..self }
    }
}

impl Core {
    pub(super) fn start(&self, start: Start, now: Timestamp, entropy: Entropy) -> Step {
        let machine = &*self.0;
        let (transaction, salt) =
            Transaction::start(start.return_to, machine.provider_id, now, entropy);
        let state = transaction.state();
        let location = machine.authorize_url.of(&state.text, &transaction.pkce);
        let cookie = machine.vault.set_transaction(&transaction, &state, salt);
        let reply = Reply::see_other(location)
            .header("referrer-policy", "no-referrer")
            .cookies(start.removals)
            .cookies([cookie])
            .ends(start.ends);
        Step::reply(reply)
    }
}
