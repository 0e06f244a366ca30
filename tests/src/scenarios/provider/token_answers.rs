//! A usable token answer is read, and its lifetime, scope and refresh token are kept (rows P7, P13, P14, P16 to P22).

use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::Setting;
use serde_json::Value;

use crate::browser::Tab;
use crate::harness::Harness;
use crate::steps::session::{LIFE, refresh_tokens};
use crate::steps::token_answer::{
    ACCESS_TOKEN, Grant, PAGE, accepted, assert_no_sign_in, refreshable, sign_in_anew, tokens,
};
use crate::world::{APP, World};

const HOUR: u64 = 3600;
const MONTH: u64 = 30 * 24 * HOUR;

/// A world whose sessions outlive every token.
fn lasting(harness: Harness) -> World {
    World::with(harness, |setup| {
        let month = Duration::from_secs(MONTH);
        setup.login = Box::new(move |builder| builder.session_lifetime(month).idle_timeout(month));
    })
}

/// The access token lives so long, to the second.
async fn assert_life(world: &World, tab: &mut Tab, life: u64, what: &str) {
    let useless = Fault::status(200).json("{}");
    world.provider.fault(Endpoint::Token, useless);
    world.advance(life - 1);
    assert_eq!(tab.get(PAGE).await.text(), "user=alex", "{what}");
    world.advance(1);
    assert_eq!(tab.get(PAGE).await.status, 503, "{what}");
    world.provider.clear_faults();
}

pub(super) async fn p07_json_is_read_whatever_it_is_called(harness: Harness) {
    let world = World::new(harness);
    let body = format!("{{{ACCESS_TOKEN}}}");
    for content_type in ["", "text/plain", "text/html", "application/json; charset=x"] {
        let answer = Fault {
            body: Some(body.clone().into_bytes()),
            ..Fault::status(200)
        };
        let answer = match content_type {
            "" => answer,
            named => answer.header("content-type", named),
        };
        for grant in Grant::BOTH {
            accepted(&world, grant, &answer).await;
        }
    }
}

pub(super) async fn p13_a_missing_type_is_bearer_with_a_warning(harness: Harness) {
    for grant in Grant::BOTH {
        for kind in ["", r#","token_type":null"#] {
            let world = World::new(harness);
            let body = format!(r#"{{"access_token":"scripted-token"{kind}}}"#);
            accepted(&world, grant, &Fault::status(200).json(&body)).await;
            assert!(world.logged().contains("token_type_missing"));
        }
    }
}

pub(super) async fn p14_bearer_is_written_in_any_case(harness: Harness) {
    let world = World::new(harness);
    for kind in ["bearer", "BEARER", "Bearer"] {
        let body = format!(r#"{{"access_token":"scripted-token","token_type":"{kind}"}}"#);
        for grant in Grant::BOTH {
            accepted(&world, grant, &Fault::status(200).json(&body)).await;
        }
    }
}

pub(super) async fn p16_every_lifetime_ends(harness: Harness) {
    let world = lasting(harness);
    for (member, life) in [
        (r#","expires_in":3600"#, 3600),
        (r#","expires_in":"3600""#, 3600),
        (r#","expires_in":3600.0"#, 3600),
        (r#","expires_in":86400.92"#, 86400),
        ("", HOUR),
        (r#","expires_in":null"#, HOUR),
        (r#","expires_in":"""#, HOUR),
        (r#","expires_in":"1e3""#, HOUR),
        (r#","expires_in":"0x10""#, HOUR),
        (r#","expires_in":"zzz""#, HOUR),
        (r#","expires_in":{}"#, HOUR),
        (r#","expires_in":false"#, HOUR),
    ] {
        for grant in Grant::BOTH {
            let mut tab = accepted(&world, grant, &refreshable(member)).await;
            assert_life(&world, &mut tab, life, member).await;
        }
    }
    assert!(world.logged().contains("expires_in_unreadable"));
}

pub(super) async fn p19_no_lifetime_is_longer_than_a_month(harness: Harness) {
    for expires_in in [
        "2147483648",
        "9007199254740992",
        "9223372036854775808",
        "1e300",
    ] {
        for grant in Grant::BOTH {
            let world = lasting(harness);
            let answer = refreshable(&format!(",\"expires_in\":{expires_in}"));
            let mut tab = accepted(&world, grant, &answer).await;
            let asked = world.token_requests();
            // No session lasts longer either: a token that came with a refresh outlives it.
            world.advance(MONTH - 2 * LIFE);
            assert_eq!(tab.get(PAGE).await.text(), "user=alex", "{expires_in}");
            assert_eq!(world.token_requests(), asked, "{expires_in}");
            if grant == Grant::Code {
                world.advance(2 * LIFE - 10);
                let last = tab.get(PAGE).await;
                assert_eq!(last.text(), "user=alex", "{expires_in}");
                assert_eq!(world.token_requests(), asked + 1, "{expires_in}");
            }
        }
    }
}

pub(super) async fn p18_a_token_that_is_dead_on_arrival_signs_nobody_in(harness: Harness) {
    let world = World::new(harness);
    sign_in_anew(&world).await;
    for expires_in in ["0", "-1", "-9999999999999", "-1e300", "\"0\"", "0.9"] {
        let member = format!(",\"expires_in\":{expires_in}");
        for answer in [tokens(&member), refreshable(&member)] {
            assert_no_sign_in(&world, &answer, 502, "token_expired").await;
        }
    }
}

pub(super) async fn p18_a_stillborn_token_causes_no_storm(harness: Harness) {
    for expires_in in ["0", "-1", "-9999999999999"] {
        let world = World::new(harness);
        let mut tab = sign_in_anew(&world).await;
        world.advance(LIFE + 1);
        let stillborn = refreshable(&format!(",\"expires_in\":{expires_in}"));
        world.provider.fault(Endpoint::Token, stillborn);
        for _ in 0..10 {
            assert_eq!(tab.get(PAGE).await.status, 503);
        }
        assert_eq!(world.token_requests(), 2, "one sign-in and one attempt");
    }
}

pub(super) async fn p20_scopes_are_a_set_and_silence_is_none(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.set(Setting::Scope, "profile write"));
    });
    let (asked, none) = (r#"["profile", "write"]"#, "[]");
    for (member, granted, refreshed) in [
        (r#","scope":"write profile  write""#, asked, asked),
        (r#","scope":["write","profile","write",7]"#, asked, asked),
        (r#","scope":"profile""#, r#"["profile"]"#, r#"["profile"]"#),
        ("", none, asked),
        (r#","scope":null"#, none, asked),
        (r#","scope":"""#, none, none),
        (r#","scope":[]"#, none, none),
        (r#","scope":7"#, none, none),
    ] {
        for (grant, scopes) in Grant::BOTH.into_iter().zip([granted, refreshed]) {
            let mut tab = accepted(&world, grant, &tokens(member)).await;
            let page = tab.get(&format!("{APP}/data")).await;
            assert!(page.text().ends_with(scopes), "{member}: {}", page.text());
        }
    }
}

pub(super) async fn p21_without_a_refresh_token_a_session_ends_with_its_access(harness: Harness) {
    let world = World::new(harness);
    for member in ["", r#","refresh_token":null"#, r#","refresh_token":"""#] {
        let answer = tokens(&format!(r#","expires_in":300{member}"#));
        let mut tab = accepted(&world, Grant::Code, &answer).await;
        let asked = world.token_requests();
        world.advance(LIFE - 1);
        assert_eq!(tab.get(PAGE).await.text(), "user=alex", "{member}");
        world.advance(1);
        assert_eq!(tab.get(PAGE).await.status, 303, "{member}");
        assert_eq!(tab.fetch(PAGE).await.status, 401, "{member}");
        assert_eq!(world.token_requests(), asked, "{member}");
    }
}

/// The refresh token that was sent last.
fn sent_last(world: &World) -> String {
    let request = world.provider.requests(Endpoint::Token).pop().unwrap();
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    body["refresh_token"].as_str().unwrap().to_owned()
}

pub(super) async fn p22_a_new_refresh_token_replaces_the_old_one(harness: Harness) {
    for (member, is_new) in [
        ("", false),
        (r#","refresh_token":null"#, false),
        (r#","refresh_token":"""#, false),
        (r#","refresh_token":"OLD""#, false),
        (r#","refresh_token":"scripted-token-1""#, true),
    ] {
        let world = World::new(harness);
        let mut tab = sign_in_anew(&world).await;
        let old = refresh_tokens(&world).pop().unwrap();
        let answer = tokens(&format!(
            r#","expires_in":300{}"#,
            member.replace("OLD", &old)
        ));
        for _ in 0..2 {
            world.advance(LIFE + 1);
            world.provider.fault(Endpoint::Token, answer.clone().once());
            assert_eq!(tab.get(PAGE).await.text(), "user=alex", "{member}");
        }
        if is_new {
            assert_eq!(sent_last(&world), "scripted-token-1");
        } else {
            assert_eq!(sent_last(&world), old, "{member}");
            world.resends("without another it stays in use");
        }
    }
}
