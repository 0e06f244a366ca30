//! Other services: FNCY's API, for a user and for the application itself.

pub mod fncy_api;
pub mod fncy_proxy;
pub mod machine;
pub mod mobile;

use axum::http::Uri;

/// The scheme, host and port of an address.
fn origin(address: &Uri) -> String {
    let scheme = address.scheme_str().unwrap_or_default();
    let authority = address
        .authority()
        .map_or("", |authority| authority.as_str());
    format!("{scheme}://{authority}")
}
