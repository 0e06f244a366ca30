//! An answer in other words than the RFC is read or refused with a reason, and settings name the words (rows P15, P38 to
//! P40).

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::{NewLogin, Setting};
use serde_json::Value;

use crate::harness::Harness;
use crate::steps::callback::assert_failure;
use crate::steps::token_answer::{
    ACCESS_TOKEN, Grant, accepted, assert_no_sign_in, assert_nobody_is_signed_out, sign_in_anew,
    sign_in_with_user_data, tokens,
};
use crate::world::{APP, World};

/// What an answer with this scope grants: as the application has it.
async fn granted(world: &World, grant: Grant, scope: &str) -> String {
    let answer = tokens(&format!(r#","scope":"{scope}""#));
    let mut tab = accepted(world, grant, &answer).await;
    tab.get(&format!("{APP}/data")).await.text().into_owned()
}

pub(super) async fn p38_a_comma_is_told_and_no_separator(harness: Harness) {
    for grant in Grant::BOTH {
        let world = World::new(harness);
        let one = granted(&world, grant, "read write").await;
        assert!(one.ends_with(r#"["read", "write"]"#), "{one}");
        let one = granted(&world, grant, "read,write").await;
        assert!(one.ends_with(r#"["read,write"]"#), "{one}");
        assert!(world.logged().contains("scope_separator"));
    }
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.set(Setting::Scope, "profile,email"));
    });
    assert!(
        world.logged().contains("FNCY_SCOPE has a comma"),
        "at start"
    );
}

pub(super) async fn p38_a_comma_that_is_set_separates_in_both_directions(harness: Harness) {
    for asked in ["read write", "read,write", "read, write"] {
        let world = World::with(harness, |setup| {
            setup.login = Box::new(move |builder| {
                let builder = builder.set(Setting::Scope, asked);
                builder.set(Setting::ScopeSeparator, "comma")
            });
        });
        let location = world.start(&mut world.tab(), "/page").await;
        assert!(location.contains("&scope=read%2Cwrite&"), "{location}");
        for grant in Grant::BOTH {
            for scope in ["read,write", "write read", "write, read"] {
                let both = granted(&world, grant, scope).await;
                assert!(both.ends_with(r#"["read", "write"]"#), "{both}");
            }
        }
    }
}

pub(super) async fn p39_an_error_that_says_none_is_none(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.set(Setting::UserId, "/id"));
    });
    for error in ["null", r#""""#, "false", "0", r#"{"code":"ok"}"#, "[]"] {
        let answer = tokens(&format!(r#","error":{error}"#));
        for grant in Grant::BOTH {
            accepted(&world, grant, &answer).await;
        }
        let named = format!(r#"{{"id":"alex","error":{error}}}"#);
        let page = sign_in_with_user_data(&world, Fault::status(200).json(&named)).await;
        assert_eq!(page.text(), "user=alex", "{error}");
    }
    for error in [r#""invalid""#, "true", "1", r#"{"code":"x"}"#, "[]"] {
        let alone = Fault::status(200).json(&format!(r#"{{"error":{error}}}"#));
        assert_no_sign_in(&world, &alone, 502, "provider_refused").await;
        let page = sign_in_with_user_data(&world, alone).await;
        assert_failure(&page, 502, "user_data_refused");
    }
}

/// What a provider nests its user data in.
pub(super) async fn p39_user_data_beside_an_error_object_are_read(harness: Harness) {
    let world = World::with(harness, |setup| {
        let pointer = "/data/user/open_id";
        setup.login = Box::new(move |builder| builder.set(Setting::UserId, pointer));
    });
    let body = r#"{"data":{"user":{"open_id":"o-1"}},"error":{"code":"ok","message":""}}"#;
    let page = sign_in_with_user_data(&world, Fault::status(200).json(body)).await;
    assert_eq!(page.text(), "user=o-1");
    let body = r#"{"data":{},"error":{"code":"scope_not_authorized","message":"no"}}"#;
    let page = sign_in_with_user_data(&world, Fault::status(200).json(body)).await;
    assert_failure(&page, 502, "user_data_refused");
    assert!(
        world
            .logged()
            .contains("answered 200: scope_not_authorized")
    );
}

pub(super) async fn p40_what_changes_nothing_is_read(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder.on_login(async |login: NewLogin| {
                let data: Value = login.user_data().unwrap();
                assert_eq!(data["id"], "alex", "the hook reads it too");
                Ok(fncy_login::Approval::new())
            })
        });
    });
    let marked = Fault {
        body: Some(format!("\u{feff}{{{ACCESS_TOKEN}}}").into_bytes()),
        ..Fault::status(200).json("")
    };
    let mut answers = vec![marked];
    for coding in ["Identity", "none", "UTF-8", "identity, none", ""] {
        answers.push(tokens("").header("content-encoding", coding));
    }
    for answer in &answers {
        for grant in Grant::BOTH {
            accepted(&world, grant, answer).await;
        }
    }
    let marked = Fault::status(200).json("\u{feff}{\"id\":\"alex\"}");
    let coded = Fault::status(200).json(r#"{"id":"alex"}"#);
    for answer in [marked, coded.header("content-encoding", "UTF-8")] {
        assert_eq!(
            sign_in_with_user_data(&world, answer).await.text(),
            "user=alex"
        );
    }
}

pub(super) async fn p40_each_refusal_says_what_came(harness: Harness) {
    let text = |body: &str| Fault {
        body: Some(body.as_bytes().to_vec()),
        ..Fault::status(200)
    };
    let world = World::new(harness);
    for (answer, what) in [
        (tokens(r#","x":1,"x":2"#), "a repeated member"),
        (
            text("access_token=a&token_type=bearer"),
            "a form in place of JSON",
        ),
        (text("<html>"), "a page or XML in place"),
        (text(" "), "an empty body in place"),
        (text("[]"), "JSON that is no object"),
    ] {
        assert_no_sign_in(&world, &answer, 502, "invalid_response").await;
        assert!(world.logged().contains(what), "{what}");
    }
    let jwt = text("eyJhbGciOiJub25lIn0.eyJpZCI6ImFsZXgifQ.");
    let page = sign_in_with_user_data(&world, jwt.header("content-type", "application/jwt")).await;
    assert_failure(&page, 502, "user_data_refused");
    assert!(world.logged().contains("a JWT in place of JSON"));
}

pub(super) async fn p40_a_lifetime_that_is_not_read_is_told(harness: Harness) {
    for grant in Grant::BOTH {
        let world = World::new(harness);
        accepted(&world, grant, &tokens(r#","expires_at":1893456300"#)).await;
        assert!(world.logged().contains("expires_in_missing"));
        assert!(world.logged().contains("has expires_at, which is not read"));
    }
}

pub(super) async fn p15_a_bearer_token_of_another_name_needs_a_setting(harness: Harness) {
    let body = r#"{"access_token":"scripted-token","token_type":"BearerToken"}"#;
    let answer = Fault::status(200).json(body);
    let world = World::new(harness);
    sign_in_anew(&world).await;
    assert_nobody_is_signed_out(&world, &answer, 502, "invalid_response").await;
    assert!(world.logged().contains("set FNCY_TOKEN_TYPE"));
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.set(Setting::TokenType, "bearertoken"));
    });
    for grant in Grant::BOTH {
        accepted(&world, grant, &answer).await;
        accepted(&world, grant, &tokens("")).await;
    }
    let mac = Fault::status(200).json(r#"{"access_token":"a","token_type":"mac"}"#);
    assert_no_sign_in(&world, &mac, 502, "invalid_response").await;
}

pub(super) async fn user_data_are_asked_for_with_post_where_that_is_set(harness: Harness) {
    let world = World::new(harness);
    let page = sign_in_with_user_data(&world, Fault::status(405)).await;
    assert_failure(&page, 502, "user_data_refused");
    assert!(world.logged().contains("FNCY_USERINFO_METHOD"));
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.set(Setting::UserinfoMethod, "post"));
    });
    let page = sign_in_with_user_data(&world, Fault::status(200).json(r#"{"id":"alex"}"#)).await;
    assert_eq!(page.text(), "user=alex");
    let request = world.provider.requests(Endpoint::UserData).pop().unwrap();
    assert_eq!(request.method, "POST");
    assert!(request.authorization.unwrap().starts_with("Bearer "));
    assert!(request.body.is_empty());
}
