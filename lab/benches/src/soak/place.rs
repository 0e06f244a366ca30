//! The application, its provider, and what happens to both.

use std::sync::Arc;

use fncy_dev_server::DevServer;

use super::fleet::Proxy;
use super::periods::Periods;
use super::tally::Tally;

/// What all visitors know.
pub(super) struct Place {
    /// The origin of the application.
    pub(super) origin: String,
    /// Its provider.
    pub(super) provider: Arc<DevServer>,
    /// The way to its instances.
    pub(super) proxy: Arc<Proxy>,
    /// What happens to it.
    pub(super) periods: Periods,
    /// What they make of it.
    pub(super) tally: Tally,
}
