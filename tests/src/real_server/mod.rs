//! Servers of other projects, run as child processes of a test: two providers, a store and a proxy.
//!
//! - [`provider`]: the start of a provider and the steps on its pages. [`oidc_provider`] and [`oauth_toolkit`] have the
//!   differences.
//! - [`door`], [`site`]: an application whose token requests are counted on their way.
//! - [`nginx`]: a proxy in front of an application.
//! - `proxies`: nginx, Caddy and Traefik before instances of an application, met over TLS by [`tls`].
//! - [`fleet`]: three instances in production, with all that is around them. `rolling` restarts them.
//! - `hostile_jwts`, `signed_tokens`: JWTs of another JOSE library, and of a provider.
//! - [`behaviours`]: the tests for each provider, on both frameworks.
//!
//! The servers are optional. If one is not installed, its tests say so on stderr and are skipped. With
//! `FNCY_REQUIRE_REAL_SERVERS=1` they fail instead, so a pass never hides a skip.

pub mod behaviours;
pub mod door;
pub mod fleet;
#[cfg(test)]
mod hostile_jwts;
#[cfg(test)]
mod instance;
pub mod nginx;
pub mod oauth_toolkit;
pub mod oidc_provider;
pub mod provider;
#[cfg(test)]
mod proxies;
pub mod proxy;
pub mod redis;
#[cfg(test)]
mod rolling;
#[cfg(test)]
mod signed_tokens;
pub mod site;
pub mod tls;

/// Skips a test with this sentence, because a server is not installed.
///
/// # Panics
///
/// If the real servers are required.
#[expect(
    clippy::disallowed_methods,
    reason = "whether to skip is a setting of the tests alone"
)]
pub fn skip<T>(sentence: &str) -> Option<T> {
    let required = std::env::var("FNCY_REQUIRE_REAL_SERVERS").is_ok_and(|value| value == "1");
    assert!(!required, "{sentence}");
    eprintln!("{sentence}");
    None
}
