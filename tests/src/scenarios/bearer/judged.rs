//! The user of an accepted token: guards, revocations, the end of the token (row B5).

use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use serde_json::json;
use tokio::time::sleep;

use crate::browser::Backend as _;
use crate::harness::Harness;
use crate::steps::bearer::{accept, assert_refused, by_introspection, plain, token_of, with_token};
use crate::steps::events::Heard;
use crate::steps::session::LIFE;
use crate::store::Store;
use crate::world::World;

/// An instance of the scenarios' store asks again after less than that.
const SOON: Duration = Duration::from_millis(400);
const INVALID: &str = "Bearer error=\"invalid_token\"";

pub(super) async fn b05_a_token_without_a_scope_is_told_which(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| {
        login.require_scope_prefix("/admin", "write")
    });
    let token = token_of(&world, "alex").await;
    let guarded: &[&str] = match harness {
        Harness::Poem => &["/admin/x"],
        _ => &["/admin/x", "/needs/write"],
    };
    let before = world.calls.all().len();
    let challenge = "Bearer error=\"insufficient_scope\", scope=\"write\"";
    for path in guarded {
        let answer = world.raw(with_token(path, &token)).await;
        assert_refused(&answer, 403, "insufficient_scope", challenge);
    }
    assert_eq!(world.calls.all().len(), before);
    if harness != Harness::Poem {
        let answer = world.raw(with_token("/needs/profile", &token)).await;
        assert_eq!(answer.status, 200);
    }
}

pub(super) async fn b05_a_guard_refuses_the_user_of_a_token(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| {
        login.require_prefix("/alex", |user| user.id() == "alex")
    });
    for (user, status) in [("alex", 200), ("jun", 403)] {
        let token = token_of(&world, user).await;
        for path in ["/alex/x", "/needs/alex", "/needs/alex-later"] {
            if harness == Harness::Poem && path != "/alex/x" {
                continue;
            }
            let answer = world.raw(with_token(path, &token)).await;
            assert_eq!(answer.status, status, "{user} {path}");
            if status == 403 {
                assert_refused(&answer, 403, "forbidden", "");
            }
        }
    }
}

pub(super) async fn b05_a_recent_sign_in_is_what_the_token_says(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| login);
    let token = token_of(&world, "alex").await;
    assert_eq!(world.raw(with_token("/recent", &token)).await.status, 200);
    let unknown = Fault::member("auth_time", json!(null)).once();
    world.provider.fault(Endpoint::Introspect, unknown);
    let token = token_of(&world, "alex").await;
    let challenge = "Bearer error=\"insufficient_user_authentication\", max_age=\"300\"";
    let answer = world.raw(with_token("/recent", &token)).await;
    assert_refused(&answer, 401, "insufficient_user_authentication", challenge);
}

pub(super) async fn b05_a_revoked_user_is_refused_at_once(harness: Harness) {
    let world = World::new(harness);
    let login = accept(&world, by_introspection(&world), |login| login);
    let [token, other] = [
        token_of(&world, "alex").await,
        token_of(&world, "jun").await,
    ];
    for token in [&token, &other] {
        assert_eq!(world.raw(with_token("/page", token)).await.status, 200);
    }
    login.end_all_sessions("alex").await.unwrap();
    let answer = world.raw(with_token("/page", &token)).await;
    assert_refused(&answer, 401, "invalid_token", INVALID);
    assert_eq!(world.raw(with_token("/page", &other)).await.status, 200);
    world.advance(120);
    let answer = world.raw(with_token("/page", &token)).await;
    assert_refused(&answer, 401, "invalid_token", INVALID);
    // A token that was issued after it is accepted.
    let token = token_of(&world, "alex").await;
    assert_eq!(world.raw(with_token("/page", &token)).await.status, 200);
}

pub(super) async fn b05_a_revoked_user_is_refused_on_each_instance(harness: Harness) {
    let world = World::new(harness);
    let store = Store::default();
    let login = accept(&world, by_introspection(&world), |login| {
        login.store(store.instance())
    });
    let other = world.instance(|builder| {
        let builder = builder.bearer_prefix("/", by_introspection(&world));
        builder.store(store.instance())
    });
    let [token, spared] = [
        token_of(&world, "alex").await,
        token_of(&world, "alex").await,
    ];
    for token in [&token, &spared] {
        assert_eq!(other.send(with_token("/page", token)).await.status, 200);
    }
    // The user of a token may be one who signs out the others.
    let user = world.calls.user();
    login.end_other_sessions(&user).await.unwrap();
    sleep(SOON).await;
    assert_eq!(other.send(with_token("/page", &spared)).await.status, 200);
    let answer = other.send(with_token("/page", &token)).await;
    assert_refused(&answer, 401, "invalid_token", INVALID);
    login.end_session(&user).await.unwrap();
    sleep(SOON).await;
    let answer = other.send(with_token("/page", &spared)).await;
    assert_refused(&answer, 401, "invalid_token", INVALID);
}

pub(super) async fn b05_a_token_dies_with_its_life_and_soon_after_its_revocation(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| login);
    let [token, revoked] = [
        token_of(&world, "alex").await,
        token_of(&world, "jun").await,
    ];
    let asked = || world.provider.request_count(Endpoint::Introspect);
    for (seconds, questions) in [(0, 1), (59, 1), (1, 2), (59, 2)] {
        world.advance(seconds);
        assert_eq!(world.raw(with_token("/page", &token)).await.status, 200);
        assert_eq!(asked(), questions, "after {seconds} more seconds");
    }
    assert_eq!(world.raw(with_token("/page", &revoked)).await.status, 200);
    world.provider.revoke(&revoked);
    assert_eq!(world.raw(with_token("/page", &revoked)).await.status, 200);
    world.advance(60);
    let answer = world.raw(with_token("/page", &revoked)).await;
    assert_refused(&answer, 401, "invalid_token", INVALID);
    world.advance(LIFE - 60 - 59 - 60 - 1);
    assert_eq!(world.raw(with_token("/page", &token)).await.status, 200);
    // A minute more is allowed, since clocks differ.
    world.advance(62);
    let answer = world.raw(with_token("/page", &token)).await;
    assert_refused(&answer, 401, "invalid_token", INVALID);
}

pub(super) async fn b05_an_event_has_the_request_of_the_token(harness: Harness) {
    let world = World::new(harness);
    let heard = Heard::default();
    let hook = heard.clone();
    let login = accept(&world, by_introspection(&world), |login| {
        login
            .hook_headers(["user-agent"])
            .on_event(move |event| hook.clone().hear(event))
    });
    // The first answer comes from FNCY, and the second from memory.
    for _ in 0..2 {
        let request = with_token("/page", "invented").with_header("user-agent", "phone/1");
        assert_eq!(world.raw(request).await.status, 401);
        login.drain().await;
        let [event] = heard.take(&world).await;
        assert_eq!(event.name(), "request_refused");
        let agent = event
            .request()
            .and_then(|request| request.header("user-agent"));
        assert_eq!(agent, Some("phone/1"));
    }
}

pub(super) async fn b05_a_token_opens_no_session(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| login);
    let token = token_of(&world, "alex").await;
    let answer = world.raw(with_token("/session?set=1", &token)).await;
    assert_refused(&answer, 403, "session_required", "");
    // Neither does a sign-in that a handler starts.
    let answer = world.raw(with_token("/start?scope=write", &token)).await;
    assert_refused(&answer, 403, "session_required", "");
}

pub(super) async fn b05_a_token_is_the_token_of_handlers(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| {
        login.sign_in_only()
    });
    let token = {
        accept(&world, by_introspection(&world), |login| login);
        token_of(&world, "alex").await
    };
    let answer = world.raw(with_token("/token", &token)).await;
    assert_eq!((answer.status, &*answer.text()), (200, &*token));
    let about = world.raw(with_token("/about", &token)).await;
    assert!(about.text().contains("| profile |"), "{}", about.text());
    let answer = world.raw(plain("/token")).await;
    assert_eq!(answer.status, 401);
}
