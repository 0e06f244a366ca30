//! The application has a user read again, in each of the user's sessions (row U2).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::{Approval, LoginBuilder, NewLogin, RefreshedLogin, Refusal, User};
use tokio::time::sleep;

use crate::browser::Backend as _;
use crate::harness::{Harness, Served};
use crate::steps::device::Device;
use crate::steps::session::{sets_session, with_store};
use crate::store::Store;
use crate::world::{APP, World};

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

/// A world with pages for administrators, and a guest's device.
async fn guarded(harness: Harness, roles: &Roles) -> (World, Device) {
    let of_hooks = roles.clone();
    let is_admin = |user: &User| user.session_data::<String>() == Ok(Some("admin".to_owned()));
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            let builder = builder.require_prefix("/admin", is_admin);
            let recent = Duration::from_secs(60);
            of_hooks.add_to(builder.recent_sign_in_prefix("/safe", recent))
        });
    });
    let laptop = Device::of(&world, "alex").await;
    (world, laptop)
}

/// The status of a page, and whether its answer has brought the browser a new session cookie.
async fn opens(device: &Device, path: &str) -> (u16, bool) {
    let before = device.request("/").headers;
    let page = device.browser.tab().get(&format!("{APP}{path}")).await;
    let session = |headers: &[(String, Vec<u8>)]| {
        let cookies = headers.iter().find(|(name, _)| name == "cookie");
        let text = String::from_utf8_lossy(&cookies.unwrap().1).into_owned();
        let mut pairs = text.split("; ").map(str::to_owned);
        pairs.find(|pair| pair.starts_with("__Host-fncy_session="))
    };
    let is_new = session(&before) != session(&device.request("/").headers);
    (page.status, is_new)
}

pub(super) async fn u02_a_path_guard_judges_the_user_who_was_read_again(harness: Harness) {
    let roles = Roles::new();
    let (world, laptop) = guarded(harness, &roles).await;
    assert_eq!(opens(&laptop, "/admin").await, (403, false));
    roles.set(Some("admin"));
    world.login.refresh_user_of("alex").await.unwrap();
    assert_eq!(opens(&laptop, "/admin").await, (200, true), "promoted");
    let calls = world.calls.all().len();
    roles.set(Some("guest"));
    world.login.refresh_user_of("alex").await.unwrap();
    assert_eq!(opens(&laptop, "/admin").await, (403, true), "demoted");
    assert_eq!(opens(&laptop, "/admin").await, (403, false));
    assert_eq!(world.calls.all().len(), calls, "no handler was called");
    sees(&laptop, &world.app(), "guest").await;
    assert_eq!(world.token_requests(), 3, "the refusal brought the session");
}

pub(super) async fn u02_a_path_guard_judges_the_user_after_each_refresh(harness: Harness) {
    let roles = Roles::new();
    let (world, laptop) = guarded(harness, &roles).await;
    roles.set(Some("admin"));
    world.advance(301);
    assert_eq!(opens(&laptop, "/admin").await, (200, true));
    roles.set(Some("guest"));
    world.advance(301);
    assert_eq!(opens(&laptop, "/admin").await, (403, true));
    // The sign-in that a guard asks for brings the session too.
    world.advance(301);
    assert_eq!(opens(&laptop, "/safe").await, (303, true));
    assert_eq!(opens(&laptop, "/page").await, (200, false));
    assert_eq!(world.token_requests(), 4);
}

pub(super) async fn u02_a_user_whose_grant_is_revoked_signs_in_again(harness: Harness) {
    let roles = Roles::new();
    let (world, laptop) = guarded(harness, &roles).await;
    let refused = Fault::status(400).json(r#"{"error":"invalid_grant"}"#);
    world.provider.fault(Endpoint::Token, refused);
    world.login.refresh_user_of("alex").await.unwrap();
    for _ in 0..2 {
        let fetched = world.app().send(laptop.script("/page")).await;
        assert_eq!((fetched.status, sets_session(&fetched)), (401, false));
    }
    assert_eq!(world.token_requests(), 2, "the refused token rests");
    world.provider.clear_faults();
    roles.set(Some("admin"));
    sees(&laptop, &world.app(), "admin").await;
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
