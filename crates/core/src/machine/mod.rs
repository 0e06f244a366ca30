//! The machine: the settings of a site, as every request meets them.

pub(crate) mod host;
#[expect(clippy::module_inception, reason = "the folder's main noun")]
pub(crate) mod machine;
pub(crate) mod responder;
pub(crate) mod settings;
pub(crate) mod shared;
