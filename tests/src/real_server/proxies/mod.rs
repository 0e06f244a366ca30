//! Proxies with the configurations of `docs/deploy`, before instances of an application, and met over TLS (row XR18).
//!
//! - `start`: each proxy, and what of its configuration is another on this machine. The fleet uses it too.
//! - `instances`: the instances, of which one alone can serve.
//! - `tests`: what people do through each proxy.

pub(super) mod instances;
pub(super) mod start;
mod tests;
