//! The application's rules about paths.

pub(crate) mod path_rules;
pub(crate) mod path_set;
pub(crate) mod pattern;
