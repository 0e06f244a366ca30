//! What several instances of an application share.

pub(crate) mod expiring_map;
pub(crate) mod in_flight;
pub(crate) mod memory;
pub(crate) mod outdated;
pub(crate) mod revocations;
pub(crate) mod shared_store;
pub(crate) mod without_store;

pub use crate::store::memory::MemoryStore;
pub use crate::store::shared_store::{
    Asked, Claim, Finished, Known, Lease, SharedStore, StoreError, Work, WorkKind,
};
pub use fncy_login_core::{RevokedSession, SessionRef};
