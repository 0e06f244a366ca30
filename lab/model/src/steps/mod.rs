//! What can happen next.

pub(crate) mod all;
mod commands;
mod faults;
mod log;
mod next;
mod provider;
mod refresh;
mod revocation;
mod time;
mod writes;
