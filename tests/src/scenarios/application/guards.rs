//! Guards in the router: they admit users by a scope, a check, or a check that waits (row U6). The example for poem has
//! no guards.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::harness::Harness;
use crate::steps::session::{request, signed_in};
use crate::world::{APP, World};

const GUARDED: [&str; 4] = [
    "/needs/profile",
    "/needs/write",
    "/needs/alex",
    "/needs/alex-later",
];

fn world(harness: Harness, layers: usize) -> World {
    World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_prefix("/needs"));
        setup.layers = layers;
        setup.is_public = true;
    })
}

pub(super) async fn a_routes_guard_admits_some_users(harness: Harness) {
    if harness == Harness::Poem {
        return;
    }
    let world = world(harness, 1);
    for path in GUARDED {
        let mut visitor = world.stranger().tab();
        assert_eq!(visitor.get(&format!("{APP}{path}")).await.status, 303);
        let told = visitor.fetch(&format!("{APP}{path}")).await;
        assert_eq!(told.status, 401, "{path}");
        assert!(told.text().contains(r#""code":"sign_in_required""#));
    }
    assert_eq!(world.calls.all(), []);
    for (user, admitted) in [
        ("alex", [true, false, true, true]),
        ("jun", [true, false, false, false]),
    ] {
        let browser = world.stranger();
        let mut tab = browser.tab();
        world.visit_and_sign_in(&mut tab, "/auth/login", user).await;
        for (path, is_admitted) in GUARDED.into_iter().zip(admitted) {
            let page = tab.get(&format!("{APP}{path}")).await;
            assert_eq!(
                page.status,
                if is_admitted { 200 } else { 403 },
                "{user}, {path}"
            );
            let code = if path == "/needs/write" {
                "insufficient_scope"
            } else {
                "forbidden"
            };
            let is_refused = page.text().contains(&format!("<code>{code}</code>"));
            assert_eq!(is_refused, !is_admitted, "{user}, {path}");
        }
    }
}

pub(super) async fn a_routes_guard_without_the_layer_is_a_500(harness: Harness) {
    if harness == Harness::Poem {
        return;
    }
    let world = world(harness, 0);
    let mut tab = world.tab();
    for path in GUARDED {
        assert_eq!(tab.get(&format!("{APP}{path}")).await.status, 500, "{path}");
    }
    assert_eq!(world.calls.all(), []);
    let line = "the user was asked for on a route that the FNCY Login layer is not around";
    assert!(world.logged().contains(line));
}

pub(super) async fn u06_a_guard_that_cannot_decide_is_a_503(harness: Harness) {
    if harness == Harness::Poem {
        return;
    }
    let world = world(harness, 1);
    let mut tab = signed_in(&world).await;
    let before = world.calls.all().len();
    for (path, cause) in [
        ("/needs/fails", "the table of roles is locked"),
        ("/needs/panics", "it panicked"),
        ("/needs/hangs", "it did not answer within 5s"),
    ] {
        let began = Instant::now();
        let page = tab.get(&format!("{APP}{path}?tab=2")).await;
        assert!(began.elapsed() < Duration::from_secs(9), "{path}");
        let again = page.header("retry-after");
        assert_eq!((page.status, again), (503, Some("1")), "{path}");
        assert!(page.text().contains("<code>guard_undecided</code>"));
        let link = format!("href=\"{path}?tab=2\"");
        assert!(page.text().contains(&link), "{}", page.text());
        let told = tab.fetch(&format!("{APP}{path}")).await;
        assert_eq!(told.status, 503, "{path}");
        assert!(told.text().contains(r#""code":"guard_undecided""#));
        let line = format!("a guard could not decide: {cause}");
        assert!(world.logged().contains(&line), "{path}");
    }
    assert_eq!(world.calls.all().len(), before, "no handler was called");
    let page = tab.get(&format!("{APP}/needs/alex-later")).await;
    assert_eq!(page.status, 200, "the session is as it was");
}

pub(super) async fn u06_a_cancelled_request_leaves_no_guard_running(harness: Harness) {
    if harness == Harness::Poem {
        return;
    }
    let world = world(harness, 1);
    signed_in(&world).await;
    let began = Instant::now();
    // The guard's own deadline is five seconds. actix-web goes on with an HTTP/1 request whose client has gone.
    let limit = Duration::from_secs(if harness == Harness::Actix { 9 } else { 4 });
    let request = request(&world, "/needs/hangs");
    let cancelled = timeout(Duration::from_millis(500), world.raw(request)).await;
    assert!(cancelled.is_err());
    while world.calls.running_guards() > 0 {
        assert!(began.elapsed() < limit, "it still runs");
        sleep(Duration::from_millis(20)).await;
    }
}
