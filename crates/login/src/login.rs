//! `Login`: the handle that an application holds, and that adapters ask.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{
    Answer, Core, Exchange, Head, Outcome, Pending, Question, Redeem, Reply, Site, Step, Tokens,
    User,
};
use tokio::time::Instant;

use crate::env::{self, Clock};
use crate::provider_client::ProviderClient;
use crate::redemptions::{Entered, Redemptions};
use crate::{Builder, ConfigError, Visit, report};

/// All that one request may cause takes no longer.
const REQUEST_DEADLINE: Duration = Duration::from_secs(15);

/// Login with FNCY for one application. Cloning is cheap, and clones are the same login: build one
/// at start and share it between all workers.
#[derive(Clone)]
pub struct Login(Arc<Inner>);

struct Inner {
    core: Core,
    provider: ProviderClient,
    clock: Arc<dyn Clock>,
    redemptions: Redemptions,
}

/// What becomes of a request.
#[must_use]
pub enum Decision {
    /// This login has seen the request already: it goes on untouched.
    Pass,
    /// It is decided.
    Now(Outcome),
    /// It will be decided by a reply; the application is not asked.
    Later(Pin<Box<dyn Future<Output = Reply> + Send>>),
}

/// A step that is done, or that only the provider can help on.
enum Settled {
    Done(Outcome),
    Send(Exchange, Pending),
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

    pub(crate) fn new(core: Core, provider: ProviderClient, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Inner {
            core,
            provider,
            clock,
            redemptions: Redemptions::default(),
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
    /// A request with a live session is decided without waiting, without entropy and without a
    /// lock. Everything that needs the provider runs in a task of the current tokio runtime.
    pub fn decide<H: Head>(&self, head: &H, before: Option<&Visit>) -> Decision {
        if before.is_some_and(|visit| visit.is_of(self)) {
            return Decision::Pass;
        }
        match self.settle(self.0.core.begin(head, self.0.clock.now())) {
            Settled::Done(outcome) => {
                if let Outcome::Reply(reply) = &outcome {
                    report::log(reply);
                }
                Decision::Now(outcome)
            }
            Settled::Send(exchange, pending) => {
                let login = self.clone();
                Decision::Later(Box::pin(async move {
                    let reply = login.exchange(exchange, pending).await;
                    report::log(&reply);
                    reply
                }))
            }
        }
    }

    /// What a request without a user gets, wherever that was found out. For extractors on public
    /// paths: a navigation is sent to sign in, everything else is told so.
    #[must_use]
    pub fn challenge<H: Head>(&self, head: &H) -> Reply {
        let step = self.0.core.challenge(head, self.0.clock.now());
        let reply = self.reply_of(self.settle(step));
        report::log(&reply);
        reply
    }

    /// The tokens of the session that `user` was admitted with.
    ///
    /// # Errors
    ///
    /// The reply that ends a session whose tokens are damaged.
    pub fn tokens<H: Head>(&self, head: &H, user: &User) -> Result<Tokens, Reply> {
        self.0.core.tokens(head, user).inspect_err(report::log)
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Answers what needs no waiting.
    fn settle(&self, mut step: Step) -> Settled {
        loop {
            step = match step {
                Step::Done(outcome) => return Settled::Done(outcome),
                Step::Send(exchange, pending) => return Settled::Send(exchange, pending),
                Step::Ask(Question::Entropy, pending) => self.resume(pending, Answer::Entropy),
                Step::Ask(..) => Step::Done(Outcome::Reply(self.0.core.internal_error())),
            };
        }
    }

    /// What had to ask is a login or a sign-out: it ends in a reply.
    fn reply_of(&self, settled: Settled) -> Reply {
        match settled {
            Settled::Done(Outcome::Reply(reply)) => reply,
            Settled::Done(Outcome::Admit(_)) | Settled::Send(..) => self.0.core.internal_error(),
        }
    }

    async fn exchange(&self, exchange: Exchange, pending: Pending) -> Reply {
        let deadline = Instant::now() + REQUEST_DEADLINE;
        match exchange {
            Exchange::Redeem(redeem) => self.redeem_once(redeem, pending, deadline).await,
            exchange => self.drive(exchange, pending, deadline).await,
        }
    }

    /// Exchanges with the provider until the machine is done.
    async fn drive(
        &self,
        mut exchange: Exchange,
        mut pending: Pending,
        deadline: Instant,
    ) -> Reply {
        loop {
            let answer = self.0.provider.run(exchange, deadline).await;
            match self.settle(self.resume(pending, answer)) {
                Settled::Send(next, waiting) => (exchange, pending) = (next, waiting),
                done => return self.reply_of(done),
            }
        }
    }

    fn resume(&self, pending: Pending, answer: Answer) -> Step {
        match env::draw() {
            Ok(entropy) => pending.resume(answer, self.0.clock.now(), entropy),
            Err(error) => {
                tracing::error!(%error, "the operating system gives no entropy");
                Step::Done(Outcome::Reply(self.0.core.internal_error()))
            }
        }
    }

    /// Redeems in a task of its own, which outlives the browser's connection: a code that was sent
    /// is spent, whoever still listens.
    async fn redeem_once(&self, redeem: Redeem, pending: Pending, deadline: Instant) -> Reply {
        let key = redeem.key;
        let mut coming = match self.0.redemptions.enter(key) {
            Entered::Spent => {
                return self.reply_of(self.settle(self.resume(pending, Answer::Spent)));
            }
            Entered::Joined(coming) => coming,
            Entered::First(sender, coming) => {
                let login = self.clone();
                let redemption = tokio::spawn(async move {
                    login
                        .drive(Exchange::Redeem(redeem), pending, deadline)
                        .await
                });
                let redemptions = self.0.redemptions.clone();
                tokio::spawn(async move {
                    // Without a reply, since the task panicked, the sender goes and tells so.
                    if let Ok(reply) = redemption.await {
                        sender.send_replace(Some(reply));
                    }
                    drop(sender);
                    redemptions.retire(key).await;
                });
                coming
            }
        };
        let reply = coming.wait_for(Option::is_some).await;
        reply
            .ok()
            .and_then(|reply| reply.clone())
            .unwrap_or_else(|| self.0.core.internal_error())
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Login").field(&self.0.core).finish()
    }
}
