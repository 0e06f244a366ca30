//! The interface of the core to the driver.

use std::sync::Arc;
use std::{fmt, iter};

use crate::bearer::machine::BearerMachine;
use crate::cookies::scan;
use crate::endpoints::sign_in::may_keep_session;
use crate::gate::begin::{Begin, begin, may_pass};
use crate::gate::coverage::{Coverage, coverage};
use crate::handling::Handling;
use crate::machine::host::machine_of;
use crate::machine::machine::Machine;
use crate::machine::settings::Settings;
use crate::refresh::machine::RefreshMachine;
use crate::request::endpoint::Endpoint;
use crate::request::head::Head;
use crate::request::site::Site;
use crate::seal::key::TokenDigest;
use crate::seal::key_ring::KeyRing;
use crate::session::found::{Found, Opened};
use crate::session::open::open;
use crate::session::user::User;
use crate::session_list::SessionList;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// The core of one login. Cloning is cheap.
#[derive(Clone)]
pub struct Core(Arc<Machine>);

/// A secret that takes the place of a former one.
#[derive(Clone, Copy)]
pub enum NewSecret<'a> {
    /// The secrets that seal and open cookies. A cookie under a secret that is no longer among them is foreign.
    Cookies(&'a KeyRing),
    /// The client secret, the key of the hashes that stand for tokens.
    Client(&'a Secret),
}

impl Core {
    /// Makes a core, with its keys and everything else that is the same for all requests.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(Machine::new(settings)))
    }

    /// The first site of the application, which says where the application is.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.0.site
    }

    /// All sites of the application. The first one is [`Core::site`].
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        machines(&self.0).map(|machine| &machine.site)
    }

    /// Replaces a secret, for all requests from now on.
    pub fn replace_secret(&self, secret: NewSecret<'_>) {
        for machine in machines(&self.0) {
            match secret {
                NewSecret::Cookies(keys) => machine.vault.replace_keys(keys),
                NewSecret::Client(secret) => {
                    machine.token_digest.replace(TokenDigest::new(secret));
                }
            }
        }
    }

    /// The id of the secret that seals cookies, in hexadecimal digits. Each cookie has it, so it is no secret.
    #[must_use]
    pub fn cookie_key(&self) -> String {
        let id = self.0.vault.keys().sealing_id();
        id.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The machine that refreshes sessions.
    #[must_use]
    pub fn refresh_machine(&self) -> RefreshMachine {
        RefreshMachine::new(&self.0)
    }

    /// The machine of bearer tokens.
    #[must_use]
    pub fn bearer_machine(&self) -> BearerMachine {
        BearerMachine::new(&self.0)
    }

    /// The entries of users' session lists.
    #[must_use]
    pub fn session_list(&self) -> SessionList {
        SessionList::new(&self.0)
    }

    /// Opens the sessions in a request's cookies. This is the first step of each request.
    pub fn open<H: Head>(&self, head: &H, now: Timestamp) -> Opened {
        open(&machine_of(&self.0, head).vault, head, now)
    }

    /// Decides over a request, or asks one question.
    pub fn begin<H: Head>(&self, head: &H, found: Found, now: Timestamp) -> Begin {
        begin(machine_of(&self.0, head), head, found, now)
    }

    /// The endpoint that a request is for, if it is for one of ours.
    #[must_use]
    pub fn endpoint<H: Head>(&self, head: &H) -> Option<Endpoint> {
        machine_of(&self.0, head).site.endpoint_of(head)
    }

    /// Whether a request starts a sign-in that depends on no session.
    #[must_use]
    pub fn is_plain_sign_in<H: Head>(&self, head: &H) -> bool {
        self.endpoint(head) == Some(Endpoint::Login) && !may_keep_session(head)
    }

    /// What a handler or a guard asks about its own request.
    pub fn handling<'a, H: Head>(&self, head: &'a H) -> Handling<'a, H> {
        Handling::new(machine_of(&self.0, head), head)
    }

    /// Whether a request that was admitted for this user may still pass. Its path or method may have been rewritten
    /// since.
    #[must_use]
    pub fn may_pass<H: Head>(&self, head: &H, user: Option<&User>, now: Timestamp) -> bool {
        may_pass(machine_of(&self.0, head), head, user, now)
    }

    /// A line of a `Cookie` header without the cookies of this login, for a request that is passed on to another
    /// server. `None` if no other cookie is in the line.
    #[must_use]
    pub fn without_own_cookies(&self, line: &[u8]) -> Option<Vec<u8>> {
        let is_own = |name| {
            let mut machines = machines(&self.0);
            machines.any(|machine| machine.vault.cookies.is_own(name))
        };
        let others: Vec<_> = line
            .split(|byte| *byte == b';')
            .map(<[u8]>::trim_ascii)
            .filter(|pair| !pair.is_empty() && !is_own(scan::name(pair)))
            .collect();
        (!others.is_empty()).then(|| others.join(&b"; "[..]))
    }

    /// Whether requests for our endpoints reach the login, as far as this request shows it.
    #[must_use]
    pub fn coverage<H: Head>(&self, head: &H) -> Coverage {
        coverage(machine_of(&self.0, head), head)
    }
}

/// The machines of all sites, the first one first.
fn machines(first: &Arc<Machine>) -> impl Iterator<Item = &Arc<Machine>> {
    iter::once(first).chain(&first.others)
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("origin", &self.0.site.origin())
            .finish_non_exhaustive()
    }
}
