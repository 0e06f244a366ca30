//! `Login`: the handle that an application holds, and that adapters ask.

use std::fmt;
use std::future::Future;
use std::hash::RandomState;
use std::pin::Pin;
use std::sync::Arc;

use fncy_login_core::{
    Core, Ending, Exchange, Head, MAX_SKEW, Moment, Outcome, Reply, RevokedSession, SessionTokens,
    Site, Standing, User,
};

use crate::config::builder::LoginBuilder;
use crate::config::config_error::ConfigError;
use crate::config::duplicate_warning::Namesake;
use crate::observe::clock::Clock;
use crate::observe::meter;
use crate::observe::telemetry;
use crate::provider::check::LastCheck;
use crate::provider::client_tokens::ClientTokens;
use crate::provider::places::Places;
use crate::provider::provider_client::ProviderClient;
use crate::refresh::refresher::Refresher;
use crate::request::approval::LoginHook;
use crate::request::auth_context::AuthContext;
use crate::request::client_address::ClientAddress;
use crate::request::live_session::Watched;
use crate::request::placement;
use crate::request::redemptions::Redemptions;
use crate::request::response_patch::Admitted;
use crate::request::sign_in::Settled;
use crate::store::shared_store::{SharedStore, StoreError, soon};

/// Login with FNCY for one application. Cloning is cheap, and clones are the same login: build one
/// at start and share it between all workers.
#[derive(Clone)]
pub struct Login(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) core: Core,
    pub(crate) provider: Arc<ProviderClient>,
    pub(crate) places: Arc<Places>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Arc<dyn SharedStore>,
    pub(crate) redemptions: Redemptions,
    pub(crate) refresher: Refresher,
    pub(crate) client_tokens: ClientTokens,
    pub(crate) watched: Watched,
    pub(crate) accepted: meter::Accepted,
    pub(crate) last_check: LastCheck,
    pub(crate) placement: placement::Watch,
    pub(crate) namesake: Arc<Namesake>,
    pub(crate) on_login: Option<LoginHook>,
    pub(crate) client_address: Option<ClientAddress>,
    pub(crate) hasher: RandomState,
    /// Whether a session is believed while nobody can say whether it was ended.
    pub(crate) admits_unverified: bool,
}

/// What becomes of a request.
#[must_use]
pub enum Decision {
    /// This login has let the request through already, and its path still needs no more than that: it goes on
    /// untouched.
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
    /// We answer. Boxed, so that nothing that large is moved about for a request that is admitted.
    Reply(Box<Reply>),
}

impl From<Reply> for Verdict {
    fn from(reply: Reply) -> Self {
        Self::Reply(Box::new(reply))
    }
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
    pub fn builder() -> LoginBuilder {
        LoginBuilder::new()
    }

    /// Where the application is, as its redirect URI says. Of several redirect URIs it is the first; paths are the
    /// same for all.
    #[must_use]
    pub fn site(&self) -> &Site {
        self.0.core.site()
    }

    /// Ends all sessions that a user has now, in this process at once and on all instances that share a
    /// store within five seconds: an account that was taken over, somebody who left, or FNCY's own
    /// word that they have signed out there. Without a store it holds in this process only, until it is
    /// restarted. Whoever must stay out is refused by [`LoginBuilder::on_login`] and [`LoginBuilder::on_refresh`] too.
    /// `id` is [`User::id`]. A user who still may sign in can do so at once. The tokens are not revoked:
    /// they are in cookies that nobody has here.
    ///
    /// FNCY's own session goes on. While it does, the browser's next request for a page goes to FNCY and comes
    /// back signed in, with no question asked. To keep the user out, refuse them in [`LoginBuilder::on_login`]. To have
    /// FNCY ask for a password again, set [`Setting::AuthorizeParams`](crate::Setting::AuthorizeParams) to
    /// `prompt=login`, if FNCY understands it.
    ///
    /// The clocks of instances may differ by 60 seconds, so sessions that were issued up to 60 seconds from
    /// now end as well. A session that begins later is exempt, if its instance has heard of this call:
    /// the same one at once, the others within five seconds. Before that, the user signs in once more.
    ///
    /// # Errors
    ///
    /// [`StoreError`], where the other instances could not be told; they are told as soon as that is
    /// possible.
    pub async fn end_user(&self, id: &str) -> Result<(), StoreError> {
        let at = self.0.clock.now().plus(MAX_SKEW);
        let (store, user_id) = (Arc::clone(&self.0.store), id.to_owned());
        let told = tokio::spawn(async move { soon(store.end_user(&user_id, at)).await });
        let told = told.await.unwrap_or(Err(StoreError));
        self.0.watched.ended_user(id, at);
        told
    }

    /// Decides over a request. For adapters: `before` is the [`AuthContext`] that the request carries
    /// already, if any.
    ///
    /// A request with a live session is decided without waiting and without entropy. Everything
    /// that needs the provider runs in a task of the current tokio runtime.
    pub fn decide<H: Head>(&self, head: &H, before: Option<&AuthContext>) -> Decision {
        if before.is_some_and(|context| context.is_of(self) && self.may_pass(head, context.user()))
        {
            return Decision::Pass;
        }
        let (step, doubtful) = self.begin(head);
        match (self.settle(step), doubtful) {
            (Settled::Done(Outcome::Admit(admission)), None) => {
                Decision::Now(Verdict::Admit(Admitted::new(self, admission)))
            }
            (Settled::Done(Outcome::Reply(reply)), None) if reply.endings.is_empty() => {
                self.watch_coverage(head);
                Decision::Now(self.send(*reply).into())
            }
            (settled, doubtful) => {
                self.watch_coverage(head);
                let login = self.clone();
                let client = match &settled {
                    Settled::Send(Exchange::Redeem(_), _) => self.client_of(head),
                    _ => 0,
                };
                Decision::Later(Box::pin(async move {
                    let settled = match doubtful {
                        Some(doubtful) => login.resolve(*doubtful, settled).await,
                        None => settled,
                    };
                    login.finish(settled, client).await
                }))
            }
        }
    }

    fn may_pass<H: Head>(&self, head: &H, user: Option<&User>) -> bool {
        self.0.core.may_pass(head, user, self.0.clock.now())
    }

    async fn finish(&self, settled: Settled, client: u64) -> Verdict {
        let outcome = match settled {
            Settled::Done(outcome) => outcome,
            Settled::Send(exchange, pending) => self.exchange(exchange, pending, client).await,
            Settled::Approve(..) => self.0.core.internal_error().into(),
        };
        match outcome {
            Outcome::Admit(admission) => Verdict::Admit(Admitted::new(self, admission)),
            Outcome::Reply(reply) => self.ending(*reply).await.into(),
        }
    }

    pub(crate) fn challenge<H: Head>(&self, head: &H) -> Reply {
        let moment = Moment {
            now: self.0.clock.now(),
            standing: &|shown| self.standing(shown, || Standing::Unknown),
        };
        match self.settle(self.0.core.challenge(head, moment)) {
            Settled::Done(Outcome::Reply(reply)) => self.send(*reply),
            _ => self.send(self.0.core.internal_error()),
        }
    }

    pub(crate) fn forbidden<H: Head>(&self, head: &H) -> Reply {
        self.send(self.0.core.forbidden(head))
    }

    /// A line of a request's `Cookie` header without the cookies of this login: session, sign-ins under way and
    /// their count. `None` where no other cookie is in it.
    ///
    /// For an application that passes requests on to another server, which has no business with the session. The
    /// bytes of the other cookies stay as they are.
    ///
    /// ```no_run
    /// # use fncy_login::Login;
    /// # fn example(login: &Login) {
    /// let line = b"theme=dark; __Host-fncy_session=AQID";
    /// assert_eq!(login.without_own_cookies(line).as_deref(), Some(&b"theme=dark"[..]));
    /// # }
    /// ```
    #[doc(alias = "proxy")]
    #[must_use]
    pub fn without_own_cookies(&self, line: &[u8]) -> Option<Vec<u8>> {
        self.0.core.without_own_cookies(line)
    }

    pub(crate) fn tokens<H: Head>(&self, head: &H, user: &User) -> Result<SessionTokens, Reply> {
        self.0
            .core
            .tokens(head, user, self.0.clock.now())
            .map_err(|reply| self.send(reply))
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A reply on its way out: what it has for the operator is told once.
    pub(crate) fn send(&self, mut reply: Reply) -> Reply {
        telemetry::tell(&mut reply);
        reply
    }

    /// A reply on its way out, and with it the end of sessions, and the beginning of one. What they have come to is revoked by a task of
    /// its own: the provider may be slow.
    pub(crate) async fn ending(&self, mut reply: Reply) -> Reply {
        let endings = std::mem::take(&mut reply.endings);
        if !endings.is_empty() {
            let login = self.clone();
            // A browser that goes meanwhile changes nothing.
            let ended = tokio::spawn(async move { login.end_all(endings).await });
            drop(ended.await);
        }
        if let Some(begun) = reply.begins.take() {
            let (session, user_id) = *begun;
            // Where the others can't be told, the user signs in once more.
            let _: Result<(), StoreError> = soon(self.0.store.begin(session, &user_id)).await;
        }
        self.send(reply)
    }

    async fn end_all(&self, endings: Vec<Ending>) {
        for Ending { session, revoke } in endings {
            if let Some(session) = session {
                self.end(&session).await;
            }
            if let Some(revoke) = revoke {
                let refresher = self.0.refresher.clone();
                tokio::spawn(async move { refresher.revoke(refresher.latest(revoke).await).await });
            }
        }
    }

    /// Ends a session. A person is signed out here even where the other instances can't be told.
    async fn end(&self, ended: &RevokedSession) {
        if soon(self.0.store.end(ended.clone())).await.is_err() {
            tracing::error!("a session was ended here, and the other instances could not be told");
        }
        self.0.watched.ended(ended);
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Login").field(&self.0.core).finish()
    }
}
