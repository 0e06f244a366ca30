//! The running server: its thread, its connections, and the layers around all endpoints.

mod accept;
pub(crate) mod builder;
pub(crate) mod dev_server;
mod host;
mod observe;
mod routes;
pub(crate) mod start_error;
