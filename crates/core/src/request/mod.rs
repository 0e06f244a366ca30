//! The facts of a request: its head, kind, paths, origin, language and return address.

pub(crate) mod addresses;
pub(crate) mod canonical_path;
pub(crate) mod classify;
pub(crate) mod cross_site;
pub(crate) mod endpoint;
pub(crate) mod head;
pub(crate) mod language;
pub(crate) mod owned_head;
pub(crate) mod placement;
pub(crate) mod request_paths;
pub(crate) mod return_to;
pub(crate) mod site;
