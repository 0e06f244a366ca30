//! Test doubles for the refresh: a provider, instances, and a distant store, with a paused clock.

use std::collections::HashMap;
use std::future::Future;
use std::hash::RandomState;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fncy_login_core::{
    Exchange, Failure, Profile, ProviderAnswer, ProviderResult, RefreshFailure, RefreshRequest,
    RevocationStatus, RevokedSession, Secret, SessionId, SessionRef, Timestamp,
};
use tokio::time::{Instant, sleep};

use crate::config::builder::LoginBuilder;
use crate::config::setting::Setting;
use crate::hooks::approval::{Approval, RefreshedLogin};
use crate::observe::clock::Clock;
use crate::provider::exchanges::Exchanges;
use crate::provider::places::{Place, Places};
use crate::refresh::parts::Parts;
use crate::refresh::refresher::Refresher;
use crate::refresh::refreshes::Refreshes;

use crate::handle::login::Login;
use crate::store::leases::{Claim, Lease, LeaseKey, LeaseOutcome, Leases};
use crate::store::memory::MemoryStore;
use crate::store::revocations::Revocations;
use crate::store::shared_store::SharedStore;
use crate::store::store_client::StoreClient;
use crate::store::store_error::{StoreError, StoreFuture};
use crate::store::tasks::Tasks;

pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_000_000);
pub(crate) const DEADLINE: Duration = Duration::from_secs(15);

pub(crate) struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// Numbers that look random, the same for each seed (xorshift).
#[derive(Clone)]
pub(crate) struct Dice(Arc<AtomicU64>);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seed * 2 + 1)))
    }

    pub(crate) fn below(&self, limit: u64) -> u64 {
        let mut state = self.0.load(Ordering::Relaxed);
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.0.store(state, Ordering::Relaxed);
        state % limit
    }

    pub(crate) async fn wait(&self, up_to_ms: u64) {
        sleep(Duration::from_millis(self.below(up_to_ms))).await;
    }
}

/// A token endpoint. It counts how often each refresh token was shown, and answers accordingly.
pub(crate) struct Provider {
    pub(crate) dice: Dice,
    pub(crate) answer: Mutex<fn(u64) -> ProviderResult>,
    pub(crate) shown: Mutex<HashMap<String, u64>>,
    pub(crate) revoked: Mutex<Vec<String>>,
    /// How often it was asked for user data.
    pub(crate) read: AtomicU64,
}

impl Exchanges for Provider {
    fn run<'a>(
        &'a self,
        exchange: Exchange<'a>,
        _: &'a Place,
        _: Instant,
    ) -> Pin<Box<dyn Future<Output = ProviderResult> + Send + 'a>> {
        Box::pin(async move {
            let token = match exchange {
                Exchange::Refresh { refresh_token } => refresh_token.expose().to_owned(),
                Exchange::Revoke(revoke) => {
                    let token = revoke.token.expose().to_owned();
                    self.revoked.lock().unwrap().push(token);
                    return response(200, "");
                }
                _ => {
                    self.read.fetch_add(1, Ordering::SeqCst);
                    return Err(Failure::Transport);
                }
            };
            let times = {
                let mut shown = self.shown.lock().unwrap();
                let times = shown.entry(token.clone()).or_default();
                *times += 1;
                *times
            };
            self.dice.wait(50).await;
            let answer = *self.answer.lock().unwrap();
            answer(times)
        })
    }
}

impl Provider {
    pub(crate) fn new(dice: &Dice, answer: fn(u64) -> ProviderResult) -> Arc<Self> {
        Arc::new(Self {
            dice: dice.clone(),
            answer: Mutex::new(answer),
            shown: Mutex::default(),
            revoked: Mutex::default(),
            read: AtomicU64::new(0),
        })
    }

    pub(crate) fn most_shown(&self) -> u64 {
        let shown = self.shown.lock().unwrap();
        shown.values().copied().max().unwrap_or(0)
    }
}

pub(crate) fn response(status: u16, body: &str) -> ProviderResult {
    Ok(ProviderAnswer {
        status,
        retry_after: None,
        body: body.as_bytes().to_vec(),
        sent: Vec::new(),
    })
}

/// Rotates a token once. A token that is shown again counts as theft.
pub(crate) fn rotates(times: u64) -> ProviderResult {
    match times {
        1 => response(
            200,
            r#"{"access_token":"a2","refresh_token":"r2","expires_in":7200}"#,
        ),
        _ => response(400, r#"{"error":"invalid_grant"}"#),
    }
}

/// A distant store, which loses some of the calls.
#[derive(Clone)]
pub(crate) struct Distant {
    pub(crate) inner: MemoryStore,
    pub(crate) dice: Dice,
    /// How many of a hundred calls are lost.
    pub(crate) lost: u64,
    /// How long its leases last.
    pub(crate) lease: Duration,
}

pub(crate) struct DistantLease {
    pub(crate) inner: Box<dyn Lease>,
    pub(crate) distant: Distant,
    pub(crate) granted: Instant,
}

impl Distant {
    pub(crate) async fn travel(&self) -> Result<(), StoreError> {
        self.dice.wait(20).await;
        if self.dice.below(100) < self.lost {
            return Err(StoreError);
        }
        Ok(())
    }
}

impl Revocations for Distant {
    fn status(&self, session: &SessionRef, user_id: &str) -> RevocationStatus {
        self.inner.status(session, user_id)
    }

    fn is_revoked<'a>(&'a self, session: SessionRef, user_id: &'a str) -> StoreFuture<'a, bool> {
        Box::pin(async move {
            self.travel().await?;
            self.inner.is_revoked(session, user_id).await
        })
    }

    fn revoke(&self, revoked: RevokedSession) -> StoreFuture<'_, ()> {
        self.inner.revoke(revoked)
    }

    fn read_user<'a>(&'a self, user_id: &'a str, since: Timestamp) -> StoreFuture<'a, ()> {
        self.inner.read_user(user_id, since)
    }

    fn read_since<'a>(&'a self, user_id: &'a str) -> StoreFuture<'a, Option<Timestamp>> {
        self.inner.read_since(user_id)
    }

    fn revoke_user<'a>(
        &'a self,
        user_id: &'a str,
        until: Timestamp,
        spared: Option<SessionId>,
    ) -> StoreFuture<'a, ()> {
        self.inner.revoke_user(user_id, until, spared)
    }
}

impl Leases for Distant {
    fn claim(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Claim> {
        Box::pin(async move {
            self.travel().await?;
            let claim = self.inner.claim(key, newer_than).await?;
            let granted = Instant::now();
            // The answer takes its time too.
            self.dice.wait(20).await;
            Ok(match claim {
                Claim::Granted(inner) => Claim::Granted(Box::new(DistantLease {
                    inner,
                    distant: self.clone(),
                    granted,
                })),
                claim => claim,
            })
        })
    }

    fn find(&self, key: LeaseKey, newer_than: Option<u32>) -> StoreFuture<'_, Option<Vec<u8>>> {
        Box::pin(async move {
            self.travel().await?;
            self.inner.find(key, newer_than).await
        })
    }

    fn confirm(&self, session: &dyn Fn() -> SessionRef) {
        self.inner.confirm(session);
    }
}

impl SharedStore for Distant {
    fn ping(&self) -> StoreFuture<'_, ()> {
        self.inner.ping()
    }
}

impl Lease for DistantLease {
    fn remaining(&self) -> Duration {
        self.distant.lease.saturating_sub(self.granted.elapsed())
    }

    fn finish(self: Box<Self>, outcome: LeaseOutcome) -> StoreFuture<'static, ()> {
        Box::pin(async move {
            self.distant.dice.wait(20).await;
            self.inner.finish(outcome).await
        })
    }
}

pub(crate) fn login() -> Login {
    settings().build().unwrap()
}

/// A login whose refreshes wait for `on_refresh`.
pub(crate) fn hooked_login() -> Login {
    let hook = async |_: RefreshedLogin| Ok(Approval::new());
    settings().on_refresh(hook).build().unwrap()
}

pub(crate) fn settings() -> LoginBuilder {
    Login::builder()
        .set(Setting::BaseUrl, "http://127.0.0.1:9")
        .set(Setting::ClientId, "id")
        .set(Setting::ClientSecret, "secret")
        .set(Setting::RedirectUri, "https://app.example/auth/callback")
        .set(Setting::UserinfoUrl, "http://127.0.0.1:9/user")
        .set(Setting::RevocationUrl, "http://127.0.0.1:9/revoke")
        .set(
            Setting::CookieSecret,
            "0123456789abcdef0123456789abcdefghijklmnopqr",
        )
}

/// An instance of the application, without a hook unless `change` sets one.
pub(crate) fn instance(
    login: &Login,
    provider: &Arc<Provider>,
    store: impl SharedStore,
    change: impl FnOnce(&mut Parts),
) -> Refresher {
    let mut parts = Parts {
        machine: login.0.core.refresh_machine(),
        clock: Arc::new(Stopped),
        provider: Arc::clone(provider) as _,
        store: Arc::new(StoreClient::new(
            Arc::new(store),
            Arc::clone(&login.0.telemetry),
            None,
        )),
        telemetry: Arc::clone(&login.0.telemetry),
        on_refresh: None,
        events: login.0.events.clone(),
        tasks: Tasks::default(),
        refreshes: Refreshes::new(),
        places: Arc::new(Places::new(Arc::clone(&login.0.telemetry))),
        hasher: RandomState::new(),
    };
    change(&mut parts);
    Refresher(Arc::new(parts))
}

pub(crate) fn alone(
    login: &Login,
    answer: fn(u64) -> ProviderResult,
) -> (Refresher, Arc<Provider>) {
    let provider = Provider::new(&Dice::new(1), answer);
    let refresher = instance(login, &provider, MemoryStore::new(), |_| {});
    (refresher, provider)
}

pub(crate) fn profile() -> Profile {
    let mut profile = Profile::default();
    "alex".clone_into(&mut profile.user_id);
    profile
}

pub(crate) fn session(id: SessionId, generation: u32) -> SessionRef {
    SessionRef::new(id, generation, NOW, NOW.plus(1_000_000))
}

pub(crate) fn refresh(login: &Login, token: &str, generation: u32) -> RefreshRequest {
    let refresh_token = Secret::new(token.to_owned());
    RefreshRequest {
        key: login.0.core.refresh_machine().key_of(&refresh_token),
        refresh_token,
        session: session(SessionId::from_bytes([7; 16]), generation),
        profile: profile(),
        reads_user: false,
        read_since: Timestamp::default(),
        is_urgent: true,
    }
}

/// The refresh of another user's session.
pub(crate) fn refresh_of(login: &Login, user: &str) -> RefreshRequest {
    let mut refresh = refresh(login, &format!("r-{user}"), 0);
    user.clone_into(&mut refresh.profile.user_id);
    refresh
}

/// The outcome of a request with this refresh token, as text.
pub(crate) async fn comes_to(refresher: &Refresher, refresh: &RefreshRequest) -> String {
    let refreshed = refresher
        .refresh(Arc::new(refresh.clone()), None, Instant::now() + DEADLINE)
        .await;
    match refreshed {
        Ok(refreshed) => format!(
            "{} {}",
            refreshed.generation(),
            refreshed.tokens().access_token()
        ),
        Err(RefreshFailure::Unavailable { retry_after }) => format!("again in {retry_after}"),
        Err(failure) => format!("{failure:?}"),
    }
}
