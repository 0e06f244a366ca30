//! Tests of the driver alone, on the bare harness, without adapters.

mod alerts;
mod allocations;
mod client_token;
mod cookie_properties;
mod counts;
mod deadlines;
mod metric_names;
mod metrics;
mod opaque;
mod operations;
mod session;
mod tls;
mod traces;
