//! Only the browser that started a sign-in can end it, with its own state (rows C2 to C5, C13, C15 to C17, C19, C20, C22).

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::Setting;
use url::Url;

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::steps::callback::{assert_failure, callback, login_cookie_name, longest, state_of};
use crate::world::{APP, World, usual};

pub(super) async fn c02_a_malformed_callback_asks_nobody(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let state = state_of(&location);
    for query in [
        "",
        "code=c",
        "code=c&state=",
        &format!("code=c&state={}", "s".repeat(longest(harness))),
        "code=c&state=%ff",
        &format!("code=%ff&state={state}"),
        &format!("code=c&code=d&state={state}"),
        &format!("code=c&state={state}&state={state}"),
        &format!("code[]=c&state={state}"),
        &format!("code=c&state={state}&id_token=x"),
        &format!("code=c&state={state}&access_token=x"),
        &format!("response=x&state={state}"),
    ] {
        let page = callback(&mut tab, query).await;
        assert_failure(&page, 400, "invalid_callback");
        assert_eq!(page.header("set-cookie"), None, "{query}");
    }
    assert_eq!(world.token_requests(), 0);
    let finished = world.approve(&location, "alex").await;
    assert_eq!(tab.visit(&finished).await.text(), "user=alex");
}

pub(super) async fn c03_another_browsers_state_is_refused(harness: Harness) {
    let world = World::new(harness);
    let mut attacker = world.stranger().tab();
    let location = world.start(&mut attacker, "/page").await;
    let link = world.approve(&location, "alex").await;
    let mut victim = world.tab();
    world.start(&mut victim, "/other").await;
    let page = victim.get(&link).await;
    assert_failure(&page, 400, "login_expired");
    assert_eq!(page.header("set-cookie"), None);
    assert_eq!(world.token_requests(), 0);
    assert_eq!(
        world.cookies("__Host-fncy_login").len(),
        1,
        "the victim's own login stays"
    );
}

pub(super) async fn c04_state_differs_in_one_bit(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let state = state_of(&location);
    let name = world.cookies("__Host-fncy_login").remove(0);
    let value = world.browser.jar().get(&name).unwrap().value().into_owned();
    for index in [0, 20, 41] {
        let mut other = state.clone().into_bytes();
        other[index] ^= 1;
        let other = String::from_utf8(other).unwrap();
        let page = callback(&mut tab, &format!("code=c&state={other}")).await;
        assert_failure(&page, 400, "login_expired");
        // The login's cookie under the name that the other state hashes to is still not its own.
        let moved = login_cookie_name(&other);
        let url = Url::parse(APP).unwrap();
        world
            .browser
            .jar()
            .insert(&url, moved.as_bytes(), value.as_bytes());
        let page = callback(&mut tab, &format!("code=c&state={other}")).await;
        assert_failure(&page, 400, "login_expired");
    }
    assert_eq!(world.token_requests(), 0);
}

pub(super) async fn c05_two_tabs_finish_in_either_order(harness: Harness) {
    for order in [[0, 1], [1, 0]] {
        let world = World::new(harness);
        let mut tabs = [world.tab(), world.tab()];
        let mut callbacks = Vec::new();
        for (tab, path) in tabs.iter_mut().zip(["/first", "/second"]) {
            let location = world.start(tab, path).await;
            callbacks.push(world.approve(&location, "alex").await);
        }
        for index in order {
            let page = tabs[index].visit(&callbacks[index]).await;
            assert_eq!(page.url.path(), ["/first", "/second"][index]);
            assert_eq!(page.text(), "user=alex");
        }
        assert_eq!(world.cookies("__Host-fncy_login"), [""; 0]);
    }
}

pub(super) async fn c15_only_get_redeems(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let answer = world.approve(&location, "alex").await;
    let target = answer.strip_prefix(APP).unwrap();
    let url = Url::parse(&answer).unwrap();
    let cookies = world
        .browser
        .jar()
        .header(&url, crate::browser::Context::SameSite)
        .unwrap();
    for (method, purpose, status) in [
        ("POST", None, 405),
        ("HEAD", None, 405),
        ("PUT", None, 405),
        ("GET", Some("prefetch"), 401),
    ] {
        let mut request = RawRequest::new(method, target)
            .with_header("host", "app.example")
            .with_header("accept", "text/html")
            .with_header("cookie", &cookies);
        if let Some(purpose) = purpose {
            request = request.with_header("sec-purpose", purpose);
        }
        let response = world.raw(request).await;
        assert_eq!(response.status, status, "{method}");
        assert_eq!(response.header("set-cookie"), None, "{method}");
    }
    assert_eq!(world.token_requests(), 0);
    assert_eq!(tab.visit(&answer).await.text(), "user=alex");
}

pub(super) async fn c17_a_login_of_another_provider_is_refused(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let answer = world.approve(&location, "alex").await;
    let redirect_uri = format!("{APP}/auth/callback");
    let other = fncy_dev_server::DevServer::builder()
        .redirect_uri(&redirect_uri)
        .start()
        .unwrap();
    world.serve(
        usual(&other, &redirect_uri)
            .clock(world.clock())
            .build()
            .unwrap(),
    );
    let page = tab.get(&answer).await;
    assert_failure(&page, 400, "wrong_provider");
    assert_eq!(
        other.request_count(Endpoint::Token) + world.token_requests(),
        0
    );
}

pub(super) async fn c20_a_code_arrives_exactly(harness: Harness) {
    for body in ["json", "form"] {
        let world = World::with(harness, |setup| {
            setup.login = Box::new(move |builder| builder.set(Setting::TokenBody, body));
        });
        let refused = Fault::status(400).json(r#"{"error":"invalid_grant"}"#);
        world.provider.fault(Endpoint::Token, refused);
        for code in ["a+b/c=d%e f", "%2B%252B", "\"'\\{}&;?#", &"x".repeat(4096)] {
            let mut tab = world.stranger().tab();
            let state = state_of(&world.start(&mut tab, "/page").await);
            let escaped: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
            let page = callback(&mut tab, &format!("code={escaped}&state={state}")).await;
            assert_failure(&page, 400, "login_expired");
            let sent = world.sent_to_token("code");
            assert_eq!(sent.last().unwrap(), code, "{body}");
        }
    }
}

pub(super) async fn c19_a_login_survives_a_rotation(harness: Harness) {
    let new = "q3v7Kd0wXyT2mB9sLhR5uZc8NfE1aGjP4oQiVtYxWkA=";
    let redirect_uri = format!("{APP}/auth/callback");
    for (secrets, is_kept) in [
        (format!("{new},{}", crate::world::COOKIE_SECRET), true),
        (new.to_owned(), false),
    ] {
        let world = World::new(harness);
        let mut tab = world.tab();
        let location = world.start(&mut tab, "/page").await;
        let answer = world.approve(&location, "alex").await;
        let rotated = usual(&world.provider, &redirect_uri)
            .set(Setting::CookieSecret, secrets)
            .clock(world.clock());
        world.serve(rotated.build().unwrap());
        let page = tab.get(&answer).await;
        if is_kept {
            assert_eq!(page.status, 303);
            assert_eq!(tab.follow(&page).await.text(), "user=alex");
        } else {
            assert_failure(&page, 400, "login_expired");
        }
    }
}

pub(super) async fn no_cookie_at_all_names_the_likely_causes(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let answer = world.approve(&location, "alex").await;
    world.browser.jar().clear();
    let page = tab.get(&answer).await;
    assert_failure(&page, 400, "login_cookie_missing");
    for cause in [
        "It may have ended already",
        "cookies may be blocked",
        "another address of this site",
    ] {
        assert!(page.text().contains(cause), "{cause}: {}", page.text());
    }
}
