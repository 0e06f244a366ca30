//! What an application sets, read and checked at start.

pub(crate) mod build;
pub(crate) mod builder;
pub(crate) mod config_error;
pub(crate) mod cookie_secret;
pub(crate) mod duplicate_warning;
pub(crate) mod guessable_secret;
pub(crate) mod hooks;
pub(crate) mod parser;
pub(crate) mod path_rules;
pub(crate) mod secret_file;
pub(crate) mod secret_files;
pub(crate) mod setting;
pub(crate) mod settings;
pub(crate) mod values;
