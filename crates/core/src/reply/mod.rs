//! What a request comes to, and how the reply is written.

pub(crate) mod event;
pub(crate) mod format;
pub(crate) mod grpc;
pub(crate) mod outcome;
pub(crate) mod page;
pub(crate) mod words;
