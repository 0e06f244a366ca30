//! The hook `on_login` adds data to a session or refuses a user (row P20).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fncy_dev_server::{Endpoint, ScopeFormat};
use fncy_login::{Approval, NewLogin, Refusal, Setting, User};
use serde_json::{Value, json};

use crate::harness::Harness;
use crate::world::{APP, ON_PURPOSE, World};

pub(super) async fn on_login_adds_data_and_claims_are_kept(harness: Harness) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            builder
                .keep_claims(["roles", "absent"])
                .on_login(move |login: NewLogin| {
                    counter.fetch_add(1, Ordering::SeqCst);
                    async move {
                        let data: Value = login.user_data().unwrap();
                        assert_eq!(data["id"], login.id());
                        assert!(!login.tokens().access_token().is_empty());
                        assert_eq!(login.scopes().collect::<Vec<_>>(), ["profile"]);
                        Ok(Approval::with_data(&json!({"row": 7})).unwrap())
                    }
                })
        });
    });
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/data", "alex").await;
    let before = page.text().into_owned();
    assert!(
        before.starts_with("Some([") && before.contains(r#"{"row":7}"#),
        "{before}"
    );
    world.advance(301);
    let refreshed = tab.get(&format!("{APP}/data")).await;
    assert!(refreshed.header("set-cookie").is_some());
    assert_eq!(refreshed.text(), before, "a refresh keeps both");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

pub(super) async fn on_login_refuses_with_its_own_words(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder.on_login(async |login: NewLogin| match login.id() {
                "alex" => Ok(Approval::new()),
                _ => Err(Refusal::new("Members <only>, please.")),
            })
        });
    });
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let location = world.start(&mut tab, "/auth/login").await;
    let callback = world.approve(&location, "jun").await;
    let refused = tab.get(&callback).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.text().contains("Members &lt;only&gt;, please."),
        "{}",
        refused.text()
    );
    assert!(refused.text().contains("<code>login_refused</code>"));
    assert!(refused.text().contains("/auth/login?return_to=%2F"));
    world.until_revocations(1).await;
    assert_eq!(world.cookies("__Host-fncy_login"), [""; 0]);
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
}

pub(super) async fn on_login_that_cannot_decide_lets_nobody_in_for_now(harness: Harness) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            builder.on_login(move |_: NewLogin| {
                let is_first = count.fetch_add(1, Ordering::SeqCst) == 0;
                async move {
                    match is_first {
                        true => Err(Refusal::not_now()),
                        false => Ok(Approval::new()),
                    }
                }
            })
        });
    });
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let page = tab.get(&callback).await;
    assert_eq!((page.status, page.header("retry-after")), (503, Some("1")));
    assert!(page.text().contains("<code>login_undecided</code>"));
    assert_eq!(world.cookies("__Host-fncy_"), [""; 0]);
    let page = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    assert_eq!(page.text(), "user=alex");
}

pub(super) async fn a_hook_that_panics_is_an_error_and_no_session(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder.on_login(async |_: NewLogin| -> Result<Approval, Refusal> {
                panic!("{ON_PURPOSE}")
            })
        });
    });
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let page = tab.get(&callback).await;
    assert_eq!(page.status, 500);
    assert!(page.text().contains("<code>internal</code>"));
    let again = "href=\"/auth/login?return_to=%2Fpage\"";
    assert!(page.text().contains(again), "{}", page.text());
    assert!(world.logged().contains("on_login panicked"));
    assert_eq!(world.cookies("__Host-fncy_session"), [""; 0]);
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let again = tab.get(&callback).await;
    assert_eq!(again.status, 400, "its code is spent all the same");
    assert_eq!(world.token_requests(), 1);
}

pub(super) async fn guards_give_403(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder
                .public_prefix("/")
                .require_scope_prefix("/read", "profile")
                .require_scope_prefix("/write", "write")
                .require_prefix("/jun", |user: &User| user.id() == "jun")
        });
        setup.is_public = true;
    });
    let mut tab = world.tab();
    assert_eq!(tab.get(&format!("{APP}/open")).await.status, 200);
    assert_eq!(
        tab.get(&format!("{APP}/read")).await.status,
        303,
        "a guard protects"
    );
    world.visit_and_sign_in(&mut tab, "/read", "alex").await;
    for (path, status) in [
        ("/read", 200),
        ("/read/x", 200),
        ("/write", 403),
        ("/write/x", 403),
        ("/%77rite", 403),
        ("/jun", 403),
        ("/junior", 200),
    ] {
        let page = tab.get(&format!("{APP}{path}")).await;
        assert_eq!(page.status, status, "{path}");
        let code = if path == "/jun" {
            "forbidden"
        } else {
            "insufficient_scope"
        };
        let is_refused = page.text().contains(&format!("<code>{code}</code>"));
        assert_eq!(is_refused, status == 403, "{path}");
    }
    let fetched = tab.fetch(&format!("{APP}/write")).await;
    assert!(fetched.text().contains("\"code\":\"insufficient_scope\""));
}

pub(super) async fn p20_silence_grants_nothing_unless_it_is_trusted(harness: Harness) {
    for (trusts, granted) in [(false, "[]"), (true, r#"["profile"]"#)] {
        let world = World::with(harness, |setup| {
            let format = ScopeFormat::Omitted;
            setup.provider = setup.provider.clone().scope_format(format);
            setup.login = Box::new(move |builder| {
                let builder = builder.set(Setting::Scope, "profile");
                if trusts {
                    builder.danger_trust_requested_scope()
                } else {
                    builder
                }
            });
        });
        let mut tab = world.tab();
        let page = world.visit_and_sign_in(&mut tab, "/data", "alex").await;
        assert!(page.text().ends_with(granted), "{}", page.text());
        assert_eq!(world.provider.request_count(Endpoint::Token), 1);
    }
}
