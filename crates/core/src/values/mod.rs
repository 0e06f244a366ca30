//! Plain values that all of the core uses.

pub(crate) mod codec;
pub(crate) mod device_draft;
pub(crate) mod entropy;
pub(crate) mod error_code;
pub(crate) mod hook_answer;
pub(crate) mod json;
pub(crate) mod jws;
pub(crate) mod newest;
pub(crate) mod quick_hash;
pub(crate) mod report;
pub(crate) mod secret;
pub(crate) mod secure_url;
pub(crate) mod timestamp;
