//! Tests of several folders together, and helpers of all unit tests.

mod nonces;
pub(crate) mod request;
mod vector;
mod vectors;
