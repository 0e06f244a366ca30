//! A sign-out needs a post from our own origin, clears all cookies, and ends on a public page (rows L1 to L3, L5, L6, L11,
//! P36, R22).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fncy_dev_server::{Endpoint, Fault};
use futures_util::future::join_all;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use tokio::time::{Instant, sleep};

use crate::browser::{RawRequest, RawResponse};
use crate::corpora;
use crate::harness::Harness;
use crate::steps::session_cookie::{SESSION, sign_in_with_token};
use crate::world::{APP, World};

pub(super) async fn signs_out_and_asks_again(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    world.start(&mut tab.clone(), "/auth/login").await;
    let copy = world.cookie_header();
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    assert_eq!(page.status, 200);
    let page = tab.submit(&page, "form", None).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("You are signed out"),
        "{}",
        page.text()
    );
    assert_eq!(world.cookies("__Host-"), [""; 0], "nothing of ours is left");
    world.until_revocations(1).await;
    until_answered(&world).await;
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
    assert_eq!(tab.fetch(&format!("{APP}/auth/session")).await.status, 401);
    let replayed = world.ask("/page", copy).await;
    assert_eq!(replayed.status, 401, "a copy is no session any more");
}

/// A request with the browser's cookies.
fn logout(world: &World, method: &str) -> RawRequest {
    RawRequest::new(method, "/auth/logout")
        .with_header("host", "app.example")
        .with_header("content-length", "0")
        .with_header("cookie", world.cookie_header())
}

pub(super) async fn l01_a_link_from_elsewhere_signs_nobody_out(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    for (site, mode, dest, purpose, status) in [
        ("cross-site", "navigate", "document", "", 200),
        ("same-site", "navigate", "document", "", 200),
        ("cross-site", "no-cors", "image", "", 403),
        ("cross-site", "no-cors", "script", "", 403),
        ("cross-site", "navigate", "iframe", "", 403),
        ("cross-site", "cors", "empty", "", 403),
        ("same-site", "cors", "empty", "", 403),
        ("cross-site", "navigate", "document", "prefetch", 403),
        (
            "cross-site",
            "navigate",
            "document",
            "prefetch;prerender",
            403,
        ),
    ] {
        let link = logout(&world, "GET")
            .with_header("accept", "text/html,*/*;q=0.8")
            .with_header("sec-fetch-site", site)
            .with_header("sec-fetch-mode", mode)
            .with_header("sec-fetch-dest", dest)
            .with_header("sec-purpose", purpose);
        let answer = world.raw(link).await;
        assert_eq!(answer.status, status, "{site} {mode} {dest} {purpose}");
        assert_eq!(answer.header("set-cookie"), None);
        let button = "<form method=\"post\" action=\"/auth/logout\">";
        assert_eq!(answer.text().contains(button), status == 200);
    }
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert_eq!(world.provider.request_count(Endpoint::Revoke), 0);
}

pub(super) async fn l02_only_our_own_origin_signs_out(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    for (method, name, value, status) in [
        ("POST", "origin", "https://evil.example", 403),
        ("POST", "origin", "https://app.example.evil.example", 403),
        ("POST", "origin", "http://app.example", 403),
        ("POST", "origin", "null", 403),
        ("POST", "sec-fetch-site", "cross-site", 403),
        ("POST", "sec-fetch-site", "same-site", 403),
        ("POST", "x-nothing", "", 403),
        ("DELETE", "origin", APP, 405),
    ] {
        let request = logout(&world, method).with_header(name, value);
        let response = world.raw(request).await;
        assert_eq!(response.status, status, "{method} {name}: {value}");
        assert_eq!(response.header("set-cookie"), None);
    }
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert_eq!(world.provider.request_count(Endpoint::Revoke), 0);
    for (name, value) in [("origin", APP), ("sec-fetch-site", "same-origin")] {
        let request = logout(&world, "POST").with_header(name, value);
        assert_eq!(world.raw(request).await.status, 303, "{name}: {value}");
    }
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
}

/// The names that an answer removes, with the attributes that they were set with.
fn removed(response: &RawResponse) -> Vec<String> {
    let removal = "=; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=0";
    let lines = response.headers_named("set-cookie");
    let mut names: Vec<_> = lines
        .map(|line| {
            let line = String::from_utf8_lossy(line);
            line.strip_suffix(removal).unwrap().to_owned()
        })
        .collect();
    names.sort_unstable();
    names
}

pub(super) async fn l03_a_sign_out_always_leaves_nothing(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    sign_in_with_token(&world, &mut tab, "alex", 6_000).await;
    // Other tabs that are about to sign in, and more than any person has.
    world.start(&mut tab.clone(), "/auth/login").await;
    let own = String::from_utf8(world.cookie_header()).unwrap();
    let many: String = (0..30)
        .map(|index| format!("; __Host-fncy_login_{index:016x}=x"))
        .collect();
    let always = ["__Host-fncy_round", SESSION];
    let chunks = [".1", ".2"].map(|suffix| format!("{SESSION}{suffix}"));
    let login = world.cookies("__Host-fncy_login").remove(0);
    for (what, cookies, also, logins) in [
        ("a whole session", own.clone(), &chunks[..], 1),
        ("a session that has ended", own.clone(), &chunks[..], 1),
        ("no cookie", String::new(), &[], 0),
        ("others' cookies", "a=1; fncy_session=2".to_owned(), &[], 0),
        ("a broken session", format!("{SESSION}=x"), &[], 0),
        ("chunks alone", format!("{SESSION}.2=x"), &chunks[1..], 0),
        (
            "an unknown key",
            format!("{SESSION}=AQAAAAAAAAAAAA.x"),
            &[],
            0,
        ),
        ("many logins", format!("{own}{many}"), &chunks[..], 20),
    ] {
        let request = RawRequest::new("POST", "/auth/logout")
            .with_header("host", "app.example")
            .with_header("content-length", "0")
            .with_header("origin", APP)
            .with_header("cookie", cookies);
        let response = world.raw(request).await;
        assert_eq!(response.status, 303, "{what}");
        assert_eq!(response.header("location"), Some("/auth/logout"), "{what}");
        let (removed_logins, removed): (Vec<_>, Vec<_>) = removed(&response)
            .into_iter()
            .partition(|name| name.starts_with("__Host-fncy_login_"));
        assert_eq!(removed_logins.len(), logins, "{what}");
        assert!(logins != 1 || removed_logins == [login.as_str()], "{what}");
        let mut expected: Vec<_> = always.iter().map(ToString::to_string).collect();
        expected.extend(also.iter().cloned());
        expected.sort_unstable();
        assert_eq!(removed, expected, "{what}");
    }
    world.until_revocations(1).await;
    sleep(Duration::from_millis(100)).await;
    assert_eq!(world.provider.request_count(Endpoint::Revoke), 1, "once");
}

pub(super) async fn l06_the_last_page_signs_nobody_in(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let old = world.cookie_header();
    let asked = world.provider.request_count(Endpoint::Authorize);
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    let page = tab.submit(&page, "form", None).await;
    // Again, as when somebody reloads it; and with a cookie that came back from somewhere.
    let again = tab.get(page.url.as_str()).await;
    let late = logout(&world, "GET").with_header("cookie", old);
    let late = world.raw(late).await;
    for page in [&*page, &*again, &late] {
        assert_eq!(page.status, 200);
        assert!(page.text().contains("You are signed out"));
        assert!(
            !page.text().contains("<form"),
            "nothing is left to sign out"
        );
        assert_eq!(page.header("set-cookie"), None);
        assert_eq!(page.header("refresh"), None);
        assert_eq!(page.header("cache-control"), Some("private, no-store"));
    }
    assert_eq!(world.provider.request_count(Endpoint::Authorize), asked);
    assert_eq!(world.cookies("__Host-"), [""; 0]);
    // The person decides: one link signs in again.
    let page = tab.click_link(&again, "Sign in").await;
    assert!(page.url.as_str().starts_with(world.provider.base_url()) || page.text() == "user=alex");
    assert!(world.provider.request_count(Endpoint::Authorize) > asked);
}

pub(super) async fn p36_a_sign_out_finishes_without_the_provider(harness: Harness) {
    let slow = Fault::delay(Duration::from_secs(60));
    let faults = [
        Fault::status(500),
        Fault::status(503),
        Fault::lost_response(),
        slow,
    ];
    let outs = faults.map(async |fault| {
        let world = World::new(harness);
        let mut tab = world.tab();
        world.visit_and_sign_in(&mut tab, "/page", "alex").await;
        let copy = world.cookie_header();
        world.provider.fault(Endpoint::Revoke, fault);
        let page = tab.visit(&format!("{APP}/auth/logout")).await;
        let began = Instant::now();
        let page = tab.submit(&page, "form", None).await;
        let waited = began.elapsed();
        assert!(waited < Duration::from_secs(2), "{waited:?}");
        assert!(page.text().contains("You are signed out"));
        world.until_revocations(1).await;
        for _ in 0..120 {
            if world.logged().contains("revocation_failed") {
                break;
            }
            sleep(Duration::from_millis(100)).await;
        }
        assert!(world.logged().contains("revocation_failed"));
        assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
        assert_eq!(world.ask("/page", copy).await.status, 401);
    });
    join_all(outs).await;
}

/// Waits until the provider has answered the one revocation with a 200.
async fn until_answered(world: &World) {
    let status = || world.provider.requests(Endpoint::Revoke)[0].status;
    for _ in 0..100 {
        if status().is_some() {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(status(), Some(200));
}

/// Where a sign-out that was asked to return to `address` leads.
async fn farewell(world: &World, address: &[u8]) -> String {
    let address = percent_encode(address, NON_ALPHANUMERIC);
    let request = RawRequest::new("POST", &format!("/auth/logout?return_to={address}"))
        .with_header("host", "app.example")
        .with_header("content-length", "0")
        .with_header("origin", APP);
    let response = world.raw(request).await;
    assert_eq!(response.status, 303);
    response.header("location").unwrap().to_owned()
}

pub(super) async fn l05_a_sign_out_ends_on_a_public_page_of_ours_or_on_its_own(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_prefix("/bye"));
    });
    for (address, location) in [
        ("/bye", "/bye"),
        ("/bye/now?a=1&b=%20x", "/bye/now?a=1&b=%20x"),
        ("https://app.example/bye", "/bye"),
        ("/page", "/auth/logout"),
        ("/bye/../page", "/auth/logout"),
        ("/auth/login", "/auth/logout"),
        ("https://evil.example/bye", "/auth/logout"),
        ("//evil.example/bye", "/auth/logout"),
        ("/bye\\@evil.example", "/auth/logout"),
        ("", "/auth/logout"),
    ] {
        assert_eq!(
            farewell(&world, address.as_bytes()).await,
            location,
            "{address}"
        );
    }
    // By its page and its button, too.
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let page = tab
        .visit(&format!("{APP}/auth/logout?return_to=/bye?x=1"))
        .await;
    let page = tab.submit(&page, "form", None).await;
    assert_eq!(page.url.as_str(), format!("{APP}/bye?x=1"));
    world.may_be_anonymous();

    let app = url::Url::parse(APP).unwrap();
    for file in [
        "open-redirect-oauth2-proxy.txt",
        "open-redirect-mod-auth-openidc.txt",
    ] {
        for line in corpora::lines(file).unwrap_or_default() {
            let location = farewell(&world, &line).await;
            let resolved = app.join(&location).unwrap();
            assert_eq!(resolved.origin(), app.origin(), "{location}");
        }
    }
}

pub(super) async fn l05_a_sign_out_ends_where_no_sign_in_begins(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.protected_prefix("/page"));
    });
    let location = farewell(&world, b"/auth/signed-in").await;
    assert_eq!(location, "/auth/logout");
}

pub(super) async fn r22_a_sign_out_ends_on_a_page_in_any_script(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_prefix("/안내"));
    });
    for (asked, location) in [
        ("/%EC%95%88%EB%82%B4?q=a+b", "/%EC%95%88%EB%82%B4?q=a+b"),
        (
            "/%EC%95%88%EB%82%B4/a%20b%23end",
            "/%EC%95%88%EB%82%B4/a%20b#end",
        ),
        ("/%ED%95%9C%EA%B8%80", "/auth/logout"),
    ] {
        let request = RawRequest::new("POST", &format!("/auth/logout?return_to={asked}"))
            .with_header("host", "app.example")
            .with_header("origin", APP);
        let farewell = world.raw(request).await;
        assert_eq!(farewell.header("location"), Some(location), "{asked}");
    }
}

pub(super) async fn l11_session_ids_are_drawn_and_ending_one_ends_no_other(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.signed_cookies());
    });
    let mut ids = Vec::new();
    let mut tabs = Vec::new();
    for _ in 0..24 {
        let browser = world.stranger();
        let mut tab = browser.tab();
        world.visit_and_sign_in(&mut tab, "/page", "alex").await;
        let cookie = browser.jar().get(SESSION).unwrap().value().into_owned();
        let first = URL_SAFE_NO_PAD
            .decode(cookie.split('.').next().unwrap())
            .unwrap();
        // Behind the version and the key id.
        let id: [u8; 16] = first[5..21].try_into().unwrap();
        ids.push(u128::from_be_bytes(id));
        tabs.push(tab);
    }
    let (ones, zeros) = ids
        .iter()
        .fold((0, 0), |(ones, zeros), id| (ones | id, zeros | !id));
    let drawn = (ones & zeros).count_ones();
    assert!(
        drawn >= 126,
        "only {drawn} of 128 bits differ among 24 sessions"
    );

    let page = tabs[0].visit(&format!("{APP}/auth/logout")).await;
    tabs[0].submit(&page, "form", None).await;
    for tab in &mut tabs[1..] {
        assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    }
}
