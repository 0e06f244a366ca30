//! A reference leads from a person's screen to the line in the log and to the event (row XR14).

use std::collections::HashSet;

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::steps::events::Heard;
use crate::steps::reference::{line_about, reference_of};
use crate::steps::session::page_request;
use crate::world::World;

const NO_SIGN_IN: &str = "/auth/callback?code=c&state=unknown";

/// A world whose events are heard.
fn world_of(harness: Harness, heard: &Heard) -> World {
    let hook = heard.clone();
    World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            builder
                .require_prefix("/jun", |user| user.id() == "jun")
                .on_event(move |event| hook.clone().hear(event))
        });
    })
}

fn program(target: &str) -> RawRequest {
    RawRequest::new("GET", target).with_header("host", "app.example")
}

pub(super) async fn xr14_one_reference_is_on_the_screen_in_the_event_and_in_the_log(
    harness: Harness,
) {
    let heard = Heard::default();
    let world = world_of(harness, &heard);
    let mut seen = HashSet::new();
    let grpc = || program("/page").with_header("content-type", "application/grpc");
    for (request, code) in [
        (page_request(NO_SIGN_IN), "login_cookie_missing"),
        (page_request(NO_SIGN_IN), "login_cookie_missing"),
        (program("/page"), "sign_in_required"),
        (program("/page"), "sign_in_required"),
        (grpc(), "sign_in_required"),
        (
            program("/page").with_header("hx-request", "true"),
            "sign_in_required",
        ),
    ] {
        let answer = world.raw(request).await;
        let reference = reference_of(&answer);
        assert!(seen.insert(reference.clone()), "a new one for each reply");
        let [event] = heard.take(&world).await;
        assert_eq!(event.code(), Some(code));
        assert_eq!(event.reference().unwrap().as_str(), reference);
        assert_eq!(
            serde_json::to_value(&event).unwrap()["reference"],
            *reference
        );
        let line = line_about(&world, &answer);
        assert!(line.contains(&format!("code=\"{code}\"")), "{line}");
    }
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    for event in heard.all(&world).await {
        assert_eq!(event.reference(), None, "{event:?}");
    }
}

pub(super) async fn xr14_a_page_of_the_applications_own_has_the_reference(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder.pages(|page| {
                let reference = page.reference().map(|reference| reference.to_string());
                format!("{} {}", page.status(), reference.unwrap_or_default())
            })
        });
    });
    let page = world.raw(page_request(NO_SIGN_IN)).await;
    let text = page.text();
    let (status, reference) = text.split_once(' ').unwrap();
    assert_eq!((status, reference.len()), ("400", 9));
    assert!(
        world
            .logged()
            .contains(&format!("reference=\"{reference}\""))
    );
    let page = world.raw(page_request("/auth/logout")).await;
    assert_eq!(page.text(), "200 ", "it is no refusal");
}

pub(super) async fn xr14_a_reference_has_nothing_of_a_strangers_request(harness: Harness) {
    let world = World::new(harness);
    let sent = "7K3F-9QXM";
    for target in [
        format!("{NO_SIGN_IN}&reference={sent}"),
        format!("/auth/callback?error={sent}&state={sent}"),
    ] {
        let request = page_request(&target).with_header("reference", sent);
        let answer = world.raw(request.with_header("x-request-id", sent)).await;
        assert_ne!(reference_of(&answer), sent);
        assert!(!answer.text().contains(sent), "{}", answer.text());
    }
    assert!(!world.logged().contains(&format!("reference=\"{sent}\"")));
}
