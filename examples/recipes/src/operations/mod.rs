//! Operations: several instances, metrics, a proxy.

pub mod audit;
pub mod instances;
pub mod metrics;
pub mod nginx;
