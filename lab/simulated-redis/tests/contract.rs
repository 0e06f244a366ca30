//! The store over a link: its contract, its patience, and what it costs.

mod network;

use std::sync::Arc;

use fncy_login::store::SharedStore as _;
use fncy_login_simulated_redis::{ServerState, store};
use fncy_login_tests::store::contract;

use network::Network;

#[tokio::test(start_paused = true)]
async fn the_store_keeps_its_contract() {
    let network = Network::new();
    contract::holds(store(network.clone()), store(network.clone()), 1).await;
    contract::holds(store(network.clone()), store(network), 2).await;
}

#[tokio::test(start_paused = true)]
async fn a_server_in_each_state_is_asked_again() {
    let network = Network::new();
    let store = store(Arc::clone(&network) as _);
    for state in [
        ServerState::Loading,
        ServerState::Busy,
        ServerState::ReadOnly,
        ServerState::Full,
        ServerState::Unsaved,
    ] {
        network.server().set_state(state);
        assert!(store.ping().await.is_err(), "{state:?}");
        network.server().set_state(ServerState::Ready);
        network.pause().await;
        assert_eq!(store.ping().await, Ok(()), "{state:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_left_after_a_second_and_a_half() {
    let network = Network::new();
    let store = store(Arc::clone(&network) as _);
    assert_eq!(store.ping().await, Ok(()));
    network.set_silent(true);
    let began = tokio::time::Instant::now();
    assert!(store.ping().await.is_err());
    assert_eq!(began.elapsed().as_millis(), 1_500);
    assert!(store.ping().await.is_err());
    assert_eq!(began.elapsed().as_millis(), 1_500, "at once");
    network.set_silent(false);
    network.pause().await;
    assert_eq!(store.ping().await, Ok(()));
}
