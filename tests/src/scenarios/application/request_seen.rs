//! Hooks see the request that caused them: `on_login` that of the callback, `on_refresh` the one that began the refresh.

use std::sync::{Arc, Mutex};

use fncy_login::{Approval, NewLogin, RefreshedLogin, RequestContext};

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::steps::session::{page_request, refreshes};
use crate::world::{APP, World};

const AGENT: &str = "a browser of the test";

/// The requests that hooks have seen.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<RequestContext>>>);

impl Seen {
    fn note(&self, request: &RequestContext) {
        self.0.lock().unwrap().push(request.clone());
    }

    fn last(&self) -> RequestContext {
        self.0.lock().unwrap().last().unwrap().clone()
    }
}

fn world(harness: Harness, seen: &Seen) -> World {
    let (at_login, at_refresh) = (seen.clone(), seen.clone());
    World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder
                .hook_headers(["user-agent", "x-request-id"])
                .client_address(|headers| headers.last("x-real-ip")?.parse().ok())
                .on_login(move |login: NewLogin| {
                    at_login.note(login.request());
                    async { Ok(Approval::new()) }
                })
                .on_refresh(move |login: RefreshedLogin| {
                    at_refresh.note(login.request());
                    async { Ok(Approval::new()) }
                })
        });
    })
}

fn sent(request: RawRequest, world: &World) -> RawRequest {
    request
        .with_header("cookie", world.cookie_header())
        .with_header("user-agent", AGENT)
        .with_header("x-request-id", "1")
        .with_header("x-request-id", "2")
        .with_header("x-real-ip", "::ffff:192.0.2.7")
        .with_header("authorization", "Bearer of-another")
}

pub(super) async fn hooks_see_the_request_that_caused_them(harness: Harness) {
    let seen = Seen::default();
    let world = world(harness, &seen);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page?invitation=7").await;
    let callback = world.approve(&location, "alex").await;
    let target = callback.strip_prefix(APP).unwrap();
    let answer = world.raw(sent(page_request(target), &world)).await;
    assert_eq!(answer.status, 303);
    let request = seen.last();
    assert_eq!(
        (request.method(), request.path()),
        ("GET", "/auth/callback")
    );
    assert_eq!(request.return_to(), Some("/page?invitation=7"));
    assert_eq!(request.header("user-agent"), Some(AGENT));
    assert_eq!(request.header("x-request-id"), Some("2"));
    assert_eq!(request.headers().count(), 3);
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.client_address(), "192.0.2.7".parse().ok());
    let shown = format!("{request:?}");
    assert!(
        !shown.contains("invitation") && !shown.contains("code="),
        "{shown}"
    );

    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    world.advance(301);
    let before = refreshes(&world);
    let long = format!("/data/{}?token=of-the-page", "x".repeat(2_000));
    world.raw(sent(page_request(&long), &world)).await;
    assert_eq!(refreshes(&world), before + 1);
    let request = seen.last();
    assert_eq!(request.path(), &long[..512]);
    assert_eq!(request.return_to(), None);
    assert_eq!(request.header("user-agent"), Some(AGENT));
    assert!(!format!("{request:?}").contains("of-the-page"));
}
