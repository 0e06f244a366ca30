//! `Login`: the handle that an application holds and adapters call.

use std::fmt;
use std::hash::RandomState;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Once};

use fncy_login_core::{Core, Site};

use crate::bearer::bearers::Bearers;
use crate::handle::client_address::ClientAddress;
use crate::handle::coverage::CoverageWatch;
use crate::handle::listing::Listing;
use crate::handle::redemptions::Redemptions;
use crate::handle::shared::Shared;
use crate::handle::watched::Watched;
use crate::hooks::ask::LoginHook;
use crate::hooks::events::Events;
use crate::observe::clock::Clock;
use crate::observe::duplicate_warning::Namesake;
use crate::observe::telemetry::Telemetry;
use crate::provider::api_client::ApiClient;
use crate::provider::client_credentials::client_tokens::ClientTokens;
use crate::provider::last_check::LastCheck;
use crate::provider::places::Places;
use crate::provider::provider_client::ProviderClient;
use crate::refresh::refresher::Refresher;
use crate::store::store_client::StoreClient;
use crate::store::store_watch::StoreWatch;
use crate::store::tasks::Tasks;

/// Login with FNCY for one application.
///
/// Build one at start, and give each worker a clone. Cloning is cheap, and clones share all state.
#[doc(alias("sso", "single sign-on", "oauth2", "oidc", "authentication"))]
#[derive(Clone)]
pub struct Login(pub(crate) Shared<Inner>);

pub(crate) struct Inner {
    pub(crate) core: Core,
    pub(crate) provider: Arc<ProviderClient>,
    pub(crate) api: ApiClient,
    pub(crate) places: Arc<Places>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) store: Arc<StoreClient>,
    pub(crate) watch: Arc<StoreWatch>,
    pub(crate) tasks: Tasks,
    /// Whether the process is about to end.
    pub(crate) is_draining: AtomicBool,
    pub(crate) redemptions: Redemptions,
    pub(crate) refresher: Refresher,
    pub(crate) client_tokens: ClientTokens,
    pub(crate) watched: Watched,
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) last_check: LastCheck,
    pub(crate) coverage: CoverageWatch,
    pub(crate) namesake: Arc<Namesake>,
    pub(crate) events: Events,
    pub(crate) on_login: Option<LoginHook>,
    /// The headers that hooks see.
    pub(crate) hook_headers: Box<[&'static str]>,
    pub(crate) client_address: Option<ClientAddress>,
    pub(crate) listing: Option<Listing>,
    pub(crate) hasher: RandomState,
    /// Whether FNCY says when a person signed in, so that a guard for a recent sign-in has a proof.
    pub(crate) knows_auth_time: bool,
    /// Whether the log has a warning about such a guard without a proof.
    pub(crate) auth_time_warning: Once,
    /// Whether a session is accepted while the store can't be asked.
    pub(crate) admits_unverified: bool,
    /// `None` if no prefix accepts bearer tokens.
    pub(crate) bearers: Option<Arc<Bearers>>,
}

impl Login {
    /// The application's site, taken from its redirect URI.
    ///
    /// If there are several redirect URIs, it is the site of the first. Their paths are the same.
    #[must_use]
    pub fn site(&self) -> &Site {
        self.0.core.site()
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
