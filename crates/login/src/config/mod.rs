//! What an application sets, read and checked at start.

pub(crate) mod build;
pub(crate) mod builder;
pub(crate) mod client_address;
pub(crate) mod config_error;
pub(crate) mod hooks;
pub(crate) mod http;
pub(crate) mod parser;
pub(crate) mod path_rules;
pub(crate) mod roots;
pub(crate) mod secrets;
pub(crate) mod sessions;
pub(crate) mod setting;
pub(crate) mod settings;
pub(crate) mod values;
