//! The contract of a store: a suite for any implementation.
//!
//! `here` and `there` are two instances' ways to the same store. For a store of one process, both are the same.

pub mod leases;
pub mod revocations;
pub mod session_lists;

use fncy_login::store::SharedStore;

/// Asserts the whole contract.
///
/// `number` tells the keys and sessions of this run from those of other runs in the same store.
pub async fn holds<S: SharedStore + Clone>(here: S, there: S, number: u8) {
    for store in [&here, &there] {
        store.ping().await.unwrap();
    }
    leases::hold(&here, &there, number).await;
    revocations::hold(&here, &there, number).await;
    if let (Some(here), Some(there)) = (here.session_lists(), there.session_lists()) {
        session_lists::hold(here, there, number).await;
    }
}

#[cfg(test)]
mod tests {
    use fncy_login::store::MemoryStore;

    use super::holds;
    use crate::store::Store;

    #[tokio::test]
    async fn the_default_keeps_the_contract() {
        let store = MemoryStore::new();
        holds(store.clone(), store, 1).await;
    }

    #[tokio::test]
    async fn the_store_of_the_scenarios_keeps_it_too() {
        let store = Store::default();
        holds(store.instance(), store.instance(), 1).await;
    }
}
