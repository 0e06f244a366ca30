//! A seam at which tests of the refresh replace the provider.

use std::pin::Pin;

use fncy_login_core::{Exchange, ProviderResult};
use tokio::time::Instant;

use crate::provider::places::Place;

/// Runs exchanges with the provider.
pub(crate) trait Exchanges: Send + Sync + 'static {
    fn run<'a>(
        &'a self,
        exchange: Exchange<'a>,
        place: &'a Place,
        deadline: Instant,
    ) -> Pin<Box<dyn Future<Output = ProviderResult> + Send + 'a>>;
}
