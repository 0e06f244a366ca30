//! Operations: an application in production, an audit log, a proxy.

pub mod audit;
pub mod nginx;
pub mod production;
