//! Everything the handlers share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::browser::Browser;
use crate::endpoint::Endpoint;
use crate::fault_script::FaultScript;
use crate::grants::Grants;
use crate::id_source::IdSource;
use crate::recorder::Recorder;
use crate::settings::Settings;

/// Where most examples and tutorials have their application.
const REDIRECT_URI: &str = "http://localhost:3000/auth/callback";

pub(crate) struct Provider {
    pub(crate) settings: Settings,
    pub(crate) base_url: String,
    pub(crate) ids: IdSource,
    pub(crate) browser: Mutex<Browser>,
    pub(crate) grants: Mutex<Grants>,
    pub(crate) faults: FaultScript,
    pub(crate) recorder: Recorder,
}

impl Provider {
    pub(crate) fn new(settings: Settings, base_url: String, seed: &[u8; 32]) -> Self {
        let grants = Grants::new(settings.access_token_life, settings.rotation);
        Self {
            settings,
            base_url,
            ids: IdSource::new(seed),
            browser: Mutex::default(),
            grants: Mutex::new(grants),
            faults: FaultScript::default(),
            recorder: Recorder::default(),
        }
    }

    pub(crate) fn url(&self, endpoint: Endpoint) -> String {
        format!("{}{}", self.base_url, endpoint.path())
    }

    pub(crate) fn sign_out_url(&self) -> String {
        format!("{}/sign-out", self.base_url)
    }

    pub(crate) fn environment(&self) -> [(&'static str, String); 6] {
        [
            ("FNCY_BASE_URL", self.base_url.clone()),
            ("FNCY_CLIENT_ID", self.settings.client_id.clone()),
            ("FNCY_CLIENT_SECRET", self.settings.client_secret.clone()),
            ("FNCY_USERINFO_URL", self.url(Endpoint::UserData)),
            ("FNCY_REVOCATION_URL", self.url(Endpoint::Revoke)),
            ("FNCY_SIGN_OUT_URL", self.sign_out_url()),
        ]
    }

    /// The settings of an application as lines of an environment file, its own included: it is at the first
    /// redirect URI that is registered, else on port 3000.
    pub(crate) fn variables(&self) -> String {
        let registered = self.settings.redirect_uris.first();
        let redirect_uri = registered.map_or(REDIRECT_URI, String::as_str);
        let endpoints = redirect_uri.strip_suffix("/callback");
        let decided = self.environment().into_iter();
        let decided = decided.map(|(name, value)| match (name, endpoints) {
            // A sign-out comes back to the application's own page.
            ("FNCY_SIGN_OUT_URL", Some(endpoints)) => {
                (name, format!("{value}?return_to={endpoints}/logout"))
            }
            _ => (name, value),
        });
        let own = [
            ("FNCY_REDIRECT_URI", redirect_uri.to_owned()),
            ("FNCY_COOKIE_SECRET", self.ids.cookie_secret()),
        ];
        let all = decided.chain(own);
        all.map(|(name, value)| format!("{name}={value}\n"))
            .collect()
    }
}

/// No lock is held over a call that can leave its value half changed, so a poisoned one is good.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
