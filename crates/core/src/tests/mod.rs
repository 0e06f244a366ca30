//! Tests that need more than one room, and what unit tests share.

mod nonces;
pub(crate) mod request;
mod vector;
mod vectors;
