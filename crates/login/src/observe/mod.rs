//! What operators see: log lines, events, metrics.

pub(crate) mod clock;
#[cfg_attr(not(feature = "metrics"), path = "no_meter.rs")]
pub(crate) mod meter;
pub(crate) mod telemetry;
