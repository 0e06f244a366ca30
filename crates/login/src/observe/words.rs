//! The values of labels that are no words of the core.

use fncy_login_core::Exchange;

/// The outcome of a refresh that succeeded.
pub(crate) const REFRESHED: &str = "refreshed";

/// The exchanges with the provider.
#[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "for the meter"))]
pub(crate) const EXCHANGES: [&str; 8] = [
    API,
    "client_credentials",
    "introspect",
    "key_set",
    "redeem",
    "refresh",
    "revoke",
    "user_data",
];

/// A handler's call of the provider's API.
pub(crate) const API: &str = "api";

/// The outcome of an exchange that succeeded.
pub(crate) const SUCCESS: &str = "2xx";

/// The outcomes of an exchange that was answered.
#[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "for the meter"))]
pub(crate) const STATUSES: [&str; 5] = [SUCCESS, "3xx", "429", "4xx", "5xx"];

/// The calls of a store.
#[cfg_attr(not(feature = "metrics"), expect(dead_code, reason = "for the meter"))]
pub(crate) const STORE_CALLS: [&str; 12] = [
    "began",
    "claim",
    "find",
    "finish",
    "is_outdated",
    "is_revoked",
    "ping",
    "read_since",
    "read_user",
    "revoke",
    "revoke_user",
    "session_lists",
];

/// The name of an exchange.
pub(crate) fn name_of(exchange: Exchange<'_>) -> &'static str {
    match exchange {
        Exchange::Redeem(_) => "redeem",
        Exchange::UserData { .. } => "user_data",
        Exchange::Refresh { .. } => "refresh",
        Exchange::ClientCredentials { .. } => "client_credentials",
        Exchange::Introspect { .. } => "introspect",
        Exchange::KeySet { .. } => "key_set",
        Exchange::Revoke(_) => "revoke",
    }
}

/// The outcome of an exchange with this status.
pub(crate) fn class_of(status: u16) -> &'static str {
    match status {
        ..300 => SUCCESS,
        300..400 => "3xx",
        429 => "429",
        400..500 => "4xx",
        500.. => "5xx",
    }
}
