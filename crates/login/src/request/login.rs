//! `Login`: the handle that an application holds, and that adapters ask.

use std::fmt;
use std::hash::RandomState;
use std::sync::Arc;

use fncy_login_core::{
    Admission, AfterRefresh, AskStore, Begin, Challenge, Checked, Core, Ending, Head, MAX_SKEW,
    OwnedHead, Redeeming, Refreshing, Reply, RevokedSession, SessionTokens, Site, StartSignIn,
    StoreAnswer, User,
};
use tokio::time::Instant;

use crate::config::builder::LoginBuilder;
use crate::config::config_error::ConfigError;
use crate::config::duplicate_warning::Namesake;
use crate::observe::clock::{self, Clock};
use crate::observe::meter;
use crate::observe::telemetry;
use crate::provider::check::LastCheck;
use crate::provider::client_tokens::ClientTokens;
use crate::provider::places::Places;
use crate::provider::provider_client::ProviderClient;
use crate::refresh::refresher::Refresher;
use crate::request::approval::LoginHook;
use crate::request::auth_context::AuthContext;
use crate::request::client_address::{ClientAddress, UNKNOWN};
use crate::request::live_session::Watched;
use crate::request::placement;
use crate::request::redemptions::Redemptions;
use crate::request::sign_in::REQUEST_DEADLINE;
use crate::request::verdict::{Decision, Verdict};
use crate::store::deadlines::soon;
use crate::store::shared_store::SharedStore;
use crate::store::store_error::StoreError;

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

/// What a request must wait for.
enum Waits {
    Redeem(Box<Redeeming>),
    Refresh(Box<Refreshing>),
    /// The store is told of sessions that end with a reply.
    End(Box<Reply>),
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

    /// Revokes all sessions that a user has now: "sign out everywhere" (log out everywhere).
    ///
    /// Call it if an account was taken over, if a person has left, or if FNCY says that they signed out there.
    /// `id` is [`User::id`]. The sessions end in this process at once. On the instances that share a
    /// [store](LoginBuilder::store) they end within five seconds. Without a shared store the call is forgotten
    /// with the next restart.
    ///
    /// The user may sign in again at once. FNCY's own session goes on, so the next page that the browser opens
    /// goes to FNCY and comes back signed in, with no question asked. To keep the user out, refuse them in
    /// [`LoginBuilder::on_login`] and [`LoginBuilder::on_refresh`]. To have FNCY ask for a password again, set
    /// [`Setting::AuthorizeParams`](crate::Setting::AuthorizeParams) to `prompt=login`, if FNCY understands it.
    ///
    /// The tokens are not revoked at FNCY: they are in the browsers' cookies only.
    ///
    /// The clocks of instances may differ by 60 seconds, so the call reaches sessions that were issued up to 60
    /// seconds from now. A session that begins after the call is exempt if its instance knows of the call: this
    /// one at once, the others within five seconds. Before that, the user signs in once more.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store could not be told. The instance goes on trying to tell it.
    #[doc(alias = "revoke")]
    #[doc(alias = "logout")]
    pub async fn end_all_sessions(&self, id: &str) -> Result<(), StoreError> {
        let until = self.0.clock.now().plus(MAX_SKEW);
        let (store, user_id) = (Arc::clone(&self.0.store), id.to_owned());
        let told = tokio::spawn(async move { soon(store.revoke_user(&user_id, until)).await });
        let told = told.await.unwrap_or(Err(StoreError));
        self.0.watched.ended_user(id, until);
        told
    }

    /// Decides over a request. For adapters: `before` is the [`AuthContext`] that the request carries already, if any.
    ///
    /// A request with a live session is decided without waiting and without entropy. What needs FNCY or the store runs in
    /// a task of the current tokio runtime.
    pub fn decide<H: Head>(&self, head: &H, before: Option<&AuthContext>) -> Decision {
        let now = self.0.clock.now();
        let may_pass = |context: &AuthContext| {
            context.is_of(self) && self.0.core.may_pass(head, context.user(), now)
        };
        if before.is_some_and(may_pass) {
            return Decision::Pass;
        }
        let begin = match self.check_sessions(head, now) {
            Checked::Found(found) => self.0.core.begin(head, found, now),
            Checked::Ask(ask) => return self.decide_later(head, *ask),
        };
        // Nearly every request: what follows is kept out of its way.
        match begin {
            Begin::Admit(admission) => Decision::Now(self.admit(admission)),
            begin => self.decide_more(head, begin),
        }
    }

    #[cold]
    fn decide_more<H: Head>(&self, head: &H, begin: Begin) -> Decision {
        if !matches!(begin, Begin::Roll(_)) {
            self.watch_coverage(head);
        }
        let client = match &begin {
            Begin::Redeem(_) => self.client_of(head),
            _ => UNKNOWN,
        };
        match self.settle(begin) {
            Ok(verdict) => Decision::Now(verdict),
            Err(waits) => {
                let login = self.clone();
                Decision::Later(Box::pin(async move { login.wait(waits, client).await }))
            }
        }
    }

    /// Decides over a request whose session the store must be asked about.
    fn decide_later<H: Head>(&self, head: &H, ask: AskStore) -> Decision {
        self.watch_coverage(head);
        let (login, client, head) = (self.clone(), self.client_of(head), OwnedHead::of(head));
        Decision::Later(Box::pin(async move {
            let found = login.ask_store(ask).await;
            let begin = login.0.core.begin(&head, found, login.0.clock.now());
            match login.settle(begin) {
                Ok(verdict) => verdict,
                Err(waits) => login.wait(waits, client).await,
            }
        }))
    }

    /// Goes on with what needs no waiting.
    fn settle(&self, begin: Begin) -> Result<Verdict, Waits> {
        match begin {
            Begin::Admit(admission) => Ok(self.admit(admission)),
            Begin::Roll(roll) => Ok(self.admit(roll.seal(self.0.clock.now(), clock::entropy()))),
            Begin::SignIn(start) => self.answer(self.redirect(*start)),
            Begin::Reply(reply) => self.answer(reply),
            Begin::Redeem(redeeming) => Err(Waits::Redeem(redeeming)),
            Begin::Refresh(refreshing) => Err(Waits::Refresh(refreshing)),
        }
    }

    async fn wait(&self, waits: Waits, client: u64) -> Verdict {
        match waits {
            Waits::Redeem(redeeming) => Verdict::Reply(self.redeem_once(*redeeming, client).await),
            Waits::Refresh(refreshing) => match self.refresh(*refreshing).await {
                AfterRefresh::Admit(admission) => self.admit(admission),
                AfterRefresh::Reply(reply) => Verdict::Reply(self.ending(reply).await),
                AfterRefresh::SignIn(start) => {
                    Verdict::Reply(self.ending(self.redirect(*start)).await)
                }
            },
            Waits::End(reply) => Verdict::Reply(self.ending(reply).await),
        }
    }

    async fn refresh(&self, refreshing: Refreshing) -> AfterRefresh {
        let deadline = Instant::now() + REQUEST_DEADLINE;
        let request = refreshing.request().clone();
        let refreshed = self.0.refresher.refresh(request, deadline).await;
        let now = self.0.clock.now();
        match refreshed {
            Ok(tokens) => refreshing.refreshed(&tokens, now, clock::entropy()),
            Err(failure) => refreshing.failed(failure, now),
        }
    }

    fn admit(&self, admission: Admission) -> Verdict {
        Verdict::admit(self, admission)
    }

    fn redirect(&self, start: StartSignIn) -> Box<Reply> {
        start.redirect(self.0.clock.now(), clock::entropy())
    }

    /// A reply goes out at once, unless the store must be told of sessions that end with it.
    fn answer(&self, reply: Box<Reply>) -> Result<Verdict, Waits> {
        if reply.endings.is_empty() {
            Ok(Verdict::Reply(self.send(reply)))
        } else {
            Err(Waits::End(reply))
        }
    }

    pub(crate) fn challenge<H: Head>(&self, head: &H) -> Box<Reply> {
        let now = self.0.clock.now();
        let found = match self.check_sessions(head, now) {
            Checked::Found(found) => found,
            Checked::Ask(ask) if ask.asks_revoked() => ask.answered(StoreAnswer::Unknown),
            Checked::Ask(ask) => ask.answered(StoreAnswer::Live),
        };
        self.send(match self.0.core.challenge(head, &found, now) {
            Challenge::Reply(reply) => reply,
            Challenge::SignIn(start) => self.redirect(*start),
        })
    }

    pub(crate) fn forbidden<H: Head>(&self, head: &H) -> Box<Reply> {
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

    pub(crate) fn tokens<H: Head>(
        &self,
        head: &H,
        user: &User,
    ) -> Result<SessionTokens, Box<Reply>> {
        self.0
            .core
            .tokens(head, user, self.0.clock.now())
            .map_err(|reply| self.send(reply))
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// A reply on its way out: what it has for the operator is told once.
    pub(crate) fn send(&self, mut reply: Box<Reply>) -> Box<Reply> {
        telemetry::tell(&mut reply);
        reply
    }

    /// A reply on its way out, and with it the end of sessions, and the beginning of one. What they have come to is revoked by a task of
    /// its own: the provider may be slow.
    pub(crate) async fn ending(&self, mut reply: Box<Reply>) -> Box<Reply> {
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
            let _: Result<(), StoreError> = soon(self.0.store.began(session, &user_id)).await;
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
        if soon(self.0.store.revoke(ended.clone())).await.is_err() {
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
