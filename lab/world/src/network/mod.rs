//! The network: what instances send to the provider and to the store, and what comes back.

mod exchanges;
pub(crate) mod store;
pub(crate) mod wires;
