//! "No", in the form that fits who asked.

pub(crate) mod refusal;
