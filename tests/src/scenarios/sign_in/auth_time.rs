//! The time of the sign-in, as the provider says it (row S4).

use fncy_dev_server::{Endpoint, Fault};
use url::Url;

use crate::browser::{Page, Tab};
use crate::harness::{Harness, RECENT};
use crate::steps::callback::assert_failure;
use crate::steps::session::{revoked, shown, signed_in};
use crate::world::{APP, World};

/// Longer than a sign-in is recent, with the difference of clocks, in seconds.
const STALE: u64 = RECENT + 61;

fn world(harness: Harness, pointer: &'static str) -> World {
    World::with(harness, |setup| {
        setup.login = Box::new(move |builder| builder.auth_time(pointer));
    })
}

/// An address without what was asked of the provider, as a person may change it by hand.
fn tampered(location: &str) -> String {
    let mut url = Url::parse(location).unwrap();
    let pairs: Vec<_> = url
        .query_pairs()
        .filter(|(name, _)| name != "prompt" && name != "max_age")
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(pairs);
    url.into()
}

/// Comes back with user data that have this time.
async fn come_back(world: &World, tab: &mut Tab, path: &str, time: &str) -> Page {
    let location = world.start(tab, path).await;
    let answer = world.provider.approve(&location, "alex").unwrap();
    let data = Fault::status(200).json(&format!(r#"{{"id":"alex"{time}}}"#));
    world.provider.fault(Endpoint::UserData, data.once());
    let page = tab.get(&answer).await;
    world.provider.clear_faults();
    page
}

pub(super) async fn s04_a_provider_that_ignores_prompt_ends_on_a_page(harness: Harness) {
    for (pointer, is_proved) in [("/auth_time", true), ("", false)] {
        let world = world(harness, pointer);
        let mut tab = signed_in(&world).await;
        world.advance(STALE);
        let before = shown(&mut tab).await;
        let location = world.start(&mut tab, "/recent").await;
        let page = tab.visit(&tampered(&location)).await;
        if is_proved {
            assert_failure(&page, 403, "sign_in_not_recent");
            assert_eq!(page.links()[0].href, "/recent");
            assert_eq!(shown(&mut tab).await, before);
            assert_eq!(revoked(&world), [""; 0]);
        } else {
            // That is what a guard without a proof is worth.
            assert_eq!(page.text(), "user=alex");
        }
    }
}

pub(super) async fn s04_the_time_of_the_sign_in_is_checked(harness: Harness) {
    let world = world(harness, "/auth_time");
    let mut tab = signed_in(&world).await;
    world.advance(STALE);
    let before = shown(&mut tab).await;
    let now = world.clock().now().as_unix();
    let at = |time: u64| format!(r#","auth_time":{time}"#);
    let not_recent = (403, "sign_in_not_recent");
    let missing = (502, "auth_time_missing");
    for (time, (status, code)) in [
        (at(now - RECENT - 31), not_recent),
        (at(0), not_recent),
        (at(now + 61), not_recent),
        (at(now * 1_000), not_recent),
        (at(u64::MAX), not_recent),
        (String::new(), missing),
        (r#","auth_time":null"#.to_owned(), missing),
        (r#","auth_time":"now""#.to_owned(), missing),
        (r#","auth_time":-5"#.to_owned(), missing),
        (format!(r#","auth_time":[{now}]"#), missing),
    ] {
        let page = come_back(&world, &mut tab, "/recent", &time).await;
        assert_failure(&page, status, code);
        assert_eq!(shown(&mut tab).await, before, "{time}");
    }
    assert_eq!(revoked(&world), [""; 0]);
    for (time, signed_in) in [
        (now - RECENT - 30, now - RECENT - 30),
        (now - 5, now - 5),
        (now, now),
        (now + 60, now),
    ] {
        let page = come_back(&world, &mut tab, "/auth/login?max_age=300", &at(time)).await;
        assert_eq!(page.status, 303, "{}", page.text());
        let after = shown(&mut tab).await;
        assert_eq!(
            (after.signed_in, after.kept),
            (signed_in, before.kept.clone())
        );
        assert_eq!(
            tab.get(&format!("{APP}/recent")).await.status,
            200,
            "{time}"
        );
    }
    // A person without a session gets none, and its tokens are revoked.
    let mut stranger = world.stranger().tab();
    let path = "/auth/login?max_age=300";
    let page = come_back(&world, &mut stranger, path, &at(now - STALE)).await;
    assert_failure(&page, 403, "sign_in_not_recent");
    world.until_revocations(1).await;
    assert_eq!(stranger.get(&format!("{APP}/page")).await.status, 303);
    // A plain sign-in has no age to be checked, and the time is unknown.
    for time in [String::new(), at(now + 61)] {
        come_back(&world, &mut stranger, "/auth/login", &time).await;
        assert_eq!(shown(&mut stranger).await.signed_in, 0);
        assert_eq!(stranger.get(&format!("{APP}/recent")).await.status, 303);
    }
}

pub(super) async fn s04_the_time_of_the_token_answer_is_read(harness: Harness) {
    for pointer in ["/auth_time", "token:/auth_time"] {
        let world = world(harness, pointer);
        let mut tab = signed_in(&world).await;
        let began = shown(&mut tab).await.signed_in;
        assert_eq!(began, world.clock().now().as_unix());
        // FNCY still knows the person, and says since when.
        world.advance(1_000);
        world.browser.jar().remove("__Host-fncy_session");
        tab.visit(&format!("{APP}/page")).await;
        assert_eq!(shown(&mut tab).await.signed_in, began, "{pointer}");
        let location = world.start(&mut tab, "/recent").await;
        let form = tab.visit(&location).await;
        let page = world.sign_in(&mut tab, form, "alex").await;
        assert_eq!(page.text(), "user=alex");
        assert_eq!(shown(&mut tab).await.signed_in, began + 1_000);
    }
}

pub(super) async fn s04_another_user_with_a_fresh_time_is_refused(harness: Harness) {
    let world = world(harness, "/auth_time");
    let mut tab = signed_in(&world).await;
    world.advance(STALE);
    let before = shown(&mut tab).await;
    let location = world.start(&mut tab, "/recent").await;
    let form = tab.visit(&location).await;
    let page = world.sign_in(&mut tab, form, "haneul").await;
    assert_failure(&page, 403, "other_user");
    world.until_revocations(1).await;
    assert_eq!(shown(&mut tab).await, before);
    assert_eq!(tab.get(&format!("{APP}/recent")).await.status, 303);
}

pub(super) async fn s04_a_lost_cookie_is_no_endless_loop(harness: Harness) {
    let world = world(harness, "");
    let mut tab = signed_in(&world).await;
    world.advance(STALE);
    shown(&mut tab).await;
    let (url, old) = (Url::parse(APP).unwrap(), world.session_cookie());
    for _ in 0..3 {
        let location = world.start(&mut tab, "/recent").await;
        let answer = world.provider.approve(&location, "alex").unwrap();
        assert_eq!(tab.get(&answer).await.status, 303);
        // Something between the browser and the site loses the changed session.
        let jar = &mut world.browser.jar();
        jar.insert(&url, b"__Host-fncy_session", old.as_bytes());
    }
    let page = tab.get(&format!("{APP}/recent")).await;
    assert_failure(&page, 400, "login_loop");
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    world.advance(60);
    assert_eq!(tab.get(&format!("{APP}/recent")).await.status, 303);
}
