//! `Login`: the handle that an application holds, and that adapters ask.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{
    Answer, Core, Exchange, Head, Moment, Outcome, Pending, Question, Redeem, Renew,
    RenewalFailure, Reply, SessionRef, Site, Step, Successor, Tokens, User,
};
use tokio::time::Instant;

use crate::admitted::Admitted;
use crate::ended::Ended;
use crate::env::{self, Clock};
use crate::provider_client::ProviderClient;
use crate::redemptions::{self, Redemptions};
use crate::renewals::{self, Renewals, Renewed};
use crate::{Builder, ConfigError, Visit, report};

/// All that one request may cause takes no longer.
const REQUEST_DEADLINE: Duration = Duration::from_secs(15);
/// A session whose cookie was lost so many times in a row has been lost altogether.
const MAX_CHAIN: usize = 16;

/// Login with FNCY for one application. Cloning is cheap, and clones are the same login: build one
/// at start and share it between all workers.
#[derive(Clone)]
pub struct Login(Arc<Inner>);

struct Inner {
    core: Core,
    provider: ProviderClient,
    clock: Arc<dyn Clock>,
    redemptions: Redemptions,
    renewals: Renewals,
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
            renewals: Renewals::default(),
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
            Settled::Done(Outcome::Admit(_)) | Settled::Send(..) => {
                self.send(self.0.core.internal_error())
            }
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
                    self.0.renewals.confirm(&user.session());
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

    fn resume(&self, pending: Pending, answer: Answer) -> Step {
        match env::draw() {
            Ok(entropy) => pending.resume(answer, self.0.clock.now(), entropy),
            Err(error) => {
                tracing::error!(%error, "the operating system gives no entropy");
                Step::Done(Outcome::Reply(self.0.core.internal_error()))
            }
        }
    }

    async fn exchange(&self, exchange: Exchange, pending: Pending) -> Outcome {
        let deadline = Instant::now() + REQUEST_DEADLINE;
        match exchange {
            Exchange::Redeem(redeem) => {
                Outcome::Reply(self.redeem_once(redeem, pending, deadline).await)
            }
            Exchange::Renew(renew) => {
                let answer = match self.renew_once(*renew, deadline).await {
                    Ok(successor) => Answer::Renewed(successor),
                    Err(failure) => Answer::NotRenewed(failure),
                };
                match self.settle(self.resume(pending, answer)) {
                    Settled::Done(outcome) => outcome,
                    Settled::Send(..) => Outcome::Reply(self.0.core.internal_error()),
                }
            }
            exchange => Outcome::Reply(self.drive(exchange, pending, deadline).await),
        }
    }

    /// Exchanges with the provider until the machine is done, for a login or a sign-out: both end
    /// in a reply.
    async fn drive(
        &self,
        mut exchange: Exchange,
        mut pending: Pending,
        deadline: Instant,
    ) -> Reply {
        loop {
            let exchange_now = self.latest(exchange);
            let answer = self.0.provider.run(&exchange_now, deadline).await;
            match self.settle(self.resume(pending, answer)) {
                Settled::Done(Outcome::Reply(reply)) => return reply,
                Settled::Done(Outcome::Admit(_)) => return self.0.core.internal_error(),
                Settled::Send(next, waiting) => (exchange, pending) = (next, waiting),
            }
        }
    }

    /// A revocation of the tokens that the given one has led to: a browser that signs out may not
    /// have got the newest cookie.
    fn latest(&self, exchange: Exchange) -> Exchange {
        let Exchange::Revoke { token, kind } = exchange else {
            return exchange;
        };
        let mut newest = None;
        let mut key = self.0.core.token_digest(&token);
        while let Some(successor) = self.0.renewals.latest(&key)
            && successor.key() != key
        {
            key = successor.key();
            newest = Some(successor);
        }
        match newest {
            Some(successor) => successor.revocation(),
            None => Exchange::Revoke { token, kind },
        }
    }

    /// Redeems in a task of its own, which outlives the browser's connection: a code that was sent
    /// is spent, whoever still listens.
    async fn redeem_once(&self, redeem: Redeem, pending: Pending, deadline: Instant) -> Reply {
        let key = redeem.key;
        let mut coming = match self.0.redemptions.enter(key) {
            redemptions::Entered::Spent => {
                return match self.settle(self.resume(pending, Answer::Spent)) {
                    Settled::Done(Outcome::Reply(reply)) => reply,
                    _ => self.0.core.internal_error(),
                };
            }
            redemptions::Entered::Joined(coming) => coming,
            redemptions::Entered::First(sender, coming) => {
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

    /// The newest tokens that a refresh token leads to, from memory or from the provider.
    async fn renew_once(&self, mut renew: Renew, deadline: Instant) -> Renewed {
        for _ in 0..MAX_CHAIN {
            let may_start = renew.is_urgent || self.0.provider.http.is_free();
            let entered = self.0.renewals.enter(&renew, self.0.clock.now(), may_start);
            let mut coming = match entered {
                renewals::Entered::Failed(failure) => return Err(failure),
                renewals::Entered::Known(successor) if successor.is_fresh(self.0.clock.now()) => {
                    return Ok(successor);
                }
                renewals::Entered::Known(successor) => {
                    renew = renew.again(&successor).ok_or(RenewalFailure::Refused)?;
                    continue;
                }
                renewals::Entered::Joined(coming) => coming,
                renewals::Entered::First(sender, coming) => {
                    self.start_renewal(renew, sender, deadline);
                    coming
                }
            };
            let renewed = coming.wait_for(Option::is_some).await;
            // An error means that the task panicked.
            return renewed
                .ok()
                .and_then(|renewed| renewed.clone())
                .unwrap_or(Err(RenewalFailure::Unreadable));
        }
        Err(RenewalFailure::Refused)
    }

    /// Renews in a task of its own: a refresh token that was sent is spent, whoever still waits.
    fn start_renewal(&self, renew: Renew, sender: renewals::Sender, deadline: Instant) {
        let renew = Arc::new(renew);
        let (login, task_renew) = (self.clone(), Arc::clone(&renew));
        let renewal = tokio::spawn(async move { login.renew(&task_renew, deadline).await });
        let login = self.clone();
        tokio::spawn(async move {
            let renewed = renewal.await.unwrap_or(Err(RenewalFailure::Unreadable));
            login.0.renewals.finish(&renew, &renewed);
            sender.send_replace(Some(renewed.clone()));
            if let Ok(successor) = &renewed
                && login.has_ended(&renew.session)
            {
                login
                    .0
                    .provider
                    .run(&successor.revocation(), deadline)
                    .await;
            }
        });
    }

    async fn renew(&self, renew: &Renew, deadline: Instant) -> Renewed {
        let exchange = Exchange::Renew(Box::new(renew.clone()));
        let answer = self.0.provider.run(&exchange, deadline).await;
        let now = self.0.clock.now();
        let successor = self
            .0
            .core
            .judge_renewal(renew, &answer, now)
            .inspect_err(|failure| tracing::warn!(?failure, "a session was not renewed"))?;
        let successor = self.read_user(renew, successor, deadline).await?;
        Ok(Arc::new(successor))
    }

    async fn read_user(
        &self,
        renew: &Renew,
        successor: Successor,
        deadline: Instant,
    ) -> Result<Successor, RenewalFailure> {
        if !renew.reads_user || !successor.is_fresh(self.0.clock.now()) {
            return Ok(successor);
        }
        let exchange = Exchange::UserData {
            access_token: successor.access_token(),
        };
        let answer = self.0.provider.run(&exchange, deadline).await;
        self.0
            .core
            .judge_user_again(renew, successor, &answer)
            .inspect_err(|_| {
                tracing::error!("a renewed session has another user's data; it was ended");
            })
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Login").field(&self.0.core).finish()
    }
}
