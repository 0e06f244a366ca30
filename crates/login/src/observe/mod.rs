//! The operator's view: log lines, spans and metrics. The clock and the source of randomness are here too.

pub(crate) mod clock;
pub(crate) mod duplicate_warning;
#[cfg_attr(not(feature = "metrics"), path = "no_meter.rs")]
pub(crate) mod meter;
pub(crate) mod once_per_minute;
pub(crate) mod telemetry;
