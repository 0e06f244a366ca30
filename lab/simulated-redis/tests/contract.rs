//! The store over a link: its contract, its patience, and what a jump of the server's clock does.

mod network;

use std::sync::Arc;
use std::time::Duration;

use fncy_login::store::{Claim, LeaseKey, LeaseKind, LeaseOutcome, Leases as _, SharedStore as _};
use fncy_login_simulated_redis::{ServerState, store};
use fncy_login_tests::store::contract;

use network::Network;
use tokio::time::timeout;

const KEY: LeaseKey = LeaseKey::new(LeaseKind::Refresh, [7; 32]);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

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

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_ahead_lets_two_instances_hold_a_lease() {
    let network = Network::new();
    let [here, there] = [network.clone(), network.another()].map(|link| store(link));
    let first = here.claim(KEY, Some(0)).await;
    assert!(matches!(first, Ok(Claim::Granted(_))), "{first:?}");
    network.server().jump(29);
    let claimed = timeout(Duration::from_millis(500), there.claim(KEY, Some(0))).await;
    assert!(claimed.is_err(), "{claimed:?}");
    network.server().jump(2);
    let second = there.claim(KEY, Some(0)).await;
    let (Ok(Claim::Granted(first)), Ok(Claim::Granted(second))) = (first, second) else {
        panic!("both hold it");
    };
    assert!(first.remaining() > Duration::from_secs(29), "it can't know");
    // The second outcome is the newer one.
    let outcome = |sealed| LeaseOutcome::new(sealed, HOUR).with_version(1);
    second.finish(outcome("second")).await.unwrap();
    first.finish(outcome("first")).await.unwrap();
    let found = there.find(KEY, Some(0)).await;
    assert_eq!(found, Ok(Some(b"second".to_vec())));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_keeps_the_lease_of_a_lost_instance() {
    let network = Network::new();
    let other = network.another();
    let [here, there] = [network.clone(), other.clone()].map(|link| store(link));
    let lease = here.claim(KEY, Some(0)).await;
    assert!(matches!(lease, Ok(Claim::Granted(_))), "{lease:?}");
    network.set_silent(true);
    drop(lease);
    network.server().jump(-3_600);
    let claimed = timeout(HOUR, there.claim(KEY, Some(0))).await;
    assert!(claimed.is_err(), "{claimed:?}");
    let claimed = timeout(MINUTE, there.claim(KEY, Some(0))).await;
    assert!(matches!(claimed, Ok(Ok(Claim::Granted(_)))), "{claimed:?}");
}
