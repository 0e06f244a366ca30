//! Connections fail, stall, redirect or never end, and people wait ten seconds at most (rows P1 to P5, P29, P31, P35, P41).

use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use futures_util::future::join_all;
use tokio::time::sleep;

use crate::harness::Harness;
use crate::steps::session::LIFE;
use crate::steps::token_answer::{
    ACCESS_TOKEN, Grant, PAGE, accepted, assert_kept, assert_no_sign_in,
    assert_nobody_is_signed_out, assert_unnoticed, sign_in_anew, tokens,
};
use crate::world::wire_provider::{Wire, WireProvider};
use crate::world::{APP, World};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
/// Far more than fits between the two: what a limited reader leaves is in buffers of the system.
const BUFFERS: usize = 32 << 20;

/// An answer that says that its length is another.
fn announced(length: impl Fn(usize) -> usize) -> String {
    let body = format!("{{{ACCESS_TOKEN}}}");
    let length = length(body.len());
    format!("{OK}content-length: {length}\r\n\r\n{body}")
}

/// A proper answer.
fn whole() -> String {
    announced(|length| length)
}

async fn is_unavailable(harness: Harness, wire: Wire) {
    let world = World::new(harness);
    let endpoint = WireProvider::start(wire);
    assert_nobody_is_signed_out(&world, &endpoint, 503, "provider_unavailable").await;
    assert_eq!(endpoint.connections(), 3, "nothing is tried twice");
}

async fn is_unreadable(harness: Harness, wire: Wire) -> WireProvider {
    let world = World::new(harness);
    let endpoint = WireProvider::start(wire);
    assert_nobody_is_signed_out(&world, &endpoint, 502, "invalid_response").await;
    endpoint
}

pub(super) async fn p01_no_connection_signs_nobody_out(harness: Harness) {
    for endpoint in [WireProvider::refuse(), WireProvider::nowhere()] {
        let world = World::new(harness);
        assert_nobody_is_signed_out(&world, &endpoint, 503, "provider_unavailable").await;
    }
    let world = World::new(harness);
    let lost = Fault::lost_response();
    assert_nobody_is_signed_out(&world, &lost, 503, "provider_unavailable").await;
    let whole = whole();
    for wire in [
        Wire::bytes(""),
        Wire::bytes("").then_reset(),
        Wire::bytes("HTTP/1.1 200").then_reset(),
        Wire::bytes(OK).then_reset(),
        Wire::bytes(&whole[..whole.len() - 1]).then_reset(),
        Wire::bytes("SSH-2.0-OpenSSH\r\n"),
    ] {
        is_unavailable(harness, wire).await;
    }
}

/// Both columns at once, each after ten seconds.
async fn takes_ten_seconds(harness: Harness, wire: Wire) {
    let worlds = [(); 2].map(|()| World::new(harness));
    let endpoints = [(); 2].map(|()| WireProvider::start(wire.clone()));
    tokio::join!(
        assert_no_sign_in(&worlds[0], &endpoints[0], 503, "provider_unavailable"),
        assert_kept(&worlds[1], &endpoints[1]),
    );
    for endpoint in &endpoints {
        let waited = endpoint.left().await.as_secs();
        // For all of it, not for a byte or a line; fifteen would be the whole request's.
        assert!((9..15).contains(&waited), "{waited} s");
    }
}

pub(super) async fn p02_a_silent_or_dripping_answer_is_left_after_ten_seconds(harness: Harness) {
    let chunks = format!("{OK}transfer-encoding: chunked\r\n\r\n");
    let slow = [
        Wire::bytes("").then_silence(),
        Wire::bytes(format!("{OK}x: ")).then_drip(b"y"),
        Wire::bytes(chunks).then_drip(b"1\r\n \r\n"),
    ];
    join_all(slow.map(|wire| takes_ten_seconds(harness, wire))).await;
}

pub(super) async fn p04_a_huge_body_is_cut_off(harness: Harness) {
    let spaces = vec![b' '; 1 << 16];
    let chunk = [b"10000\r\n", spaces.as_slice(), b"\r\n"].concat();
    for (head, block) in [
        ("", &spaces),
        ("content-length: 1073741824\r\n", &spaces),
        ("transfer-encoding: chunked\r\n", &chunk),
        ("content-encoding: gzip\r\n", &spaces),
    ] {
        let wire = Wire::bytes(format!("{OK}{head}\r\n")).then_flood(block.clone());
        let endpoint = is_unreadable(harness, wire).await;
        assert!(endpoint.taken() < BUFFERS, "{head}: {}", endpoint.taken());
    }
}

pub(super) async fn p04_the_limit_is_256_kib(harness: Harness) {
    let world = World::new(harness);
    let padded = |length: usize| {
        let body = format!("{{{ACCESS_TOKEN}}}");
        let padding = " ".repeat(length - body.len());
        Fault::status(200).json(&(body + &padding))
    };
    for grant in Grant::BOTH {
        accepted(&world, grant, &padded(256 * 1024)).await;
    }
    let too_long = padded(256 * 1024 + 1);
    assert_nobody_is_signed_out(&world, &too_long, 502, "invalid_response").await;
}

pub(super) async fn p04_an_encoded_answer_is_refused_undecoded(harness: Harness) {
    let world = World::new(harness);
    for encoding in ["gzip", "br", "deflate", "identity, GZip", "x-gzip"] {
        let encoded = tokens("").header("content-encoding", encoding);
        assert_nobody_is_signed_out(&world, &encoded, 502, "invalid_response").await;
    }
    let plain = tokens("").header("content-encoding", "identity");
    accepted(&world, Grant::Code, &plain).await;
}

pub(super) async fn p05_half_an_answer_is_none(harness: Harness) {
    let body = format!("{{{ACCESS_TOKEN}}}");
    let chunk = format!("{:x}\r\n{body}\r\n", body.len());
    let chunked = format!("{OK}transfer-encoding: chunked\r\n\r\n");
    for cut in [
        announced(|length| length + 1),
        format!("{chunked}{chunk}"),
        format!("{chunked}{chunk}5\r\n  "),
        format!("{chunked}zz\r\n{body}\r\n0\r\n\r\n"),
        format!("{OK}content-length: 1\r\ncontent-length: 2\r\n\r\n{body}"),
    ] {
        is_unavailable(harness, Wire::bytes(cut)).await;
    }
    is_unreadable(harness, Wire::bytes(announced(|length| length - 1))).await;
    let world = World::new(harness);
    let complete = WireProvider::start(Wire::bytes(format!("{chunked}{chunk}0\r\n\r\n")));
    accepted(&world, Grant::Code, &complete).await;
}

pub(super) async fn p29_a_redirect_is_never_followed(harness: Harness) {
    let world = World::new(harness);
    let elsewhere = WireProvider::start(Wire::bytes(whole()));
    sign_in_anew(&world).await;
    let mut answers = Vec::new();
    for status in [301, 302, 303, 307, 308] {
        for target in [
            elsewhere.url(),
            "//127.0.0.1:1/token",
            "http://fncy.example/token",
            "http://169.254.169.254/latest/meta-data",
            &world.provider.url(Endpoint::Token),
        ] {
            let mut redirect = tokens("").header("location", target);
            redirect.status = Some(status);
            assert_no_sign_in(&world, &redirect, 502, "invalid_response").await;
            answers.push(redirect);
        }
    }
    // Each status and each target once: all pairs would say no more.
    for redirect in answers.iter().step_by(6) {
        assert_unnoticed(&world, redirect).await;
        assert_kept(&world, redirect).await;
    }
    assert_eq!(elsewhere.connections(), 0);
}

pub(super) async fn p31_endless_headers_are_cut_off(harness: Harness) {
    let lines = b"x-header: y\r\n".repeat(1_000);
    for (begin, block) in [("x: ", vec![b'y'; 1 << 16]), ("", lines)] {
        let world = World::new(harness);
        let wire = Wire::bytes(format!("{OK}{begin}")).then_flood(block);
        let endpoint = WireProvider::start(wire);
        assert_nobody_is_signed_out(&world, &endpoint, 503, "provider_unavailable").await;
        assert!(endpoint.taken() < BUFFERS, "{}", endpoint.taken());
    }
    let cookies = "set-cookie: a=b\r\n".repeat(1_000);
    is_unavailable(
        harness,
        Wire::bytes(whole().replace(OK, &format!("{OK}{cookies}"))),
    )
    .await;
}

pub(super) async fn p31_the_providers_cookies_are_nobodys(harness: Harness) {
    let world = World::new(harness);
    let cookies = "set-cookie: of-the-provider=1; path=/\r\n".repeat(50);
    let body = format!(r#"{{{ACCESS_TOKEN},"expires_in":300,"refresh_token":"scripted-token-1"}}"#);
    let length = body.len();
    let answer = format!("{OK}{cookies}content-length: {length}\r\n\r\n{body}");
    let endpoint = WireProvider::start(Wire::bytes(answer));
    let mut tab = accepted(&world, Grant::Code, &endpoint).await;
    world.advance(301);
    assert_eq!(tab.get(PAGE).await.text(), "user=alex");
    let requests = endpoint.requests();
    assert_eq!(requests.len(), 2);
    for request in requests {
        assert!(
            !request.to_ascii_lowercase().contains("cookie"),
            "{request}"
        );
    }
    for exchange in world.calls.exchanges() {
        assert!(!exchange.set_cookies().concat().contains("of-the-provider"));
    }
}

pub(super) async fn p35_an_application_starts_without_its_provider(harness: Harness) {
    let world = World::new(harness);
    let endpoint = WireProvider::refuse();
    for _ in 0..3 {
        let page = assert_no_sign_in(&world, &endpoint, 503, "provider_unavailable").await;
        assert_eq!(page.header("retry-after"), Some("1"));
    }
    endpoint.listen(Wire::bytes(whole()));
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let user = Fault::status(200).json(r#"{"id":"alex"}"#);
    world.provider.fault(Endpoint::UserData, user.once());
    let page = tab.visit(&callback).await;
    assert_eq!(page.text(), "user=alex", "without another start");
    assert_eq!(endpoint.connections(), 1);
}

pub(super) async fn p41_a_provider_that_is_back_is_noticed_within_a_second(harness: Harness) {
    let world = World::new(harness);
    let endpoint = WireProvider::refuse();
    let mut tabs = Vec::new();
    for user in ["alex", "haneul", "jun"] {
        let mut tab = world.stranger().tab();
        world.visit_and_sign_in(&mut tab, "/page", user).await;
        tabs.push((user, tab));
    }
    world.restart_with(&endpoint);
    world.advance(LIFE + 1);
    for (_, tab) in &mut tabs {
        tab.browser().route(APP, world.app());
        let page = tab.get(PAGE).await;
        assert_eq!((page.status, page.header("retry-after")), (503, Some("1")));
    }
    endpoint.listen(Wire::bytes(whole()));
    sleep(Duration::from_millis(1_100)).await;
    for (user, tab) in &mut tabs {
        assert_eq!(tab.get(PAGE).await.text(), format!("user={user}"));
    }
}
