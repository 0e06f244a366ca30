//! Guards in the router: they admit users by a scope, a check, or a check that waits. The example for poem has none.

use crate::harness::Harness;
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
            let is_refused = page.text().contains("<code>forbidden</code>");
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
