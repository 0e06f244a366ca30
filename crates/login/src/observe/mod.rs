//! Log lines, spans and metrics for the operator, and the clock and the source of randomness.

pub(crate) mod clock;
#[cfg(feature = "metrics")]
pub(crate) mod descriptions;
pub(crate) mod duplicate_warning;
#[cfg_attr(not(feature = "metrics"), path = "no_meter.rs")]
pub(crate) mod meter;
pub(crate) mod once_per_minute;
pub(crate) mod telemetry;
pub(crate) mod trace_context;
pub(crate) mod words;
