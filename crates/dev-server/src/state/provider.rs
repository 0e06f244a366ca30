//! The provider: what all endpoints share.

use std::sync::{Arc, Mutex};

use crate::config::endpoint::Endpoint;
use crate::config::settings::Settings;
use crate::faults::fault_script::FaultScript;
use crate::faults::recorder::Recorder;
use crate::state::grants::Grants;
use crate::state::signing_keys::SigningKeys;
use crate::system::id_source::IdSource;

pub(crate) struct Provider {
    pub(crate) settings: Arc<Settings>,
    pub(crate) base_url: String,
    pub(crate) ids: IdSource,
    pub(crate) grants: Mutex<Grants>,
    pub(crate) keys: Arc<SigningKeys>,
    pub(crate) faults: FaultScript,
    pub(crate) recorder: Recorder,
}

impl Provider {
    pub(crate) fn new(
        settings: Settings,
        base_url: String,
        seed: &[u8; 32],
        keys: SigningKeys,
    ) -> Self {
        let (settings, keys) = (Arc::new(settings), Arc::new(keys));
        let grants = Grants::new(Arc::clone(&settings), &base_url, Arc::clone(&keys));
        Self {
            settings,
            base_url,
            ids: IdSource::new(seed),
            grants: Mutex::new(grants),
            keys,
            faults: FaultScript::default(),
            recorder: Recorder::default(),
        }
    }

    pub(crate) fn url(&self, endpoint: Endpoint) -> String {
        format!("{}{}", self.base_url, endpoint.path())
    }

    /// The `iss` of access tokens.
    pub(crate) fn issuer(&self) -> &str {
        self.settings.issuer_or(&self.base_url)
    }

    pub(crate) fn sign_out_url(&self) -> String {
        format!("{}/sign-out", self.base_url)
    }
}
