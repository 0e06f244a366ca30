//! A person signs in, gets the page that was asked for, stays signed in, and a handler reads the tokens (rows C1, C20).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fncy_dev_server::{Endpoint, TokenBody};
use fncy_login::Setting;
use serde_json::Value;

use crate::harness::Harness;
use crate::world::{APP, World, usual};

pub(super) async fn signs_in_and_lands_on_the_page_that_was_asked_for(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/page?a=1", "alex").await;
    assert_eq!(page.url.as_str(), format!("{APP}/page?a=1"));
    assert_eq!(page.text(), "user=alex");
    assert_eq!(world.token_requests(), 1);
    assert_eq!(world.cookies("__Host-fncy_login"), [""; 0]);
    assert_eq!(world.cookies("__Host-fncy_session").len(), 1);

    let history = world.browser.history();
    let callback = &history[history.len() - 2];
    assert_eq!(callback.url.path(), "/auth/callback");
    assert_eq!(
        callback.response.header("referrer-policy"),
        Some("no-referrer")
    );
    assert_eq!(tab.visit(&format!("{APP}/other")).await.text(), "user=alex");

    let authorize = world.provider.requests(Endpoint::Authorize)[0]
        .query
        .clone();
    let token = &world.provider.requests(Endpoint::Token)[0];
    let body: Value = serde_json::from_slice(&token.body).unwrap();
    let verifier = body["code_verifier"].as_str().unwrap();
    assert_eq!(verifier.len(), 43);
    assert!(
        !authorize.unwrap().contains(verifier),
        "the verifier is no parameter of the URL"
    );
}

pub(super) async fn both_spellings_and_both_bodies_reach_the_provider(harness: Harness) {
    for (body, word) in [(TokenBody::Json, "json"), (TokenBody::Form, "form")] {
        for (param, names) in [
            ("both", &["redirect_uri", "redirect_url"][..]),
            ("redirect_uri", &["redirect_uri"]),
            ("redirect_url", &["redirect_url"]),
        ] {
            for auth in ["body", "basic"] {
                let world = World::with(harness, |setup| {
                    setup.provider = setup
                        .provider
                        .clone()
                        .client("shop +/:%", "s3cret +/:%&=")
                        .token_body(body);
                    setup.login = Box::new(move |builder| {
                        builder
                            .set(Setting::TokenBody, word)
                            .set(Setting::RedirectParam, param)
                            .set(Setting::ClientAuth, auth)
                    });
                });
                let mut tab = world.tab();
                let page = world.visit_and_sign_in(&mut tab, "/", "alex").await;
                assert_eq!(page.text(), "user=alex", "{word} {param} {auth}");
                let authorize = &world.provider.requests(Endpoint::Authorize)[0];
                let query = authorize.query.clone().unwrap_or_default();
                let token = &world.provider.requests(Endpoint::Token)[0];
                let body = String::from_utf8_lossy(&token.body);
                for name in ["redirect_uri", "redirect_url"] {
                    let is_sent = names.contains(&name);
                    assert_eq!(query.contains(&format!("{name}=")), is_sent, "{query}");
                    assert_eq!(body.contains(name), is_sent, "{name} {word} {param}");
                }
            }
        }
    }
}

pub(super) async fn tokens_are_opened_for_a_handler_that_asks(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/token", "alex").await;
    assert_eq!(page.status, 200);
    assert!(
        world
            .provider
            .issued_secrets()
            .contains(&page.text().into_owned())
    );
}

pub(super) async fn a_signed_session_is_readable_and_its_tokens_are_not(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(fncy_login::LoginBuilder::signed_cookies);
    });
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/token", "alex").await;
    let token = page.text().into_owned();
    let value = world.session_cookie();
    let read = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (user, tokens) = value.split_once('.').unwrap();
    assert!(read(user).contains("alex@") && !read(tokens).contains(&token));
    // The same application with private cookies: nobody is signed out.
    world.serve(
        usual(&world.provider, &format!("{APP}/auth/callback"))
            .clock(world.clock())
            .build()
            .unwrap(),
    );
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    world.advance(301);
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    let value = world.session_cookie();
    let (user, _) = value.split_once('.').unwrap();
    assert!(!read(user).contains("alex"));
}
