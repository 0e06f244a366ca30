//! An instance whose clock is slow refuses the sessions of the others, and says why (row XR8).

use std::sync::Arc;
use std::time::Duration;

use fncy_login::{Login, LoginBuilder};
use fncy_login_testing::TestClock;

use crate::browser::{Backend as _, RawRequest, Tab};
use crate::harness::{Harness, Served};
use crate::steps::callback::assert_failure;
use crate::steps::events::Heard;
use crate::steps::reference::line_about;
use crate::steps::session::{clears_session, request, signed_in};
use crate::world::{APP, World};

/// Five minutes.
const SLOW: u64 = 300;

/// An instance whose clock is five minutes slow.
fn slow(
    world: &World,
    change: impl FnOnce(LoginBuilder) -> LoginBuilder,
) -> (Login, Served, Arc<TestClock>) {
    let clock = TestClock::new(world.clock().now().as_unix() - SLOW);
    let clock = Arc::new(clock);
    let login = change(world.usual().clock(Arc::clone(&clock)));
    let login = login.build().unwrap();
    let served = world
        .harness
        .serve(vec![login.clone()], "", world.calls.clone());
    (login, served, clock)
}

pub(super) async fn xr08_a_session_of_a_faster_clock_is_early_and_stays(harness: Harness) {
    let heard = Heard::default();
    let hook = heard.clone();
    let mut world = World::new(harness);
    let (login, slow, _) = slow(&world, |login| {
        login.on_event(move |event| hook.clone().hear(event))
    });
    let mut tab = signed_in(&world).await;
    world.login = login;
    let script = RawRequest::new("GET", "/page")
        .with_header("host", "app.example")
        .with_header("cookie", world.cookie_header());
    for (request, status) in [(request(&world, "/page"), 303), (script, 401)] {
        let answer = slow.send(request).await;
        assert_eq!(answer.status, status);
        assert!(!clears_session(&answer), "the other instance accepts it");
        let events = heard.all(&world).await;
        let refused = events
            .iter()
            .find(|event| event.name() == "session_refused");
        assert_eq!(refused.unwrap().code(), Some("early"), "{events:?}");
    }
    let page = tab.get(&format!("{APP}/page")).await;
    assert_eq!(page.text(), "user=alex");
}

/// A sign-in that the slow instance asks for and the other one completes.
async fn bounce(world: &World, tab: &mut Tab, slow: &Served, path: &str) {
    world.browser.route(APP, slow.clone());
    let location = world.start(tab, path).await;
    let callback = world.approve(&location, "alex").await;
    world.browser.route(APP, world.app());
    assert_eq!(tab.get(&callback).await.status, 303);
    world.browser.route(APP, slow.clone());
}

pub(super) async fn xr08_a_loop_between_two_clocks_ends_and_the_repair_helps_at_once(
    harness: Harness,
) {
    let world = World::new(harness);
    let (_, slow, clock) = slow(&world, |login| login);
    let mut tab = world.tab();
    for _ in 0..3 {
        bounce(&world, &mut tab, &slow, "/page").await;
    }
    let page = tab.get(&format!("{APP}/page")).await;
    assert_failure(&page, 400, "login_loop");
    let line = line_about(&world, &page);
    assert!(line.contains("the last one was early"), "{line}");
    // The button begins a new count.
    for path in ["/auth/login?return_to=%2Fpage", "/page", "/page"] {
        bounce(&world, &mut tab, &slow, path).await;
    }
    let page = tab.get(&format!("{APP}/page")).await;
    assert_failure(&page, 400, "login_loop");
    clock.advance(Duration::from_secs(SLOW));
    let page = tab.get(&format!("{APP}/page")).await;
    assert_eq!(page.text(), "user=alex");
}

pub(super) async fn xr08_a_sign_in_of_a_faster_clock_ends_with_a_session(harness: Harness) {
    let world = World::new(harness);
    let (_, slow, _) = slow(&world, |login| login);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    world.browser.route(APP, slow);
    assert_eq!(tab.visit(&callback).await.text(), "user=alex");
    world.browser.route(APP, world.app());
    let page = tab.get(&format!("{APP}/page")).await;
    assert_eq!(page.text(), "user=alex");
}
