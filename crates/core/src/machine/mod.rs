//! The machine: what every request is judged by.

pub(crate) mod host;
#[expect(clippy::module_inception, reason = "the folder's main noun")]
pub(crate) mod machine;
pub(crate) mod responder;
pub(crate) mod settings;
pub(crate) mod shared;
