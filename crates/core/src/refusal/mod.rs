//! Refusals: a page for a person, problem+json for a program.

pub(crate) mod bearer;
pub(crate) mod failed_sign_in;
pub(crate) mod parts;
pub(crate) mod refuse;
