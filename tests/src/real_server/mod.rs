//! Servers not written here, run as child processes of a test: a provider, and a store.
//!
//! They are optional: where one is not installed its tests say so on stderr and skip. With
//! `FNCY_REQUIRE_REAL_SERVERS=1` they fail instead, so that no pass hides a skip.

#[cfg(test)]
mod instance;
pub mod oidc_provider;
pub mod proxy;
pub mod redis;
#[cfg(test)]
mod redis_cluster;
#[cfg(test)]
mod redis_faults;
#[cfg(test)]
mod redis_processes;
#[cfg(test)]
mod redis_sites;
#[cfg(test)]
mod redis_tests;
#[cfg(test)]
mod several;
#[cfg(test)]
mod sign_in_tests;

/// What a test does where something is not installed: it says this sentence.
///
/// # Panics
///
/// The real servers are required.
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
