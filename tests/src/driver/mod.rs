//! The driver alone, on the bare harness: adapters have no part in what these tests ask.

mod allocations;
mod client_token;
mod cookie_properties;
mod counts;
mod deadlines;
mod opaque;
mod operations;
mod tls;
