//! The user data alone say who a person is (rows P32, P33).

use fncy_dev_server::{Endpoint, Fault};

use crate::browser::Page;
use crate::harness::Harness;
use crate::steps::callback::assert_failure;
use crate::steps::session::{LIFE, request};
use crate::steps::token_answer::{PAGE, sign_in_anew, sign_in_with_user_data};
use crate::world::{APP, World};

fn id(json: &str) -> Fault {
    Fault::status(200).json(&format!(r#"{{"id":{json}}}"#))
}

pub(super) async fn p32_tokens_of_another_user_sign_in_that_user(harness: Harness) {
    let world = World::new(harness);
    let mut stranger = world.stranger().tab();
    world.visit_and_sign_in(&mut stranger, "/page", "jun").await;
    let mut issued = world.provider.issued_secrets();
    issued.retain(|secret| secret.contains("access"));
    let body = format!(r#"{{"access_token":"{}"}}"#, issued.pop().unwrap());

    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let mixed_up = Fault::status(200).json(&body).once();
    world.provider.fault(Endpoint::Token, mixed_up);
    let page = tab.visit(&callback).await;
    assert_eq!(page.text(), "user=jun", "whatever the code was for");
}

pub(super) async fn p32_another_users_data_ends_the_session(harness: Harness) {
    for other in [r#""jun""#, r#""ALEX""#, r#""alex ""#, "7"] {
        let world = World::new(harness);
        let mut tab = sign_in_anew(&world).await;
        world.advance(LIFE + 1);
        let old = request(&world, "/page");
        world.provider.fault(Endpoint::UserData, id(other).once());
        assert_eq!(tab.get(PAGE).await.status, 303, "{other}");
        assert_eq!(world.cookies("__Host-fncy_session"), [""; 0]);
        assert_eq!(world.raw(old).await.status, 303);
        assert_eq!(world.provider.request_count(Endpoint::Revoke), 1);
    }
}

pub(super) async fn p32_an_id_elsewhere_is_another_user(harness: Harness) {
    for (sub, status) in [("somebody", 303), ("alex", 200)] {
        let world = World::new(harness);
        let mut tab = sign_in_anew(&world).await;
        world.advance(LIFE + 1);
        let moved = Fault::status(200).json(&format!(r#"{{"id":"alex","sub":"{sub}"}}"#));
        world.provider.fault(Endpoint::UserData, moved.once());
        assert_eq!(tab.get(PAGE).await.status, status, "{sub}");
        let sessions = world.cookies("__Host-fncy_session").len();
        assert_eq!(sessions, usize::from(status == 200), "{sub}");
    }
}

pub(super) async fn p33_no_id_is_guessed(harness: Harness) {
    let world = World::new(harness);
    sign_in_anew(&world).await;
    let before = world.session_cookie();
    let long = format!("\"{}\"", "x".repeat(10_000));
    let huge = format!("\"{}\"", "x".repeat(300_000));
    let (refused, missing) = ("user_data_refused", "user_id_missing");
    for (answer, code) in [
        (
            Fault::status(401).json(r#"{"error":"invalid_token"}"#),
            refused,
        ),
        (Fault::status(403).json(""), refused),
        (
            Fault::status(401).json(r#"{"id":"alex","error":""}"#),
            refused,
        ),
        (Fault::status(200).json(r#"[{"id":"alex"}]"#), refused),
        (Fault::status(200).json("<html>"), refused),
        (
            Fault::status(200).json(r#"{"id":"alex","id":"jun"}"#),
            refused,
        ),
        (id(&long), refused),
        (id(&huge), "invalid_response"),
        (id(r#""""#), refused),
        (id("1.5"), refused),
        (id("18446744073709551616"), refused),
        (id("true"), refused),
        (id(r#"["alex"]"#), refused),
        (id(r#""alex\u0000""#), refused),
        (id(r#""alex\r\n""#), refused),
        (id("null"), missing),
        (Fault::status(200).json(r#"{"name":"alex"}"#), missing),
    ] {
        let calls = world.calls.all().len();
        let page = sign_in_with_user_data(&world, answer).await;
        assert_failure(&page, 502, code);
        assert_eq!(world.session_cookie(), before, "an older session stays");
        assert_eq!(world.calls.all().len(), calls);
    }
}

pub(super) async fn p33_without_user_data_nobody_is_signed_in(harness: Harness) {
    let world = World::new(harness);
    for answer in [408, 425, 429, 503]
        .map(Fault::status)
        .into_iter()
        .chain([Fault::lost_response()])
    {
        let page = sign_in_with_user_data(&world, answer).await;
        assert_failure(&page, 503, "provider_unavailable");
        assert_eq!(page.header("retry-after"), Some("1"));
        assert_eq!(world.cookies("__Host-"), [""; 0]);
    }
}

pub(super) async fn p33_an_id_is_kept_as_it_is(harness: Harness) {
    let world = World::new(harness);
    for (json, user) in [
        ("42", "42"),
        (r#""42""#, "42"),
        ("-7", "-7"),
        ("18446744073709551615", "18446744073709551615"),
        (r#""\u00e9""#, "\u{e9}"),
        (r#""e\u0301""#, "e\u{301}"),
        (r#""\ud83d\ude00\u200b""#, "\u{1f600}\u{200b}"),
        (r#"" Alex ""#, " Alex "),
        (r#""../admin?<b>""#, "../admin?<b>"),
    ] {
        let page = sign_in_with_user_data(&world, id(json)).await;
        assert_eq!(page.text(), format!("user={user}"));
    }
}

pub(super) async fn p33_user_data_that_cannot_be_read_again_change_nothing(harness: Harness) {
    for answer in [
        Fault::status(500),
        Fault::status(401),
        Fault::lost_response(),
        Fault::status(200).json("[]"),
        Fault::status(200).json(r#"{"name":"Jun"}"#),
        id("1.5"),
    ] {
        let world = World::new(harness);
        let mut tab = sign_in_anew(&world).await;
        let session = tab.get(&format!("{APP}/auth/session")).await;
        world.advance(LIFE + 1);
        world.provider.fault(Endpoint::UserData, answer.once());
        assert_eq!(tab.get(PAGE).await.text(), "user=alex");
        assert_eq!(world.provider.request_count(Endpoint::UserData), 2);
        let after = tab.get(&format!("{APP}/auth/session")).await;
        let user = |page: &Page| {
            let json: serde_json::Value = serde_json::from_slice(&page.body).unwrap();
            json["user"].clone()
        };
        assert_eq!(user(&session), user(&after));
    }
}
