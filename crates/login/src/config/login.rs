//! How a login begins: from the environment, or by a builder.

use crate::config::builder::LoginBuilder;
use crate::config::config_error::ConfigError;
use crate::handle::login::Login;

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
}
