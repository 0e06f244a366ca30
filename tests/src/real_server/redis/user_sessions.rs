//! The sessions of a user on two instances that share a Redis (rows U3, U4).

use std::time::Duration;

use fncy_login::store::{MAX_LISTED, SealedSession, SessionId, SharedStore as _, UserKey};
use tokio::time::{Instant, sleep};

use super::Redis;
use crate::harness::{Harness, Served};
use crate::steps::device::{Device, ends};
use crate::world::World;

/// The documented limit for other instances.
const SOON: Duration = Duration::from_secs(5);

/// A world and its two instances.
fn instances(harness: Harness, redis: &Redis) -> (World, [Served; 2]) {
    let first = redis.instance();
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.store(first).list_sessions(|_| None));
    });
    let store = redis.instance();
    let there = world.instance(|builder| builder.store(store).list_sessions(|_| None));
    let here = world.app();
    (world, [here, there])
}

#[tokio::test(flavor = "multi_thread")]
async fn u03_signing_out_the_others_leaves_one_within_five_seconds() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    for harness in Harness::ALL {
        let (world, [here, there]) = instances(harness, &redis);
        let laptop = Device::of(&world, "alex").await;
        let phone = Device::of(&world, "alex").await;
        let tablet = Device::of(&world, "alex").await;
        let streams = [
            laptop.stream(&there).await,
            phone.stream(&there).await,
            tablet.stream(&here).await,
        ];
        let began = Instant::now();
        world.login.end_other_sessions(&laptop.user).await.unwrap();
        // No instance refuses the spared session in between.
        while phone.is_signed_in(&there).await {
            assert!(laptop.is_signed_in(&here).await && laptop.is_signed_in(&there).await);
            assert!(began.elapsed() < SOON);
            sleep(Duration::from_millis(5)).await;
        }
        assert!(laptop.is_signed_in(&here).await && laptop.is_signed_in(&there).await);
        for app in [&here, &there] {
            assert!(!phone.is_signed_in(app).await && !tablet.is_signed_in(app).await);
        }
        let [kept, phones, tablets] = streams;
        for stream in [phones, tablets] {
            let left = SOON.saturating_sub(began.elapsed());
            let text = ends(stream, left).await;
            assert_eq!(text, "alex: you were signed out, none");
        }
        assert!(!kept.is_finished());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn u03_of_two_sessions_that_end_each_other_at_most_one_stays() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (world, [here, there]) = instances(Harness::Bare, &redis);
    let builder = world.usual().store(redis.instance());
    let other = builder.build().unwrap();
    for _ in 0..10 {
        let laptop = Device::of(&world, "alex").await;
        let phone = Device::of(&world, "alex").await;
        assert!(phone.is_signed_in(&there).await);
        let [one, two] = tokio::join!(
            world.login.end_other_sessions(&laptop.user),
            other.end_other_sessions(&phone.user),
        )
        .into();
        one.and(two).unwrap();
        sleep(Duration::from_millis(1_200)).await;
        let stays = [
            laptop.is_signed_in(&here).await,
            phone.is_signed_in(&here).await,
        ];
        assert_ne!(stays, [true, true]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn u04_the_list_of_one_user_is_bounded_and_expires() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let store = redis.instance();
    let lists = store.session_lists().unwrap();
    let user = UserKey::new([7; 32]);
    for number in 0..10_000_u128 {
        let id = SessionId::from_bytes(number.to_be_bytes());
        let life = Duration::from_secs(600);
        let entry = SealedSession::new(user, id, "sealed".to_owned(), life);
        lists.put(entry).await.unwrap();
    }
    assert_eq!(lists.all(user).await.unwrap().len(), MAX_LISTED);
    let [key] = &redis.names(":sessions")[..] else {
        panic!("one list");
    };
    let left: u64 = redis.tell(&["pttl", key]).trim().parse().unwrap();
    assert!((1..=600_000).contains(&left), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn u04_two_instances_list_the_sessions_of_a_user() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (world, [here, there]) = instances(Harness::Tower, &redis);
    let laptop = Device::of(&world, "alex").await;
    let phone = Device::of(&world, "alex").await;
    let store = redis.instance();
    let other = world.usual().store(store).list_sessions(|_| None);
    let other = other.build().unwrap();
    let began = Instant::now();
    let listed = loop {
        let listed = other.sessions_of("alex").await.unwrap();
        if listed.len() == 2 {
            break listed;
        }
        assert!(began.elapsed() < SOON);
        sleep(Duration::from_millis(10)).await;
    };
    let contents = redis.tell(&["keys", "*"])
        + &redis.tell(&["zrange", &redis.names(":sessions")[0], "0", "-1"]);
    assert!(!contents.contains("alex"), "{contents}");
    // From an instance that has served neither.
    let phones = listed
        .iter()
        .find(|session| session.is(&phone.user))
        .unwrap();
    assert_eq!(
        other.end_listed_session("alex", phones.id()).await,
        Ok(true)
    );
    let began = Instant::now();
    while phone.is_signed_in(&here).await || phone.is_signed_in(&there).await {
        assert!(began.elapsed() < SOON);
        sleep(Duration::from_millis(20)).await;
    }
    assert!(laptop.is_signed_in(&here).await && laptop.is_signed_in(&there).await);
    let listed = world.login.sessions_of("alex").await.unwrap();
    assert_eq!(listed.len(), 1);
}
