//! The list of a user's sessions (row U4).

use std::time::Duration;

use fncy_login::LoginBuilder;
use fncy_login::sessions::{ListedSession, SessionsError};
use tokio::time::{sleep, timeout};

use crate::harness::Harness;
use crate::steps::device::{Device, ends};
use crate::steps::session::{LIFE, with_store};
use crate::store::Store;
use crate::world::World;

const HOUR: u64 = 3_600;
/// The list is written a moment after the request.
const SOON: Duration = Duration::from_secs(5);

/// Labels sessions by a header that the model of a browser sends.
fn with_list(builder: LoginBuilder) -> LoginBuilder {
    builder.list_sessions(|headers| headers.last("accept-language").map(str::to_owned))
}

/// The list of a user, once it is as expected.
async fn until(
    world: &World,
    user: &str,
    is_expected: impl Fn(&[ListedSession]) -> bool,
) -> Vec<ListedSession> {
    let listed = async {
        loop {
            let listed = world.login.sessions_of(user).await.unwrap();
            if is_expected(&listed) {
                return listed;
            }
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(SOON, listed).await.unwrap()
}

pub(super) async fn u04_a_user_has_a_list_of_their_live_sessions(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, with_list);
    let other = with_list(world.usual().store(store.instance()));
    let other = other.build().unwrap();
    let begun = world.clock().now();
    let laptop = Device::of(&world, "alex").await;
    world.advance(60);
    let phone = Device::of(&world, "alex").await;
    let _jun = Device::of(&world, "jun").await;
    let listed = until(&world, "alex", |listed| listed.len() == 2).await;
    let own = |user: &fncy_login::User| -> Vec<bool> {
        listed.iter().map(|session| session.is(user)).collect()
    };
    assert_eq!(own(&phone.user), [true, false], "the last used first");
    assert_eq!(own(&laptop.user), [false, true]);
    let times = listed.iter().map(ListedSession::signed_in_at);
    assert_eq!(times.collect::<Vec<_>>(), [begun.plus(60), begun]);
    assert!(
        listed
            .iter()
            .all(|session| session.last_used() == session.signed_in_at())
    );
    assert_eq!(listed[0].label(), Some("en-GB,en;q=0.9"));
    assert_eq!(other.sessions_of("alex").await.unwrap(), listed);
    assert_eq!(
        until(&world, "jun", |listed| listed.len() == 1).await.len(),
        1
    );
    assert_eq!(world.login.sessions_of("nobody").await, Ok(Vec::new()));
    let contents = store.contents();
    assert!(
        !contents.contains("en-GB") && !contents.contains("alex"),
        "{contents}"
    );
    // A revoked session is not listed, on the instance that revoked it at once.
    world.login.end_other_sessions(&phone.user).await.unwrap();
    let listed = world.login.sessions_of("alex").await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(listed[0].is(&phone.user));
    world.advance(25 * HOUR);
    assert_eq!(world.login.sessions_of("alex").await, Ok(Vec::new()));
}

pub(super) async fn u04_a_list_follows_refreshes_and_rolls(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, with_list);
    let laptop = Device::of(&world, "alex").await;
    let begun = world.clock().now();
    until(&world, "alex", |listed| listed.len() == 1).await;
    for _ in 0..2 {
        world.advance(LIFE + 1);
        laptop.visit(&world.app(), "/page").await;
        let now = world.clock().now();
        let listed = until(&world, "alex", |listed| listed[0].last_used() == now).await;
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].signed_in_at(), begun);
    }
}

pub(super) async fn u04_a_listed_id_ends_a_session_of_its_user_alone(harness: Harness) {
    let world = World::with(harness, |setup| setup.login = Box::new(with_list));
    let app = world.app();
    let laptop = Device::of(&world, "alex").await;
    let phone = Device::of(&world, "alex").await;
    let jun = Device::of(&world, "jun").await;
    let stream = phone.stream(&app).await;
    let listed = until(&world, "alex", |listed| listed.len() == 2).await;
    let phones = listed.iter().find(|session| session.is(&phone.user));
    let id = phones.unwrap().id().to_string().parse().unwrap();
    until(&world, "jun", |listed| listed.len() == 1).await;
    assert_eq!(world.login.end_listed_session("jun", id).await, Ok(false));
    assert!(phone.is_signed_in(&app).await);
    assert_eq!(world.login.end_listed_session("alex", id).await, Ok(true));
    let text = ends(stream, Duration::from_secs(1)).await;
    assert_eq!(text, "alex: you were signed out, none");
    assert!(!phone.is_signed_in(&app).await);
    assert!(laptop.is_signed_in(&app).await && jun.is_signed_in(&app).await);
    until(&world, "alex", |listed| listed.len() == 1).await;
    assert_eq!(world.login.end_listed_session("alex", id).await, Ok(false));
}

pub(super) async fn u04_while_the_store_is_down_a_list_is_an_error(harness: Harness) {
    let store = Store::default();
    let instance = store.instance();
    let world = World::with(harness, |setup| {
        let provider = std::mem::take(&mut setup.provider);
        setup.provider = provider.access_token_lifetime(Duration::from_secs(24 * HOUR));
        setup.login =
            Box::new(|builder| with_list(builder.store(instance)).danger_admit_without_store());
    });
    let laptop = Device::of(&world, "alex").await;
    let id = until(&world, "alex", |listed| listed.len() == 1).await[0].id();
    store.set_down(true);
    let listed = world.login.sessions_of("alex").await;
    assert_eq!(listed, Err(SessionsError::Store));
    let ended = world.login.end_listed_session("alex", id).await;
    assert_eq!(ended, Err(SessionsError::Store));
    // A request that keeps its session alive does not wait for the list.
    world.advance(3 * HOUR);
    assert_eq!(laptop.visit(&world.app(), "/page").await, "user=alex");
    let logged = timeout(SOON, async {
        while !world
            .logged()
            .contains("entries of session lists could not be written")
        {
            sleep(Duration::from_millis(10)).await;
        }
    });
    logged.await.unwrap();
    store.set_down(false);
    assert_eq!(world.login.sessions_of("alex").await.unwrap().len(), 1);
}

pub(super) async fn u04_without_the_setting_a_list_is_an_error(harness: Harness) {
    let world = World::new(harness);
    let laptop = Device::of(&world, "alex").await;
    let listed = world.login.sessions_of("alex").await;
    assert_eq!(listed, Err(SessionsError::NotListed));
    let text = listed.unwrap_err().to_string();
    assert!(text.contains("call `list_sessions`"), "{text}");
    assert!(laptop.is_signed_in(&world.app()).await);
}
