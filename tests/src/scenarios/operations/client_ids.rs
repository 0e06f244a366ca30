//! An instance with another client ID or cookie secret can't open what the others have sealed, and says why (row XR8).

use fncy_login::Setting;

use crate::harness::{Harness, Served};
use crate::steps::callback::assert_failure;
use crate::steps::reference::line_about;
use crate::world::{APP, World};

fn other(world: &World) -> Served {
    world.instance(|login| login.set(Setting::ClientId, "another-app"))
}

pub(super) async fn xr08_a_sign_in_that_another_client_began_says_which_settings_differ(
    harness: Harness,
) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    world.browser.route(APP, other(&world));
    let page = tab.get(&callback).await;
    assert_failure(&page, 400, "login_expired");
    let line = line_about(&world, &page);
    assert!(line.contains("FNCY_CLIENT_ID"), "{line}");
    let page = tab.visit(&format!("{APP}/page")).await;
    let refusal = "No application with this client_id is registered.";
    assert!(page.text().contains(refusal), "{}", page.text());
    // After the repair, the button of the first page helps at once.
    world.browser.route(APP, world.app());
    let path = "/auth/login?return_to=%2Fpage";
    let page = world.visit_and_sign_in(&mut tab, path, "alex").await;
    assert_eq!(page.text(), "user=alex");
}

pub(super) async fn xr08_after_a_repair_the_button_of_the_loop_page_helps_at_once(
    harness: Harness,
) {
    let world = World::new(harness);
    let other = other(&world);
    let mut tab = world.tab();
    for _ in 0..3 {
        let location = world.start(&mut tab, "/page").await;
        let callback = world.approve(&location, "alex").await;
        assert_eq!(tab.get(&callback).await.status, 303);
        world.browser.route(APP, other.clone());
        assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
        assert_eq!(
            world.cookies("__Host-fncy_session"),
            [""; 0],
            "it is damaged"
        );
        world.browser.route(APP, world.app());
    }
    let page = tab.get(&format!("{APP}/page")).await;
    assert_failure(&page, 400, "login_loop");
    let path = "/auth/login?return_to=%2Fpage";
    assert!(page.text().contains(path), "{}", page.text());
    let location = world.start_by_link(&mut tab, path).await;
    let callback = world.approve(&location, "alex").await;
    assert_eq!(tab.visit(&callback).await.text(), "user=alex");
}

/// A load balancer that takes turns: the page comes to one instance, and the callback to the other.
pub(super) async fn xr08_two_cookie_secrets_end_on_a_page_and_in_no_loop(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let secret = "kX3Vn0b7Qw2yT9s1uJ5fHc8mZa4RgPdLoEiYxW6vBzU=";
    let other = world.instance(|login| login.set(Setting::CookieSecret, secret));
    world.browser.route(APP, other);
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    world.browser.route(APP, world.app());
    let page = tab.get(&callback).await;
    assert_failure(&page, 400, "login_expired");
    assert!(line_about(&world, &page).contains("FNCY_COOKIE_SECRET"));
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
}
