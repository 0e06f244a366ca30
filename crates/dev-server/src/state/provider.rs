//! The provider: what all endpoints share.

use std::sync::Mutex;

use crate::config::endpoint::Endpoint;
use crate::config::settings::Settings;
use crate::faults::fault_script::FaultScript;
use crate::faults::recorder::Recorder;
use crate::state::grants::Grants;
use crate::system::id_source::IdSource;

pub(crate) struct Provider {
    pub(crate) settings: Settings,
    pub(crate) base_url: String,
    pub(crate) ids: IdSource,
    pub(crate) grants: Mutex<Grants>,
    pub(crate) faults: FaultScript,
    pub(crate) recorder: Recorder,
}

impl Provider {
    pub(crate) fn new(settings: Settings, base_url: String, seed: &[u8; 32]) -> Self {
        let lifetime = settings.access_token_lifetime;
        let grants = Grants::new(lifetime, settings.refresh_token_rotation);
        Self {
            settings,
            base_url,
            ids: IdSource::new(seed),
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
}
