//! `Login`: the handle that an application holds and adapters call.

use std::fmt;
use std::hash::RandomState;
use std::sync::Arc;

use fncy_login_core::{Core, MAX_SKEW, Site};

use crate::handle::client_address::ClientAddress;
use crate::handle::coverage::CoverageWatch;
use crate::handle::redemptions::Redemptions;
use crate::handle::shared::Shared;
use crate::handle::watched::Watched;
use crate::hooks::ask::LoginHook;
use crate::observe::clock::Clock;
use crate::observe::duplicate_warning::Namesake;
use crate::observe::meter;
use crate::provider::client_credentials::client_tokens::ClientTokens;
use crate::provider::last_check::LastCheck;
use crate::provider::places::Places;
use crate::provider::provider_client::ProviderClient;
use crate::refresh::refresher::Refresher;
use crate::store::deadlines::soon;
use crate::store::shared_store::SharedStore;
use crate::store::store_error::StoreError;

/// Login with FNCY for one application.
///
/// Build one at start, and give each worker a clone. Cloning is cheap, and clones share all state.
#[derive(Clone)]
pub struct Login(pub(crate) Shared<Inner>);

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
    pub(crate) coverage: CoverageWatch,
    pub(crate) namesake: Arc<Namesake>,
    pub(crate) on_login: Option<LoginHook>,
    /// The headers that hooks see.
    pub(crate) hook_headers: Box<[&'static str]>,
    pub(crate) client_address: Option<ClientAddress>,
    pub(crate) hasher: RandomState,
    /// Whether a session is accepted while the store can't be asked.
    pub(crate) admits_unverified: bool,
}

impl Login {
    /// The application's site, taken from its redirect URI.
    ///
    /// If there are several redirect URIs, it is the site of the first. Their paths are the same.
    #[must_use]
    pub fn site(&self) -> &Site {
        self.0.core.site()
    }

    /// Ends all sessions that a user has now: "sign out everywhere" (log out everywhere).
    ///
    /// Call it if an account was taken over, if a person has left, or if they signed out at FNCY.
    /// `id` is [`User::id`](crate::User::id). The sessions end in this process at once. On the instances that share a
    /// [store](crate::LoginBuilder::store) they end within five seconds. Without a shared store the call is forgotten
    /// with the next restart.
    ///
    /// The user may sign in again at once. FNCY's own session goes on, so the next page that the browser opens
    /// goes to FNCY and comes back signed in, without a question. To keep the user out, refuse them in
    /// [`LoginBuilder::on_login`](crate::LoginBuilder::on_login) and [`LoginBuilder::on_refresh`](crate::LoginBuilder::on_refresh). To have FNCY ask for a password again, set
    /// [`Setting::AuthorizeParams`](crate::Setting::AuthorizeParams) to `prompt=login`, if FNCY understands it.
    ///
    /// The tokens are not revoked at FNCY, since only the browsers' cookies have them.
    ///
    /// The clocks of instances may differ by 60 seconds, so the call reaches sessions that were issued up to 60
    /// seconds from now. A session that begins after the call is exempt if its instance knows of the call: this
    /// one at once, the others within five seconds. Before that, the user signs in once more.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't be reached. The instance tries again until it succeeds.
    #[doc(alias = "revoke")]
    #[doc(alias = "logout")]
    pub async fn end_all_sessions(&self, id: &str) -> Result<(), StoreError> {
        let until = self.0.clock.now().plus(MAX_SKEW);
        let (store, user_id) = (Arc::clone(&self.0.store), id.to_owned());
        let told = tokio::spawn(async move { soon(store.revoke_user(&user_id, until)).await });
        let told = told.await.unwrap_or(Err(StoreError));
        self.0.watched.revoke_user(id, until);
        told
    }

    /// A line of a request's `Cookie` header without the cookies of this login.
    ///
    /// Call it if the application forwards requests to another server that must not see the session. The login's
    /// cookies hold the session, the sign-ins under way and their count. The bytes of other cookies don't change.
    /// The result is `None` if no other cookie is left.
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

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.0.is_same(&other.0)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Login").field(&self.0.core).finish()
    }
}
