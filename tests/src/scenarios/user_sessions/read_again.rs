//! The application has a user read again, in each of the user's sessions (row U2).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::{Approval, LoginBuilder, NewLogin, RefreshedLogin, Refusal};
use tokio::time::sleep;

use crate::browser::Backend as _;
use crate::harness::{Harness, Served};
use crate::steps::device::Device;
use crate::steps::session::with_store;
use crate::store::Store;
use crate::world::World;

/// The roles of all users in the application's database. No role: the user is refused.
#[derive(Clone)]
struct Roles(Arc<Mutex<Option<&'static str>>>);

impl Roles {
    fn new() -> Self {
        Self(Arc::new(Mutex::new(Some("guest"))))
    }

    fn set(&self, role: Option<&'static str>) {
        *self.0.lock().unwrap() = role;
    }

    fn approve(&self) -> Result<Approval, Refusal> {
        match *self.0.lock().unwrap() {
            Some(role) => Ok(Approval::with_data(&role)?),
            None => Err(Refusal::new("This site is for members.")),
        }
    }

    /// Keeps the role in the session.
    fn add_to(&self, login: LoginBuilder) -> LoginBuilder {
        let (at_login, at_refresh) = (self.clone(), self.clone());
        login
            .on_login(move |_: NewLogin| {
                let roles = at_login.clone();
                async move { roles.approve() }
            })
            .on_refresh(move |_: RefreshedLogin| {
                let roles = at_refresh.clone();
                async move { roles.approve() }
            })
    }
}

/// Opens a page with the device, and asserts the role that its handler sees.
async fn sees(device: &Device, app: &Served, role: &str) {
    let text = device.visit(app, "/data").await;
    assert!(text.contains(&format!("\"{role}\"")), "{text}");
}

pub(super) async fn u02_a_user_is_read_again_once_in_each_session(harness: Harness) {
    let (store, roles) = (Store::default(), Roles::new());
    let (here, there) = (roles.clone(), roles.clone());
    let world = with_store(harness, &store, move |builder| here.add_to(builder));
    let other = world.instance(|builder| there.add_to(builder.store(store.instance())));
    let laptop = Device::of(&world, "alex").await;
    let phone = Device::of(&world, "alex").await;
    let jun = Device::of(&world, "jun").await;
    let asked = || {
        let count = |endpoint| world.provider.request_count(endpoint);
        [count(Endpoint::Token), count(Endpoint::UserData)]
    };
    let before = asked();
    roles.set(Some("admin"));
    for device in [&laptop, &phone, &jun] {
        sees(device, &world.app(), "guest").await;
    }
    world.login.refresh_user_of("alex").await.unwrap();
    sees(&laptop, &world.app(), "admin").await;
    // The other instance has not been asked so far.
    sees(&phone, &other, "admin").await;
    sees(&jun, &world.app(), "guest").await;
    let after = before.map(|count| count + 2);
    assert_eq!(asked(), after);
    for app in [&world.app(), &other] {
        sees(&laptop, app, "admin").await;
        sees(&phone, app, "admin").await;
    }
    // A session that begins now knows the user.
    let tablet = Device::of(&world, "alex").await;
    sees(&tablet, &world.app(), "admin").await;
    assert_eq!(asked(), after.map(|count| count + 1), "the sign-in");
    // Within the same second.
    roles.set(Some("owner"));
    world.login.refresh_user_of("alex").await.unwrap();
    for device in [&laptop, &phone, &tablet] {
        sees(device, &world.app(), "owner").await;
        sees(device, &world.app(), "owner").await;
    }
    assert_eq!(asked(), after.map(|count| count + 4));
}

pub(super) async fn u02_a_user_who_is_refused_when_read_again_is_out(harness: Harness) {
    let roles = Roles::new();
    let of_hooks = roles.clone();
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| of_hooks.add_to(builder));
    });
    let laptop = Device::of(&world, "alex").await;
    roles.set(None);
    assert!(laptop.is_signed_in(&world.app()).await);
    world.login.refresh_user_of("alex").await.unwrap();
    assert!(!laptop.is_signed_in(&world.app()).await);
}

pub(super) async fn u02_while_fncy_fails_the_user_stays_as_they_were(harness: Harness) {
    let roles = Roles::new();
    let of_hooks = roles.clone();
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| of_hooks.add_to(builder));
    });
    let laptop = Device::of(&world, "alex").await;
    roles.set(Some("admin"));
    world.provider.fault(Endpoint::Token, Fault::status(503));
    world.login.refresh_user_of("alex").await.unwrap();
    for _ in 0..3 {
        sees(&laptop, &world.app(), "guest").await;
    }
    assert_eq!(world.token_requests(), 2, "the token rests");
    world.provider.clear_faults();
    // The refresh works, and the user data can't be read.
    world.provider.fault(Endpoint::UserData, Fault::status(503));
    sleep(Duration::from_millis(1_100)).await;
    for _ in 0..3 {
        sees(&laptop, &world.app(), "admin").await;
    }
    assert_eq!(world.token_requests(), 3, "the new token rests");
    world.resends("the first use was answered 503");
}

pub(super) async fn u02_a_session_without_a_refresh_token_signs_in_again_once(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(LoginBuilder::sign_in_only);
    });
    let laptop = Device::of(&world, "alex").await;
    world.login.refresh_user_of("alex").await.unwrap();
    let fetched = world.app().send(laptop.script("/page")).await;
    assert_eq!(fetched.status, 401);
    assert_eq!(laptop.visit(&world.app(), "/page").await, "user=alex");
    assert_eq!(world.token_requests(), 2);
    assert_eq!(laptop.visit(&world.app(), "/page").await, "user=alex");
    assert_eq!(world.token_requests(), 2, "the new session knows the user");
}
