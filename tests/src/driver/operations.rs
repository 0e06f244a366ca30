//! The operator's view: log lines, and the check of the store and the provider.

use fncy_dev_server::{DevServer, Endpoint, Fault};
use fncy_login::store::MemoryStore;
use fncy_login::{Approval, CheckError, NewLogin, Setting};

use crate::harness::Harness;
use crate::steps::session::with_store;
use crate::store::Store;
use crate::world::{APP, Logs, ThreadLogs, World, usual};

#[tokio::test]
async fn a_line_of_the_applications_hook_says_what_it_is_about() {
    let world = World::with(Harness::Bare, |setup| {
        setup.login = Box::new(|builder| {
            builder.on_login(async |_: NewLogin| {
                tracing::info!("the hook of this very test");
                Ok(Approval::default())
            })
        });
    });
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let logged = world.logged();
    let line = logged
        .lines()
        .find(|line| line.contains("the hook of this very test"))
        .unwrap();
    assert!(line.contains("fncy_login.sign_in"), "{line}");
}

/// The only line with this text.
fn line(logs: &ThreadLogs, text: &str) -> String {
    let lines = logs.with(text);
    let [line] = &lines[..] else {
        panic!("not one line says {text:?}: {lines:#?}");
    };
    line.clone()
}

#[tokio::test]
async fn a_login_says_at_its_start_where_it_is() {
    let logs = ThreadLogs::start();
    let world = World::new(Harness::Bare);
    let line = line(&logs, "login: ready");
    let base_url = world.provider.base_url();
    let addresses = format!(
        "redirect_uri=\"{APP}/auth/callback\" authorize_url=\"{base_url}/v1/oauth2/authorize\""
    );
    assert!(
        line.contains(" INFO ") && line.contains(&addresses),
        "{line}"
    );
}

#[tokio::test]
async fn each_code_that_somebody_sees_is_in_one_line() {
    let logs = ThreadLogs::start();
    let world = World::with(Harness::Bare, |setup| {
        setup.login = Box::new(|builder| builder.require_scope_prefix("/write", "write"));
    });
    let mut tab = world.tab();
    assert_eq!(tab.fetch(&format!("{APP}/page")).await.status, 401);
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    assert_eq!(tab.visit(&format!("{APP}/write")).await.status, 403);
    world.provider.fault(Endpoint::Token, Fault::status(503));
    world.advance(301);
    assert_eq!(tab.visit(&format!("{APP}/page")).await.status, 503);
    for (code, level) in [
        ("sign_in_required", " DEBUG "),
        ("insufficient_scope", " INFO "),
        ("provider_unavailable", " DEBUG "),
    ] {
        let line = line(&logs, &format!("code=\"{code}\""));
        assert!(line.contains(level), "{line}");
    }
}

#[tokio::test]
async fn a_sign_in_that_fails_by_a_setting_says_which() {
    for (setting, value, code, text) in [
        (
            Setting::TokenUrl,
            "/nowhere",
            "provider_refused",
            "the token endpoint (FNCY_TOKEN_URL or FNCY_BASE_URL) answered 404",
        ),
        (
            Setting::UserinfoUrl,
            "/nowhere",
            "user_data_refused",
            "the user data endpoint (FNCY_USERINFO_URL) answered 404",
        ),
        (Setting::Issuer, "", "wrong_issuer", "WARN"),
    ] {
        let logs = ThreadLogs::start();
        let world = World::new(Harness::Bare);
        let address = format!("{}{value}", world.provider.base_url());
        world.serve(world.usual().set(setting, address).build().unwrap());
        let mut tab = world.tab();
        world.visit_and_sign_in(&mut tab, "/page", "alex").await;
        let line = line(&logs, &format!("code=\"{code}\""));
        assert!(line.contains(text), "{line}");
    }
}

#[tokio::test]
async fn a_callback_under_another_host_says_where_to_open_the_site() {
    let logs = ThreadLogs::start();
    let world = World::new(Harness::Bare);
    let url = world.start(&mut world.tab(), "/page").await;
    let callback = world.approve(&url, "alex").await;
    let page = world.stranger().tab().visit(&callback).await;
    assert!(page.text().contains("<code>login_cookie_missing</code>"));
    let line = line(&logs, "code=\"login_cookie_missing\"");
    for cause in [
        "localhost and 127.0.0.1 are different hosts",
        "the proxy must pass the Host header on",
    ] {
        assert!(line.contains(cause), "{line}");
    }
}

#[tokio::test]
async fn a_sign_in_without_the_store_says_so() {
    let logs = ThreadLogs::start();
    let store = Store::default();
    let world = with_store(Harness::Bare, &store, |builder| builder);
    let mut tab = world.tab();
    let url = world.start(&mut tab, "/page").await;
    let callback = world.approve(&url, "alex").await;
    store.set_down(true);
    assert_eq!(tab.visit(&callback).await.status, 503);
    let line = line(&logs, "code=\"store_unavailable\"");
    assert!(line.contains("the store can't say"), "{line}");
}

#[tokio::test]
async fn xr10_no_connection_and_no_answer_are_two_causes() {
    for (is_closed, cause) in [(true, "no_connection"), (false, "interrupted")] {
        let logs = ThreadLogs::start();
        let world = World::new(Harness::Bare);
        let mut tab = world.tab();
        world.visit_and_sign_in(&mut tab, "/page", "alex").await;
        world.advance(301);
        if is_closed {
            world.restart_at("http://127.0.0.1:9/token");
        } else {
            world
                .provider
                .fault(Endpoint::Token, Fault::lost_response());
        }
        assert_eq!(tab.visit(&format!("{APP}/page")).await.status, 503);
        let line = line(&logs, "a session was not refreshed");
        assert!(line.contains(&format!("cause=\"{cause}\"")), "{line}");
        assert!(!line.contains("status="), "{line}");
    }
}

#[test]
fn a_second_login_for_a_site_is_warned_of_while_the_first_lives() {
    let logs = Logs::start();
    let [provider, other] = [(); 2].map(|()| DevServer::builder().start().unwrap());
    let builder = |provider| usual(provider, "https://namesake.example/auth/callback");
    let warnings = || {
        let logged = logs.text();
        let lines = logged.lines();
        lines
            .filter(|line| line.contains("WARN") && line.contains("//namesake.example"))
            .count()
    };
    let first = builder(&provider).build().unwrap();
    let _elsewhere = builder(&other).build().unwrap();
    let _shop = builder(&provider)
        .set(Setting::CookieName, "shop")
        .build()
        .unwrap();
    let _shared = builder(&provider)
        .store(MemoryStore::new())
        .build()
        .unwrap();
    let clone = first.clone();
    assert_eq!(warnings(), 0);
    let second = builder(&provider).build().unwrap();
    assert_eq!(warnings(), 1);
    drop((first, clone, second));
    let _alone = builder(&provider).build().unwrap();
    assert_eq!(warnings(), 1);
}

#[tokio::test]
async fn a_check_asks_once_in_five_seconds_and_sends_no_secret() {
    let world = World::new(Harness::Bare);
    assert_eq!(world.login.check().await, Ok(()));
    world.provider.fault(Endpoint::Token, Fault::status(503));
    assert_eq!(world.login.check().await, Ok(()), "it is remembered");
    let requests = world.provider.requests(Endpoint::Token);
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].body.len(), 0);
    assert_eq!(requests[0].authorization, None);

    let other = World::new(Harness::Bare);
    other.provider.fault(Endpoint::Token, Fault::status(503));
    assert_eq!(other.login.check().await, Err(CheckError::Provider));
}

#[tokio::test]
async fn a_check_finds_that_the_store_is_down() {
    let store = Store::default();
    let world = with_store(Harness::Bare, &store, |builder| builder);
    store.set_down(true);
    assert_eq!(world.login.check().await, Err(CheckError::Store));
}
