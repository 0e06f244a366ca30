//! Events for an audit log reach the application's hook, and no request waits for it (row U5).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fncy_login::{Approval, LoginEvent, NewLogin, Refusal};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::steps::events::Heard;
use crate::steps::session::{page_request, request, signed_in};
use crate::world::{APP, ON_PURPOSE, World};

/// The most events that wait.
const QUEUE: usize = 1_024;

/// An event's name, user and reason.
fn told(event: &LoginEvent) -> (&'static str, Option<&str>, Option<&str>) {
    (event.name(), event.user_id(), event.code())
}

pub(super) async fn u05_events_tell_the_life_of_a_session(harness: Harness) {
    let heard = Heard::default();
    let hook = heard.clone();
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            builder
                .client_address(|headers| headers.last("x-real-ip")?.parse().ok())
                .require_prefix("/jun", |user| user.id() == "jun")
                .device_bound()
                .require_device_bound_prefix("/vault")
                .on_login(async |login: NewLogin| match login.id() {
                    "alex" => Ok(Approval::new()),
                    _ => Err(Refusal::new("Members only.")),
                })
                .on_event(move |event| hook.clone().hear(event))
        });
    });
    let mut tab = world.tab();
    world
        .visit_and_sign_in(&mut tab, "/page?tab=1", "alex")
        .await;
    let [started, signed_in] = heard.take(&world).await;
    assert_eq!(told(&started), ("sign_in_started", None, None));
    let seen = started.request().unwrap();
    assert_eq!(
        (seen.path(), seen.return_to()),
        ("/page", Some("/page?tab=1"))
    );
    assert_eq!(told(&signed_in), ("signed_in", Some("alex"), None));
    let line = serde_json::to_value(&signed_in).unwrap();
    assert_eq!(line["scopes"], serde_json::json!(["profile"]));
    assert_eq!(line["request"]["return_path"], "/page");
    let session = signed_in.session_id().unwrap();

    world.advance(301);
    tab.get(&format!("{APP}/page")).await;
    let [refreshed] = heard.take(&world).await;
    assert_eq!(told(&refreshed), ("refreshed", Some("alex"), None));
    assert_eq!(refreshed.session_id(), Some(session.clone()));
    assert_eq!(refreshed.request().unwrap().path(), "/page");

    for (path, code) in [("/jun", "forbidden"), ("/vault", "device_binding_required")] {
        assert_eq!(tab.get(&format!("{APP}{path}")).await.status, 403);
        let [refused] = heard.take(&world).await;
        assert_eq!(told(&refused), ("guard_refused", Some("alex"), Some(code)));
    }

    let forged = RawRequest::new("POST", "/page")
        .with_header("host", "app.example")
        .with_header("content-length", "0")
        .with_header("x-real-ip", "192.0.2.7")
        .with_header("origin", "https://evil.example")
        .with_header("cookie", world.cookie_header());
    assert_eq!(world.raw(forged).await.status, 403);
    let [refused] = heard.take(&world).await;
    assert_eq!(
        told(&refused),
        ("request_refused", Some("alex"), Some("cross_site"))
    );
    let from = refused.request().unwrap().client_address();
    assert_eq!(from, "192.0.2.7".parse().ok());

    let copy = request(&world, "/page");
    let page = tab.get(&format!("{APP}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    let [signed_out] = heard.take(&world).await;
    assert_eq!(told(&signed_out), ("signed_out", Some("alex"), None));
    assert_eq!(signed_out.session_id(), Some(session));
    world.raw(copy).await;
    let [refused, _] = heard.take(&world).await;
    assert_eq!(told(&refused), ("session_refused", None, Some("revoked")));

    let location = world.start(&mut tab, "/auth/login").await;
    let cancelled = world.cancel(&location, "alex").await;
    tab.get(&cancelled).await;
    let [_, refused] = heard.take(&world).await;
    assert_eq!(
        told(&refused),
        ("sign_in_refused", None, Some("access_denied"))
    );
    assert_eq!(refused.refused_by().unwrap().as_str(), "provider");
    let location = world.start(&mut tab, "/auth/login").await;
    let callback = world.approve(&location, "jun").await;
    assert_eq!(tab.get(&callback).await.status, 403);
    let [_, refused] = heard.take(&world).await;
    assert_eq!(
        told(&refused),
        ("sign_in_refused", Some("jun"), Some("login_refused"))
    );
    assert_eq!(refused.refused_by().unwrap().as_str(), "application");
    tab.get(&callback).await;
    let [refused] = heard.take(&world).await;
    assert_eq!(refused.refused_by().unwrap().as_str(), "login");

    let (login, user) = (&world.login, world.calls.user());
    login.end_session(&user).await.unwrap();
    login.end_other_sessions(&user).await.unwrap();
    login.end_all_sessions("alex").await.unwrap();
    let ended: [_; 3] = heard.take(&world).await;
    for (event, which) in ended.iter().zip(["one", "others", "all"]) {
        assert_eq!(told(event), ("sessions_ended", Some("alex"), Some(which)));
        assert!(event.request().is_none());
    }
}

pub(super) async fn u05_a_refresh_that_ends_a_session_is_told(harness: Harness) {
    let heard = Heard::default();
    let hook = heard.clone();
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            builder
                .on_refresh(async |_| Err(Refusal::new("You have left.")))
                .on_event(move |event| hook.clone().hear(event))
        });
    });
    let mut tab = signed_in(&world).await;
    let [_, _] = heard.take(&world).await;
    world.advance(301);
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
    let [refused, _] = heard.take(&world).await;
    assert_eq!(told(&refused), ("refresh_refused", Some("alex"), None));
    assert_eq!(refused.refused_by().unwrap().as_str(), "application");
}

/// Guards and handlers refuse once, so they tell it once.
pub(super) async fn u05_a_routers_guard_tells_whom_it_refused(harness: Harness) {
    if harness == Harness::Poem {
        return;
    }
    let heard = Heard::default();
    let hook = heard.clone();
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            let builder = builder.public_prefix("/needs");
            builder.on_event(move |event| hook.clone().hear(event))
        });
        setup.is_public = true;
    });
    let mut visitor = world.stranger().tab();
    visitor.get(&format!("{APP}/needs/write?tab=2")).await;
    let [started] = heard.take(&world).await;
    assert_eq!(told(&started), ("sign_in_started", None, None));
    let return_to = started.request().unwrap().return_to();
    assert_eq!(return_to, Some("/needs/write?tab=2"));
    let mut tab = signed_in(&world).await;
    let [_, _] = heard.take(&world).await;
    for (path, code) in [
        ("/needs/write", "insufficient_scope"),
        ("/needs/denied", "forbidden"),
        ("/needs/fails", "guard_undecided"),
    ] {
        tab.get(&format!("{APP}{path}")).await;
        let [refused] = heard.take(&world).await;
        assert_eq!(
            told(&refused),
            ("guard_refused", Some("alex"), Some(code)),
            "{path}"
        );
        assert_eq!(refused.request().unwrap().path(), path);
    }
}

pub(super) async fn u05_no_request_waits_for_a_slow_hook(harness: Harness) {
    let (free, heard) = (Arc::new(Semaphore::new(0)), Heard::default());
    let (held, hook) = (Arc::clone(&free), heard.clone());
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            builder.on_event(move |event| {
                let (held, hook) = (Arc::clone(&held), hook.clone());
                async move {
                    drop(held.acquire().await);
                    hook.hear(event).await;
                }
            })
        });
    });
    let began = Instant::now();
    let ask = async || {
        let asked = RawRequest::new("GET", "/page").with_header("host", "app.example");
        assert_eq!(world.raw(asked).await.status, 401);
    };
    ask().await;
    // Now this event is with the hook.
    sleep(Duration::from_millis(100)).await;
    for _ in 0..QUEUE + 7 {
        ask().await;
    }
    assert!(
        began.elapsed() < Duration::from_secs(12),
        "{:?}",
        began.elapsed()
    );
    assert!(world.logged().contains("events for on_event were lost"));
    free.add_permits(1);
    let events = heard.all(&world).await;
    assert_eq!(events.len(), QUEUE + 1, "the newest are lost");
    world.raw(page_request("/page")).await;
    let [started] = heard.take(&world).await;
    assert_eq!(started.name(), "sign_in_started");
}

pub(super) async fn u05_a_hook_that_panics_loses_its_own_event(harness: Harness) {
    let (calls, heard) = (Arc::new(AtomicUsize::new(0)), Heard::default());
    let hook = heard.clone();
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            builder.on_event(move |event| {
                let (number, hook) = (calls.fetch_add(1, Ordering::SeqCst), hook.clone());
                assert!(number != 1, "{ON_PURPOSE}");
                async move {
                    assert!(number != 2, "{ON_PURPOSE}");
                    hook.hear(event).await;
                }
            })
        });
    });
    let mut tab = signed_in(&world).await;
    world.advance(301);
    tab.get(&format!("{APP}/page")).await;
    world
        .raw(RawRequest::new("GET", "/page").with_header("host", "app.example"))
        .await;
    let [started, refused] = heard.take(&world).await;
    assert_eq!(started.name(), "sign_in_started");
    assert_eq!(refused.name(), "request_refused");
    assert!(world.logged().contains("on_event panicked"));
}
