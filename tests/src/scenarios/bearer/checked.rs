//! What FNCY says of a token, and for whom the token is (rows B3 and B4).

use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::{BearerCheck, Setting};
use serde_json::json;

use crate::harness::Harness;
use crate::steps::bearer::{accept, assert_refused, by_introspection, token_of, with_token};
use crate::world::World;

const INVALID: &str = "Bearer error=\"invalid_token\"";

pub(super) async fn b03_introspection_says_for_whom_a_token_is(harness: Harness) {
    let world = World::new(harness);
    let introspection = world.provider.introspection_url();
    let by = || BearerCheck::introspection(&introspection);
    let client = world.provider.client_id().to_owned();
    let audience = world.provider.audience().to_owned();
    let fault = |name: &str, value| Fault::member(name, value).once();
    for (check, change, is_accepted) in [
        (by().client(&client), None, true),
        (by().client("other").client(&client), None, true),
        (by().audience(&audience), None, true),
        (by().client(&client).audience(&audience), None, true),
        (by().client("other"), None, false),
        (by().audience("other"), None, false),
        (by().client(&client).audience("other"), None, false),
        (by().client("other").audience(&audience), None, false),
        (
            by().client(&client),
            Some(fault("active", json!(false))),
            false,
        ),
        (
            by().client(&client),
            Some(fault("active", json!("true"))),
            false,
        ),
        (
            by().client(&client),
            Some(fault("client_id", json!("other"))),
            false,
        ),
        (
            by().client(&client),
            Some(fault("client_id", json!(null))),
            false,
        ),
        (
            by().audience(&audience),
            Some(fault("aud", json!(["other"]))),
            false,
        ),
        (
            by().audience(&audience),
            Some(fault("aud", json!(["other", audience]))),
            true,
        ),
        (by().client(&client), Some(fault("sub", json!(null))), false),
        (
            by().client(&client),
            Some(fault("sub", json!(client))),
            false,
        ),
        (
            by().client(&client).user_id("/username"),
            Some(fault("username", json!("jun"))),
            true,
        ),
        (by().client(&client).client_pointer("/azp"), None, false),
        (
            by().client(&client).client_pointer("/azp"),
            Some(fault("azp", json!(client))),
            true,
        ),
    ] {
        let about = format!("{check:?} {change:?}");
        accept(&world, check, |login| login);
        let token = token_of(&world, "alex").await;
        if let Some(change) = change {
            world.provider.fault(Endpoint::Introspect, change);
        }
        let answer = world.raw(with_token("/page", &token)).await;
        if is_accepted {
            assert_eq!(answer.status, 200, "{about}");
        } else {
            assert_refused(&answer, 401, "invalid_token", INVALID);
            assert!(!answer.text().contains("client"), "{}", answer.text());
        }
        world.provider.clear_faults();
    }
}

pub(super) async fn b03_while_fncy_cannot_be_asked_a_token_is_a_503(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| login);
    let token = token_of(&world, "alex").await;
    let before = world.calls.all().len();
    let html = Fault::status(200).header("content-type", "text/html");
    for (fault, waits) in [
        (Fault::status(503), "1"),
        // The operator's mistake is not the fault of the token.
        (
            Fault::status(401).json(r#"{"error":"invalid_client"}"#),
            "1",
        ),
        (Fault::status(404), "1"),
        (Fault::status(200).json("[]"), "1"),
        (
            Fault::status(200).json(r#"{"active":true,"active":true}"#),
            "1",
        ),
        (html, "1"),
        (Fault::lost_response(), "1"),
        (Fault::delay(Duration::from_secs(60)), "1"),
    ] {
        let about = format!("{fault:?}");
        world.provider.fault(Endpoint::Introspect, fault.once());
        let answer = world.raw(with_token("/page", &token)).await;
        assert_refused(&answer, 503, "provider_unavailable", "");
        assert_eq!(answer.header("retry-after"), Some(waits), "{about}");
    }
    assert_eq!(
        world.calls.all().len(),
        before,
        "no request reached the application"
    );
    let answer = world.raw(with_token("/page", &token)).await;
    assert_eq!(answer.status, 200, "a failure is not remembered");
    let warned = world.logged();
    assert!(
        warned.contains("bearer tokens can't be checked"),
        "{warned}"
    );
}

pub(super) async fn b06_if_fncy_asks_for_a_pause_unknown_tokens_wait(harness: Harness) {
    let world = World::new(harness);
    accept(&world, by_introspection(&world), |login| login);
    let known = token_of(&world, "alex").await;
    assert_eq!(world.raw(with_token("/page", &known)).await.status, 200);
    let pause = Fault::status(429).header("retry-after", "7").once();
    world.provider.fault(Endpoint::Introspect, pause);
    for token in ["one", "one", "another"] {
        let answer = world.raw(with_token("/page", token)).await;
        assert_refused(&answer, 503, "provider_unavailable", "");
        assert_eq!(answer.header("retry-after"), Some("7"));
    }
    let asked = world.provider.request_count(Endpoint::Introspect);
    assert_eq!(asked, 2, "one of the invented tokens was asked about");
    world.advance(60);
    assert_eq!(world.raw(with_token("/page", &known)).await.status, 200);
}

pub(super) async fn b04_user_data_need_the_client_of_the_token(harness: Harness) {
    let world = World::new(harness);
    let by_client = || {
        BearerCheck::user_data()
            .client_pointer("/app/id")
            .client("shop")
    };
    for (check, client, is_accepted) in [
        (by_client(), json!({ "id": "shop" }), true),
        (by_client(), json!({ "id": "other" }), false),
        (by_client(), json!({}), false),
        (
            BearerCheck::user_data().danger_any_client(),
            json!({}),
            true,
        ),
    ] {
        accept(&world, check, |login| login);
        let token = token_of(&world, "alex").await;
        let answered = Fault::member("app", client.clone()).once();
        world.provider.fault(Endpoint::UserData, answered);
        let answer = world.raw(with_token("/page", &token)).await;
        if is_accepted {
            assert_eq!(&*answer.text(), "user=alex", "{client}");
        } else {
            assert_refused(&answer, 401, "invalid_token", INVALID);
        }
        let answer = world.raw(with_token("/page", "invented")).await;
        assert_refused(&answer, 401, "invalid_token", INVALID);
    }
    world
        .provider
        .fault(Endpoint::UserData, Fault::status(503).once());
    let answer = world.raw(with_token("/page", "another")).await;
    assert_refused(&answer, 503, "provider_unavailable", "");
}

pub(super) async fn b04_without_the_client_the_check_is_a_mistake(harness: Harness) {
    let world = World::new(harness);
    let by_introspection = || BearerCheck::introspection("https://fncy.example/introspect");
    let user_data = BearerCheck::user_data;
    for (check, mistake) in [
        (
            user_data(),
            "user data do not say for which client a token was made; call `client_pointer` and `client`, or `danger_any_client`",
        ),
        (
            user_data().client("shop"),
            "user data do not say for which client a token was made",
        ),
        (
            user_data().client_pointer("/client"),
            "user data do not say for which client a token was made",
        ),
        (
            user_data().client_pointer("client").client("shop"),
            "`client_pointer` is \"client\"; write a JSON pointer such as \"/client_id\"",
        ),
        (
            user_data().user_id("id").danger_any_client(),
            "`user_id` is not a JSON pointer",
        ),
        (
            by_introspection(),
            "it names neither a client nor an audience; call `client` or `audience`",
        ),
        (
            by_introspection().danger_any_client(),
            "`danger_any_client` is for `user_data` alone",
        ),
        (
            by_introspection().client("a").danger_any_client(),
            "remove one of the two",
        ),
        (
            BearerCheck::introspection("http://fncy.example/").client("a"),
            "its introspection address must begin with https://",
        ),
        (
            BearerCheck::introspection("introspect").client("a"),
            "its introspection address is not an absolute URL",
        ),
    ] {
        let built = world.usual().bearer_prefix("/api/v1", check).build();
        let error = built.unwrap_err().to_string();
        let about = "The check of bearer tokens for \"/api/v1\" can't be used: ";
        assert!(error.contains(about) && error.contains(mistake), "{error}");
    }
    let login = world.usual().set(Setting::UserId, "/id");
    let built = login.bearer_prefix("/api", by_introspection().client("a"));
    let error = built.build().unwrap_err().to_string();
    assert!(error.contains("call `user_id` with the place"), "{error}");
    let any = || user_data().danger_any_client();
    let twice = world.usual().bearer_prefix("/api", any());
    let error = twice.bearer_prefix("/api/", any()).build().unwrap_err();
    assert!(
        error.to_string().contains("remove one of the two"),
        "{error}"
    );
    let built = world
        .usual()
        .bearer_prefix("api", user_data().danger_any_client());
    assert!(
        built
            .build()
            .unwrap_err()
            .to_string()
            .contains("is not a plain path")
    );
}
