//! Plain values that all of the core uses.

pub(crate) mod code;
pub(crate) mod codec;
pub(crate) mod entropy;
pub(crate) mod json;
pub(crate) mod newest;
pub(crate) mod secret;
pub(crate) mod secure_url;
pub(crate) mod timestamp;
