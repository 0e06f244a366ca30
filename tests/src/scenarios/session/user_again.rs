//! A handler has the user read again (row U2).

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::{Approval, RefreshedLogin, Refusal};
use serde_json::json;

use crate::harness::Harness;
use crate::steps::session::{refreshes, request, revoked, sets_session, signed_in};
use crate::world::{APP, World};

const RENAMED: &str = r#"{"sub":"alex","name":"Alex Lee"}"#;

/// The answer of a handler that has the user read again, where FNCY answers so. Afterwards the user is signed in or
/// not.
async fn refused(world: &World, answer: Fault, error: &str, is_signed_in: bool) {
    signed_in(world).await;
    world.provider.fault(Endpoint::UserData, answer.once());
    let response = world.raw(request(world, "/session?refresh")).await;
    assert_eq!(response.text(), format!("{error}, Alex Martin -"));
    assert!(!sets_session(&response));
    let next = world.raw(request(world, "/page")).await.status;
    assert_eq!(next, if is_signed_in { 200 } else { 303 }, "{error}");
}

pub(super) async fn u02_a_changed_name_is_seen_at_once(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    tab.get(&format!("{APP}/session?set=blue")).await;
    let renamed = Fault::status(200).json(RENAMED);
    world.provider.fault(Endpoint::UserData, renamed.once());
    let page = tab.get(&format!("{APP}/session?refresh")).await;
    assert_eq!(page.text(), "Alex Lee blue");
    let next = world.tab().get(&format!("{APP}/session")).await;
    assert_eq!(next.text(), "Alex Lee blue");
    let asked = world.provider.request_count(Endpoint::UserData);
    assert_eq!((asked, refreshes(&world)), (2, 0), "no token is refreshed");
}

pub(super) async fn u02_another_id_ends_the_session(harness: Harness) {
    let world = World::new(harness);
    let answer = Fault::status(200).json(r#"{"sub":"jun"}"#);
    refused(&world, answer, "OtherUser", false).await;
    world.until_revocations(1).await;
    assert_eq!(revoked(&world).len(), 1);
}

pub(super) async fn u02_the_hook_decides(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder.on_refresh(async |login: RefreshedLogin| {
                assert_eq!(login.request().path(), "/session");
                let data: serde_json::Value = login.user_data().unwrap().unwrap();
                match data["name"].as_str() {
                    Some("Alex Lee") => Ok(Approval::with_data(&json!("green")).unwrap()),
                    Some("Alex Martin") => Err(Refusal::not_now()),
                    _ => Err(Refusal::new("You have left.")),
                }
            })
        });
    });
    let mut tab = signed_in(&world).await;
    let undecided = tab.get(&format!("{APP}/session?refresh")).await;
    assert_eq!(undecided.text(), "Undecided, Alex Martin -");
    let renamed = Fault::status(200).json(RENAMED);
    world.provider.fault(Endpoint::UserData, renamed.once());
    let page = tab.get(&format!("{APP}/session?set=blue&refresh")).await;
    assert_eq!(page.text(), "Alex Lee green");
    assert_eq!(tab.get(&format!("{APP}/session")).await.text(), page.text());
    let left = Fault::status(200).json(r#"{"sub":"alex"}"#);
    world.provider.fault(Endpoint::UserData, left.once());
    let page = tab.get(&format!("{APP}/session?refresh")).await;
    assert_eq!(page.text(), "Refused, Alex Lee green");
    assert_eq!(world.raw(request(&world, "/page")).await.status, 303);
    world.until_revocations(1).await;
}

pub(super) async fn u02_without_an_answer_the_user_is_as_before(harness: Harness) {
    for (status, error) in [
        (503, "Unavailable"),
        (401, "TokenRefused"),
        (200, "Unreadable"),
    ] {
        let world = World::new(harness);
        refused(&world, Fault::status(status), error, true).await;
    }
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.sign_in_only());
    });
    let mut tab = signed_in(&world).await;
    let page = tab.get(&format!("{APP}/session?refresh")).await;
    assert_eq!(page.text(), "NoTokens, Alex Martin -");
    assert_eq!(world.provider.request_count(Endpoint::UserData), 1);
}

pub(super) async fn u02_a_session_that_has_ended_meanwhile_stays_over(harness: Harness) {
    let world = World::new(harness);
    signed_in(&world).await;
    let held = world.provider.hold(Endpoint::UserData);
    let (app, slow) = (world.app(), request(&world, "/session?refresh"));
    let slow = tokio::spawn(async move { crate::browser::Backend::send(&app, slow).await });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    world.login.end_all_sessions("alex").await.unwrap();
    drop(held);
    let slow = slow.await.unwrap();
    assert_eq!(slow.text(), "NotKept(Ended), Alex Martin -");
    assert!(!sets_session(&slow));
}
