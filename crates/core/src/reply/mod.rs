//! Replies, and how they are written.

pub(crate) mod draft;
pub(crate) mod event;
pub(crate) mod format;
pub(crate) mod grpc;
pub(crate) mod page;
pub(crate) mod pages;
pub(crate) mod problem;
pub(crate) mod reference;
#[expect(clippy::module_inception, reason = "the folder's main noun")]
pub(crate) mod reply;
pub(crate) mod subject;
pub(crate) mod words;
