//! `prompt`, `max_age`, `login_hint` and `ui_locales`, and the `auth_time` of tokens.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use fncy_dev_server::{DEMO_PASSWORD, DemoUser, DevServer};
use serde_json::{Value, json};

use crate::app::{CALLBACK, authorize, code_request, refresh_request, text, token, user_data};
use crate::browser::Browser;
use crate::client::{Reply, query};

/// A server with a clock that stands still until the test moves it.
fn server_at(now: u64) -> (DevServer, Arc<AtomicU64>) {
    let clock = Arc::new(AtomicU64::new(now));
    let read = Arc::clone(&clock);
    let server = DevServer::builder()
        .clock(move || UNIX_EPOCH + Duration::from_secs(read.load(Ordering::SeqCst)))
        .start()
        .unwrap();
    (server, clock)
}

fn error(reply: &Reply) -> Option<String> {
    query(reply.location(), "error")
}

/// The tokens for the code in a callback URL.
fn tokens(server: &DevServer, callback: &str) -> Value {
    token(server, &code_request(&query(callback, "code").unwrap())).json()
}

#[test]
fn auth_time_is_the_time_of_the_sign_in_and_survives_refreshes() {
    let (server, clock) = server_at(1_000);
    let mut browser = Browser::new(&server);
    browser.allow(&authorize(&[]), "alex");
    clock.store(1_060, Ordering::SeqCst);
    let silent = browser.get(&authorize(&[("prompt", "none")]));
    let first = tokens(&server, silent.location());
    clock.store(1_090, Ordering::SeqCst);
    let refreshed = token(&server, &refresh_request(text(&first, "refresh_token"))).json();
    for tokens in [first, refreshed] {
        assert_eq!(tokens["auth_time"], 1_000);
        let user = user_data(&server, text(&tokens, "access_token")).json();
        assert_eq!(
            (&user["auth_time"], &user["id"]),
            (&json!(1_000), &json!("alex"))
        );
    }
    let approved = format!("{}{}", server.base_url(), authorize(&[]));
    let callback = server.approve(&approved, "haneul").unwrap();
    assert_eq!(tokens_time(&server, &callback), 1_090);
}

fn tokens_time(server: &DevServer, callback: &str) -> Value {
    tokens(server, callback)["auth_time"].clone()
}

#[test]
fn an_auth_time_of_the_users_own_data_stays() {
    let user = DemoUser::new("old", "Old").with("auth_time", Value::Null);
    let server = DevServer::builder().users(vec![user]).start().unwrap();
    let callback = Browser::new(&server).allow(&authorize(&[]), "old");
    let tokens = tokens(&server, &callback);
    let user = user_data(&server, text(&tokens, "access_token")).json();
    assert_eq!(user["auth_time"], Value::Null);
    assert!(tokens["auth_time"].is_u64());
}

#[test]
fn an_old_sign_in_is_done_again() {
    let (server, clock) = server_at(1_000);
    let mut browser = Browser::new(&server);
    browser.allow(&authorize(&[]), "alex");
    clock.store(1_060, Ordering::SeqCst);
    let still_young = browser.get(&authorize(&[("max_age", "60")]));
    assert_eq!(tokens_time(&server, still_young.location()), 1_000);

    clock.store(1_061, Ordering::SeqCst);
    let silent = [("max_age", "60"), ("prompt", "none")];
    assert_eq!(
        error(&browser.get(&authorize(&silent))).as_deref(),
        Some("login_required")
    );
    for (age, now) in [("60", 1_061), ("0", 1_062)] {
        clock.store(now, Ordering::SeqCst);
        let page = browser.get(&authorize(&[("max_age", age)]));
        let asked = format!("at most {age} seconds old <code>max_age={age}</code>");
        assert!(page.body.contains(&asked), "{}", page.body);
        let reply = browser.submit(&page, "/sign-in", &[("user", "alex")]);
        assert_eq!(tokens_time(&server, reply.location()), now);
    }
}

#[test]
fn a_choice_of_the_account_is_no_new_sign_in() {
    let (server, clock) = server_at(1_000);
    let mut browser = Browser::new(&server);
    browser.allow(&authorize(&[]), "alex");
    clock.store(1_100, Ordering::SeqCst);
    for (prompt, fields, time) in [
        ("select_account", &[("user", "alex")][..], 1_000),
        ("login", &[("user", "alex")], 1_200),
        (
            "select_account",
            &[("username", "alex"), ("password", DEMO_PASSWORD)],
            1_300,
        ),
        ("select_account login", &[("user", "alex")], 1_400),
    ] {
        let page = browser.get(&authorize(&[("prompt", prompt)]));
        let reply = browser.submit(&page, "/sign-in", fields);
        assert_eq!(tokens_time(&server, reply.location()), time, "{prompt}");
        clock.fetch_add(100, Ordering::SeqCst);
    }
}

#[test]
fn a_hint_puts_its_user_first() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    for hint in ["haneul", "Haneul@Example.com"] {
        let page = browser.get(&authorize(&[("login_hint", hint)])).body;
        let position = |text: &str| page.find(text).unwrap();
        assert!(position("value=\"haneul\" autofocus>") < position("value=\"alex\""));
        assert_eq!(page.matches("name=\"user\"").count(), 4);
        assert!(page.contains("spellcheck=\"false\" value=\"haneul\" required"));
    }
    let unknown = browser.get(&authorize(&[("login_hint", "<b>\"x")])).body;
    assert!(unknown.contains("value=\"&lt;b&gt;&quot;x\" required"));
    assert!(!unknown.contains("autofocus") && !unknown.contains("<b>"));

    browser.allow(&authorize(&[]), "alex");
    for (hint, silent) in [
        ("alex", None),
        ("haneul", Some("account_selection_required")),
    ] {
        let target = authorize(&[("login_hint", hint), ("prompt", "none")]);
        assert_eq!(error(&browser.get(&target)).as_deref(), silent, "{hint}");
    }
    let page = browser.get(&authorize(&[("login_hint", "haneul")]));
    let reply = browser.submit(&page, "/sign-in", &[("user", "alex")]);
    assert!(reply.location().starts_with(CALLBACK), "a hint is no order");
}

#[test]
fn the_pages_say_what_the_application_asks_for() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    browser.languages = "ko";
    let plain = browser.get(&authorize(&[])).body;
    assert!(!plain.contains("애플리케이션의 요청"), "{plain}");
    let options = [
        ("prompt", "login consent select_account"),
        ("max_age", "60"),
        ("login_hint", "alex"),
    ];
    let page = browser.get(&authorize(&options));
    let reply = browser.submit(&page, "/sign-in", &[("user", "alex")]);
    let consent = browser.follow(&reply);
    for page in [page.body, consent.body] {
        for line in [
            "다시 로그인 <code>prompt=login</code>",
            "다시 동의 <code>prompt=consent</code>",
            "계정 선택 <code>prompt=select_account</code>",
            "로그인한 지 60초 이내 <code>max_age=60</code>",
            "가능하면 이 사용자로 로그인 <code>login_hint=alex</code>",
        ] {
            assert!(page.contains(line), "{line}: {page}");
        }
    }
}

#[test]
fn the_language_of_the_request_wins() {
    let server = DevServer::start().unwrap();
    let mut browser = Browser::new(&server);
    for (locales, tag) in [
        ("ko", "ko"),
        ("fr KO-kr en", "ko"),
        ("en-US ko", "en"),
        ("fr", "en"),
    ] {
        let page = browser.get(&authorize(&[("ui_locales", locales)])).body;
        assert!(
            page.contains(&format!("<html lang=\"{tag}\">")),
            "{locales}"
        );
        assert!(page.contains(&format!("<code>ui_locales={locales}</code>")));
    }
}

#[test]
fn bad_values_go_back_to_the_application() {
    let server = DevServer::start().unwrap();
    for option in [
        ("prompt", "none login"),
        ("prompt", "lgoin"),
        ("max_age", "-1"),
        ("max_age", "soon"),
    ] {
        let reply = Browser::new(&server).get(&authorize(&[option]));
        assert!(reply.location().starts_with(CALLBACK));
        assert_eq!(
            error(&reply).as_deref(),
            Some("invalid_request"),
            "{option:?}"
        );
        assert!(query(reply.location(), "error_description").is_some());
    }
}
