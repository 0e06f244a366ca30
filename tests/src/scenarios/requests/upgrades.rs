//! Only a real WebSocket handshake is judged as an upgrade (row R23).

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::world::World;

const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// What clients and proxies add to requests that are no upgrade to a connection on which nothing is checked.
const NO_UPGRADES: &[&[(&str, &str)]] = &[
    // curl offers HTTP/2 without TLS.
    &[
        ("connection", "Upgrade, HTTP2-Settings"),
        ("upgrade", "h2c"),
        ("http2-settings", "AAMAAABkAAQCAAAAAAIAAAAA"),
    ],
    &[("connection", "upgrade"), ("upgrade", "TLS/1.2")],
    // nginx with `proxy_set_header Upgrade websocket` for all paths, and with `Connection` as well.
    &[("upgrade", "websocket")],
    &[("connection", "upgrade"), ("upgrade", "websocket")],
    &[("connection", "close"), ("upgrade", "chat/1")],
];

fn get(target: &str, added: &[(&str, &str)]) -> RawRequest {
    let request = RawRequest::new("GET", target).with_header("host", "app.example");
    added.iter().fold(request, |request, (name, value)| {
        request.with_header(name, value)
    })
}

pub(super) async fn r23_what_a_proxy_adds_makes_no_upgrade(harness: Harness) {
    let world = World::new(harness);
    world
        .visit_and_sign_in(&mut world.tab(), "/page", "alex")
        .await;
    let cookies = world.cookie_header();
    for added in NO_UPGRADES {
        // A session is used, from wherever the link came.
        let link = get("/page", added)
            .with_header("cookie", &cookies)
            .with_header("sec-fetch-site", "cross-site");
        assert_eq!(world.raw(link).await.text(), "user=alex", "{added:?}");
        // Without one a person is sent to sign in, by our endpoint too.
        for target in ["/page", "/auth/login"] {
            let page = get(target, added).with_header("accept", HTML);
            assert_eq!(world.raw(page).await.status, 303, "{target} {added:?}");
        }
    }
    // Whatever it is that a proxy adds to a navigation.
    let added = &[("connection", "upgrade"), ("upgrade", "chat/1")];
    let page = get("/auth/login", added)
        .with_header("accept", HTML)
        .with_header("sec-fetch-mode", "navigate")
        .with_header("sec-fetch-dest", "document");
    assert_eq!(world.raw(page).await.status, 303);
}

pub(super) async fn r23_a_handshake_is_judged_as_an_upgrade(harness: Harness) {
    let world = World::new(harness);
    world
        .visit_and_sign_in(&mut world.tab(), "/page", "alex")
        .await;
    let cookies = world.cookie_header();
    let key = ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    for handshake in [
        &[("connection", "Upgrade"), ("upgrade", "websocket"), key][..],
        &[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "WebSocket"),
            key,
        ],
        // A proxy that passes half of it on: a script can't have sent the key.
        &[("upgrade", "websocket"), key],
        &[("connection", "upgrade"), ("upgrade", "h2c, chat/1")],
        // By what a browser says of a socket.
        &[
            ("connection", "upgrade"),
            ("upgrade", "chat/1"),
            ("sec-fetch-mode", "websocket"),
        ],
    ] {
        for (name, value, status) in [
            ("origin", "https://evil.example", 403),
            ("sec-fetch-site", "same-site", 403),
            ("x-nothing", "", 403),
            ("sec-fetch-site", "same-origin", 200),
        ] {
            let socket = get("/socket", handshake)
                .with_header("cookie", &cookies)
                .with_header(name, value);
            let response = world.raw(socket).await;
            assert_eq!(response.status, status, "{handshake:?} {name}: {value}");
        }
        let page = get("/socket", handshake).with_header("accept", HTML);
        assert_eq!(
            world.raw(page).await.status,
            401,
            "no sign-in is started: {handshake:?}"
        );
    }
}
