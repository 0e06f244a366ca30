//! The application ends one session of a user, the others or all (row U3).

use std::time::Duration;

use tokio::time::sleep;

use crate::harness::Harness;
use crate::steps::device::{Device, ends};
use crate::steps::session::with_store;
use crate::store::Store;
use crate::world::World;

/// An instance ends the connections of its own sessions without a delay.
const AT_ONCE: Duration = Duration::from_secs(1);
/// The documented limit for other instances.
const SOON: Duration = Duration::from_secs(5);

/// Which of these sessions an instance admits.
async fn signed_in<const N: usize>(world: &World, devices: [&Device; N]) -> [bool; N] {
    let mut admitted = [false; N];
    for (index, device) in devices.into_iter().enumerate() {
        admitted[index] = device.is_signed_in(&world.app()).await;
    }
    admitted
}

pub(super) async fn u03_ending_one_session_ends_no_other(harness: Harness) {
    let world = World::new(harness);
    let laptop = Device::of(&world, "alex").await;
    let phone = Device::of(&world, "alex").await;
    let streams = [
        laptop.stream(&world.app()).await,
        phone.stream(&world.app()).await,
    ];
    world.login.end_session(&laptop.user).await.unwrap();
    let [ended, other] = streams;
    let text = ends(ended, AT_ONCE).await;
    assert_eq!(text, "alex: you were signed out, none");
    assert_eq!(signed_in(&world, [&laptop, &phone]).await, [false, true]);
    assert!(!other.is_finished());
    // The person may sign in again at once.
    let again = Device::of(&world, "alex").await;
    assert!(again.is_signed_in(&world.app()).await);
}

pub(super) async fn u03_ending_the_others_leaves_this_one(harness: Harness) {
    let world = World::new(harness);
    let laptop = Device::of(&world, "alex").await;
    let phone = Device::of(&world, "alex").await;
    let tablet = Device::of(&world, "alex").await;
    let jun = Device::of(&world, "jun").await;
    let app = world.app();
    let [kept, ended] = [laptop.stream(&app).await, phone.stream(&app).await];
    world.login.end_other_sessions(&laptop.user).await.unwrap();
    let text = ends(ended, AT_ONCE).await;
    assert_eq!(text, "alex: you were signed out, none");
    let all = [&laptop, &phone, &tablet, &jun];
    assert_eq!(signed_in(&world, all).await, [true, false, false, true]);
    assert!(!kept.is_finished());
    // A session that begins within the same second lives, and may end the first one.
    let again = Device::of(&world, "alex").await;
    assert_eq!(signed_in(&world, [&laptop, &again]).await, [true, true]);
    world.login.end_other_sessions(&again.user).await.unwrap();
    assert_eq!(signed_in(&world, [&laptop, &again]).await, [false, true]);
    let text = ends(kept, AT_ONCE).await;
    assert_eq!(text, "alex: you were signed out, none");
    world.login.end_all_sessions("alex").await.unwrap();
    assert_eq!(signed_in(&world, [&again, &jun]).await, [false, true]);
}

pub(super) async fn u03_ending_the_others_reaches_each_instance(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let other = world.instance(|builder| builder.store(store.instance()));
    let laptop = Device::of(&world, "alex").await;
    let phone = Device::of(&world, "alex").await;
    let streams = [laptop.stream(&other).await, phone.stream(&other).await];
    world.login.end_other_sessions(&laptop.user).await.unwrap();
    let [kept, ended] = streams;
    let text = ends(ended, SOON).await;
    assert_eq!(text, "alex: you were signed out, none");
    sleep(Duration::from_millis(400)).await;
    for app in [&world.app(), &other] {
        assert!(laptop.is_signed_in(app).await);
        assert!(!phone.is_signed_in(app).await);
    }
    assert!(!kept.is_finished());
}

pub(super) async fn u03_a_session_that_was_ended_spares_none(harness: Harness) {
    let world = World::new(harness);
    let laptop = Device::of(&world, "alex").await;
    let phone = Device::of(&world, "alex").await;
    world.login.end_other_sessions(&laptop.user).await.unwrap();
    // An open connection of the phone still has its user.
    world.login.end_other_sessions(&phone.user).await.unwrap();
    assert_eq!(signed_in(&world, [&laptop, &phone]).await, [false, false]);
}
