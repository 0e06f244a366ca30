//! What a store that is down, and what a provider that fails, are called (row XR10).

use fncy_dev_server::{Endpoint, Fault};

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::steps::api::Api;
use crate::steps::callback::assert_failure;
use crate::steps::events::Heard;
use crate::steps::reference::line_about;
use crate::steps::session::{LIFE, request, signed_in, with_store};
use crate::store::Store;
use crate::world::{APP, World};

pub(super) async fn xr10_a_sign_in_without_the_store_has_a_code_of_its_own(harness: Harness) {
    let (store, heard) = (Store::default(), Heard::default());
    let hook = heard.clone();
    let world = with_store(harness, &store, |builder| {
        builder.on_event(move |event| hook.clone().hear(event))
    });
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    store.set_down(true);
    let page = tab.get(&callback).await;
    assert_failure(&page, 503, "store_unavailable");
    assert_eq!(page.header("retry-after"), Some("1"));
    assert_eq!(world.token_requests(), 0, "FNCY is not asked");
    let [_, refused] = heard.take(&world).await;
    assert_eq!(refused.refused_by().unwrap().as_str(), "login");
    let line = line_about(&world, &page);
    assert!(
        line.contains(" ERROR ") && line.contains("the store can't say"),
        "{line}"
    );
    store.set_down(false);
    let page = world
        .visit_and_sign_in(&mut tab, &page.links()[0].href, "alex")
        .await;
    assert_eq!(page.text(), "user=alex");
}

pub(super) async fn xr10_a_refresh_without_the_store_has_a_code_of_its_own(harness: Harness) {
    let (api, store) = (Api::start(), Store::default());
    let instance = store.instance();
    let world = api.world(harness, |builder| {
        builder.store(instance).danger_admit_without_store()
    });
    let mut tab = signed_in(&world).await;
    store.set_down(true);
    let handlers = tab.get(&format!("{APP}{}", api.step("refresh", "/"))).await;
    assert_failure(&handlers, 503, "store_unavailable");
    world.advance(LIFE + 1);
    let page = tab.get(&format!("{APP}/page")).await;
    assert_failure(&page, 503, "store_unavailable");
    let script = RawRequest::new("GET", "/page")
        .with_header("host", "app.example")
        .with_header("cookie", world.cookie_header());
    let script = world.raw(script).await;
    assert_eq!(script.status, 503);
    for answer in [&*handlers, &*page, &script] {
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert_eq!(answer.header("set-cookie"), None);
        assert!(line_about(&world, answer).contains("code=\"store_unavailable\""));
    }
    assert_eq!(world.token_requests(), 1, "that of the sign-in");
    store.set_down(false);
    let page = world.raw(request(&world, "/page")).await;
    assert_eq!(page.text(), "user=alex");
}

pub(super) async fn xr10_the_line_of_a_refresh_has_the_status_and_the_cause(harness: Harness) {
    for status in [400, 429, 503] {
        let world = World::new(harness);
        let mut tab = signed_in(&world).await;
        world.advance(LIFE + 1);
        // Scenarios run side by side, so the cause is one of a kind.
        let cause = format!("cause-{harness}-{status}");
        let fault = Fault::status(status).json(&format!(r#"{{"error":"{cause}"}}"#));
        world.provider.fault(Endpoint::Token, fault);
        assert_eq!(tab.get(&format!("{APP}/page")).await.status, 503);
        let logged = world.logged();
        let line = logged.lines().find(|line| line.contains(&cause)).unwrap();
        let fields = format!("status={status} cause=\"{cause}\"");
        assert!(line.contains("a session was not refreshed"), "{line}");
        assert!(line.contains(&fields), "{line}");
    }
}
