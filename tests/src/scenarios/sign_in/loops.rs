//! Three sign-ins that bring no session end on a page; other repeated sign-ins do not (row R28).

use std::pin::Pin;

use crate::browser::{Backend, RawRequest, RawResponse};
use crate::harness::{Harness, Served};
use crate::world::{APP, World};

pub(super) async fn three_rounds_without_a_session_end_on_a_page(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    for round in 0..3 {
        let page = tab.get(&format!("{APP}/page")).await;
        assert_eq!(page.status, 303, "round {round}");
        let callback = world
            .approve(page.header("location").unwrap(), "alex")
            .await;
        assert_eq!(tab.get(&callback).await.status, 303);
        world.browser.jar().remove("__Host-fncy_session");
    }
    let page = tab.get(&format!("{APP}/page")).await;
    assert_eq!(page.status, 400);
    assert!(page.text().contains("login_loop"), "{}", page.text());
    // The page's own link is a way on, and a minute later all is forgotten.
    assert!(page.text().contains("/auth/login?return_to=%2Fpage"));
    world.advance(60);
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
}

pub(super) async fn r28_a_session_that_came_back_is_no_loop(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    for _ in 0..4 {
        let location = world.start(&mut tab, "/page").await;
        let callback = world.approve(&location, "alex").await;
        assert_eq!(tab.visit(&callback).await.text(), "user=alex");
        world.login.end_all_sessions("alex").await.unwrap();
        world.advance(2);
    }
    // What was counted is forgotten, whatever becomes of the cookie of the ended session.
    for _ in 0..2 {
        assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
    }
    assert_eq!(world.cookies("__Host-fncy_session"), [""; 0]);
    // Nor do people go round in circles who sign in as one, then as another.
    for user in ["alex", "haneul", "jun", "alex"] {
        let location = world.start(&mut tab, "/auth/login?return_to=/page").await;
        let callback = world.approve(&location, user).await;
        assert_eq!(tab.visit(&callback).await.text(), format!("user={user}"));
    }
    world.browser.jar().remove("__Host-fncy_session");
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
}

/// A proxy in front of the application that has a way of its own with `Set-Cookie` lines.
struct Proxy {
    app: Served,
    keep: fn(Vec<Vec<u8>>) -> Vec<Vec<u8>>,
}

impl Backend for Proxy {
    fn send(&self, request: RawRequest) -> Pin<Box<dyn Future<Output = RawResponse> + Send + '_>> {
        Box::pin(async move {
            let mut response = self.app.send(request).await;
            let lines = response.headers_named("set-cookie");
            let kept = (self.keep)(lines.map(<[u8]>::to_vec).collect());
            response
                .headers
                .retain(|(name, _)| !name.eq_ignore_ascii_case("set-cookie"));
            let kept = kept.into_iter().map(|line| ("set-cookie".to_owned(), line));
            response.headers.extend(kept);
            response
        })
    }
}

/// A page that a person opens whose cookies go through such a proxy: its status and its text, and how many
/// codes were redeemed for it.
async fn opened(harness: Harness, keep: fn(Vec<Vec<u8>>) -> Vec<Vec<u8>>) -> (u16, String, u64) {
    let world = World::new(harness);
    let proxy = Proxy {
        app: world.app(),
        keep,
    };
    world.browser.route(APP, proxy);
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    (
        page.status,
        page.text().into_owned(),
        world.token_requests(),
    )
}

pub(super) async fn r28_a_proxy_that_keeps_one_line_causes_no_storm(harness: Harness) {
    let signed_in = (200, "user=alex".to_owned(), 1);
    let first = opened(harness, |mut lines| {
        lines.truncate(1);
        lines
    });
    assert_eq!(first.await, signed_in, "the first line");
    let joined = opened(harness, |lines| match &*lines {
        [] => Vec::new(),
        lines => vec![lines.join(&b", "[..])],
    });
    assert_eq!(joined.await, signed_in, "all lines in one");
    let last = opened(harness, |lines| {
        lines.into_iter().next_back().into_iter().collect()
    });
    let (status, text, exchanges) = last.await;
    assert_eq!((status, exchanges), (400, 3), "the last line: {text}");
    assert!(text.contains("<code>login_loop</code>"), "{text}");
}
