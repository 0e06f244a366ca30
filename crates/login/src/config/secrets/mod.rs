//! Secrets of the settings: how they are read, from where, and which are too weak.

pub(crate) mod cookie_secret;
pub(crate) mod guessable_secret;
pub(crate) mod secret_file;
pub(crate) mod secret_files;
