//! `Login`: the handle that an application holds, and that adapters ask.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use fncy_login_core::{Core, Head, Moment, Outcome, Reply, SessionRef, Site, Tokens, User};

use crate::admitted::Admitted;
use crate::approval::Hook;
use crate::client_tokens::ClientTokens;
use crate::drive::Settled;
use crate::ended::Ended;
use crate::env::Clock;
use crate::provider_client::ProviderClient;
use crate::redemptions::Redemptions;
use crate::renewals::Renewals;
use crate::{Builder, ConfigError, Visit, report};

/// Login with FNCY for one application. Cloning is cheap, and clones are the same login: build one
/// at start and share it between all workers.
#[derive(Clone)]
pub struct Login(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) core: Core,
    pub(crate) provider: ProviderClient,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) redemptions: Redemptions,
    pub(crate) renewals: Renewals,
    pub(crate) client_tokens: ClientTokens,
    pub(crate) on_login: Option<Hook>,
    ended: Ended,
}

/// What becomes of a request.
#[must_use]
pub enum Decision {
    /// This login has seen the request already: it goes on untouched.
    Pass,
    /// It is decided.
    Now(Verdict),
    /// The provider must be asked first.
    Later(Pin<Box<dyn Future<Output = Verdict> + Send>>),
}

/// What was decided.
#[derive(Debug)]
#[must_use]
pub enum Verdict {
    /// The application answers.
    Admit(Admitted),
    /// We answer.
    Reply(Reply),
}

impl Login {
    /// Reads all settings from the environment: the variables of
    /// [`Setting`](crate::Setting), every path protected, endpoints below `/auth`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] lists everything that is missing or wrong at once.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::builder().env().build()
    }

    /// Starts to put a login together.
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) fn new(
        core: Core,
        provider: ProviderClient,
        clock: Arc<dyn Clock>,
        on_login: Option<Hook>,
    ) -> Self {
        Self(Arc::new(Inner {
            core,
            provider,
            clock,
            on_login,
            redemptions: Redemptions::default(),
            renewals: Renewals::default(),
            client_tokens: ClientTokens::default(),
            ended: Ended::default(),
        }))
    }

    /// Where the application is, as its redirect URI says.
    #[must_use]
    pub fn site(&self) -> &Site {
        self.0.core.site()
    }

    /// Decides over a request. For adapters: `before` is the [`Visit`] that the request carries
    /// already, if any.
    ///
    /// A request with a live session is decided without waiting and without entropy. Everything
    /// that needs the provider runs in a task of the current tokio runtime.
    pub fn decide<H: Head>(&self, head: &H, before: Option<&Visit>) -> Decision {
        if before.is_some_and(|visit| visit.is_of(self)) {
            return Decision::Pass;
        }
        let step = self.at_this_moment(|moment| self.0.core.begin(head, moment));
        match self.settle(step) {
            Settled::Done(outcome) => Decision::Now(self.verdict(outcome)),
            Settled::Approve(..) => {
                Decision::Now(Verdict::Reply(self.send(self.0.core.internal_error())))
            }
            Settled::Send(exchange, pending) => {
                let login = self.clone();
                Decision::Later(Box::pin(async move {
                    let outcome = login.exchange(exchange, pending).await;
                    login.verdict(outcome)
                }))
            }
        }
    }

    pub(crate) fn challenge<H: Head>(&self, head: &H) -> Reply {
        let step = self.at_this_moment(|moment| self.0.core.challenge(head, moment));
        match self.settle(step) {
            Settled::Done(Outcome::Reply(reply)) => self.send(reply),
            _ => self.send(self.0.core.internal_error()),
        }
    }

    pub(crate) fn tokens<H: Head>(&self, head: &H, user: &User) -> Result<Tokens, Reply> {
        self.0
            .core
            .tokens(head, user, self.0.clock.now())
            .map_err(|reply| self.send(reply))
    }

    pub(crate) fn has_ended(&self, session: &SessionRef) -> bool {
        self.0.ended.has(session)
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    fn at_this_moment<T>(&self, decide: impl FnOnce(Moment<'_>) -> T) -> T {
        decide(Moment {
            now: self.0.clock.now(),
            has_ended: &|session| self.has_ended(session),
        })
    }

    fn verdict(&self, outcome: Outcome) -> Verdict {
        match outcome {
            Outcome::Admit(admission) => {
                if let Some(user) = &admission.user {
                    self.0.renewals.confirm(|| user.session());
                }
                Verdict::Admit(Admitted::new(self, admission))
            }
            Outcome::Reply(reply) => Verdict::Reply(self.send(reply)),
        }
    }

    /// What must happen before a reply goes out.
    fn send(&self, reply: Reply) -> Reply {
        report::log(&reply);
        if let Some(session) = reply.ends {
            self.0.ended.end(session, self.0.clock.now());
        }
        reply
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Login").field(&self.0.core).finish()
    }
}
