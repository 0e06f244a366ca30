//! A hostile `Cookie` header costs linear time, and cookies of the application stay (rows K15, K22).

use std::time::Duration;

use tokio::time::Instant;

use crate::harness::{Harness, OWN_HEADERS};
use crate::steps::session::page_with;
use crate::steps::session_cookie::{SESSION, session, signed_in};
use crate::world::{APP, World};

pub(super) async fn k15_the_header_is_read_to_its_end_and_passed_on(harness: Harness) {
    let (world, value) = signed_in(harness).await;
    let own = session(&value);
    let around = |before: &[u8], after: &[u8]| [before, &own, after].concat();
    let mut headers = vec![
        around(b"a=1; b=2; ", b"; c=3"),
        around(b";;; ;\t; ", b";;;"),
        around(b"none; =; =x; a=; ", b"; flag"),
        around(b"a=1=2==; b==; ", b"; c=a b  c"),
        around(b"a=\"x; y\"; b=\"\\\"\"; ", b"; c=\"open"),
        around(b"$Version=1; ", b"; $Path=\"/\"; $Domain=x"),
        around(b"$Version=\"0\", ; ", b""),
        around(
            b"\xff=\xfe; b=\xc3\x28; \xed\xa0\x80=1; ",
            "; ü=☃".as_bytes(),
        ),
        around(b"   ", b"   ;"),
        around(b"a=1;", b";b=2"),
        around("a=1; ".repeat(10_000).as_bytes(), b""),
        around(b"", "; a=1".repeat(10_000).as_bytes()),
        around(format!("a={}; ", "x".repeat(64 * 1024)).as_bytes(), b""),
        around(&vec![b';'; 64 * 1024], b""),
        around(
            format!("{SESSION}.7={}; ", "y".repeat(4_000)).as_bytes(),
            b"",
        ),
    ];
    if harness == Harness::Bare {
        // A server refuses these before we see them.
        headers.push(around(b"a=\0; \x01\x7f=b; ", b"; \0"));
    }
    for header in headers {
        let shown = String::from_utf8_lossy(&header[..header.len().min(80)]).into_owned();
        let response = world.ask("/page", &header).await;
        assert_eq!(response.status, 200, "{shown}");
        assert_eq!(response.text(), "user=alex", "{shown}");
        assert_eq!(response.header("set-cookie"), None, "{shown}");
        let received = world.calls.cookies().concat();
        assert!(received.trim_ascii() == header.trim_ascii(), "{shown}");
    }
    // Quotes belong to the value (RFC 6265bis, section 5.6), so this is none of ours.
    let quoted = world.ask("/page", session(format!("\"{value}\""))).await;
    assert_eq!(quoted.status, 401);
}

pub(super) async fn k15_reading_takes_time_in_proportion(harness: Harness) {
    // Over sockets servers set a limit of their own.
    if harness != Harness::Bare {
        return;
    }
    let (world, value) = signed_in(harness).await;
    let logins = (0..100_000).map(|index| format!("__Host-fncy_login_{index:016x}=x"));
    let logins: Vec<_> = logins.collect();
    for header in [
        "a=1; ".repeat(200_000),
        format!("{SESSION}=x; ").repeat(50_000),
        logins.join("; "),
    ] {
        for (path, cookies) in [
            ("/page", format!("{header}; {SESSION}={value}")),
            ("/auth/login", header.clone()),
        ] {
            let start = Instant::now();
            let request = page_with(path, cookies);
            world.raw(request).await;
            let took = start.elapsed();
            // It takes a fraction of a second, and would take minutes if pairs met pairs.
            assert!(took < Duration::from_secs(15), "{took:?} for {path}");
        }
    }
}

pub(super) async fn k22_an_own_cookie_is_kept_beside_ours(harness: Harness) {
    let world = World::with(harness, |setup| {
        let life = Duration::from_secs(6 * 3600);
        setup.provider = setup.provider.clone().access_token_lifetime(life);
    });
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let quiet = tab.get(&format!("{APP}/own")).await;
    let policies: Vec<_> = quiet.headers_named("cache-control").collect();
    assert_eq!(policies, [b"max-age=60"]);
    let of_shared_caches = || {
        let names = OWN_HEADERS.iter().map(|(name, _)| *name);
        names.filter(|name| !matches!(*name, "cache-control" | "set-cookie"))
    };
    for name in of_shared_caches() {
        assert!(quiet.header(name).is_some(), "{name}");
    }
    let lines: Vec<_> = quiet.headers_named("set-cookie").collect();
    assert_eq!(lines, [b"own=1"]);

    // A roll, and then a refresh.
    for (hours, requests) in [(4, 1), (3, 2)] {
        world.advance(hours * 3600);
        let page = tab.get(&format!("{APP}/own")).await;
        assert_eq!(page.text(), "user=alex");
        assert_eq!(world.token_requests(), requests);
        let policies: Vec<_> = page.headers_named("cache-control").collect();
        assert_eq!(policies, [b"private, no-store"]);
        for name in of_shared_caches() {
            assert_eq!(page.header(name), None, "{name}");
        }
        let lines: Vec<_> = page.headers_named("set-cookie").collect();
        let [own, ours] = lines.as_slice() else {
            panic!("{} cookies, not two", lines.len());
        };
        assert_eq!(own, b"own=1");
        assert!(ours.starts_with(session("").as_slice()));
    }
    assert_eq!(world.browser.jar().get("own").unwrap().value(), "1");
}
