//! The hosts that a cookie may name.
//!
//! There is no public suffix list here. A name without a dot counts as a public suffix, which is right for all hosts
//! under `.example` and `.test`.

use std::net::IpAddr;

/// Whether a cookie's `Domain` would span hosts of different owners.
pub(crate) fn is_public_suffix(domain: &str) -> bool {
    !domain.contains('.')
}

pub(crate) fn is_ip_address(host: &str) -> bool {
    host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
}
