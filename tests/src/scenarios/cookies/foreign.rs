//! The session of another application, key or release is not ours (rows K4 to K6, K16, K17).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fncy_login::{Login, LoginBuilder, Setting};

use crate::harness::Harness;
use crate::steps::session_cookie::{Fate, SESSION, fate, session, signed_in};
use crate::world::{APP, COOKIE_SECRET, World, usual};

const NEW_SECRET: &str = "q3v7Kd0wXyT2mB9sLhR5uZc8NfE1aGjP4oQiVtYxWkA=";

/// The same application with other settings.
fn like(world: &World, change: impl FnOnce(LoginBuilder) -> LoginBuilder) -> Login {
    let builder = usual(&world.provider, &format!("{APP}/auth/callback"));
    change(builder.clock(world.clock())).build().unwrap()
}

fn with_secrets(world: &World, secrets: &str) -> Login {
    like(world, |builder| builder.set(Setting::CookieSecret, secrets))
}

pub(super) async fn k04_another_applications_session_is_nobody(harness: Harness) {
    let (world, value) = signed_in(harness).await;
    world.serve(with_secrets(&world, NEW_SECRET));
    assert_eq!(
        fate(&world, session(&value)).await,
        Fate::Kept,
        "another key"
    );

    world.serve(like(&world, |builder| {
        builder.set(Setting::ClientId, "another-client")
    }));
    let found = fate(&world, session(&value)).await;
    assert_eq!(found, Fate::Cleared, "the same key, another client");

    world.serve(like(&world, |builder| {
        builder.set(Setting::CookieName, "shop")
    }));
    assert_eq!(
        fate(&world, session(&value)).await,
        Fate::Kept,
        "its own name"
    );
    let moved = format!("__Host-shop_session={value}");
    let response = world.ask("/page", moved).await;
    assert_eq!(response.status, 401);
    let cleared = response.header("set-cookie").unwrap();
    assert!(cleared.starts_with("__Host-shop_session=;"), "{cleared}");

    world.serve(world.login.clone());
    assert_eq!(fate(&world, session(&value)).await, Fate::whole("alex"));
}

pub(super) async fn k05_a_rotated_key_still_opens_and_goes_with_the_next_write(harness: Harness) {
    let (world, value) = signed_in(harness).await;
    let rotated = with_secrets(&world, &format!("{NEW_SECRET},{COOKIE_SECRET}"));
    world.serve(rotated.clone());
    assert_eq!(fate(&world, session(&value)).await, Fate::whole("alex"));

    world.advance(301);
    let page = world.tab().get(&format!("{APP}/page")).await;
    assert_eq!(page.text(), "user=alex");
    let resealed = world.session_cookie();
    world.serve(with_secrets(&world, NEW_SECRET));
    assert_eq!(fate(&world, session(&resealed)).await, Fate::whole("alex"));
}

pub(super) async fn k05_a_roll_takes_the_tokens_along(harness: Harness) {
    let world = World::with(harness, |setup| {
        let life = Duration::from_secs(12 * 3600);
        setup.provider = setup.provider.clone().access_token_lifetime(life);
    });
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/token", "alex").await;
    let token = page.text().into_owned();
    world.serve(with_secrets(
        &world,
        &format!("{NEW_SECRET},{COOKIE_SECRET}"),
    ));
    world.advance(3 * 3600);
    let rolled = tab.get(&format!("{APP}/page")).await;
    assert!(rolled.header("set-cookie").is_some());
    world.serve(with_secrets(&world, NEW_SECRET));
    assert_eq!(tab.get(&format!("{APP}/token")).await.text(), token);
    assert_eq!(world.token_requests(), 1, "nothing was refreshed");
}

pub(super) async fn k06_a_dropped_key_is_anonymous_and_stays(harness: Harness) {
    let (world, value) = signed_in(harness).await;
    world.serve(with_secrets(&world, NEW_SECRET));
    let mut tab = world.tab();
    for path in ["/page", "/token", "/auth/session"] {
        let response = world.ask(path, session(&value)).await;
        assert_eq!(response.status, 401, "{path}");
        assert_eq!(response.header("set-cookie"), None, "{path}");
    }
    world.start(&mut tab, "/page").await;
    assert_eq!(
        world.session_cookie(),
        value,
        "a navigation keeps it as well"
    );
    // An instance that still has the key goes on as before.
    world.serve(world.login.clone());
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");

    world.serve(with_secrets(&world, NEW_SECRET));
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "haneul").await;
    assert_eq!(tab.visit(&callback).await.text(), "user=haneul");
}

pub(super) async fn k16_lookalike_names_are_nobodys(harness: Harness) {
    let (world, value) = signed_in(harness).await;
    for name in [
        "__host-fncy_session",
        "__HOST-fncy_session",
        "__Host-FNCY_session",
        "__Host-fncy_Session",
        "%5F%5FHost-fncy_session",
        "__Host%2Dfncy_session",
        "\u{2000}__Host-fncy_session",
        "\u{a0}__Host-fncy_session",
        "\u{85}__Host-fncy_session",
        "__Host-fncy_session\u{3000}",
        "\"__Host-fncy_session\"",
        "__Secure-fncy_session",
        "fncy_session",
        "$__Host-fncy_session",
        "__Host-fncy_session.0",
        "__Host-fncy_session[]",
        // Without a name, as browsers send such a cookie.
        "=__Host-fncy_session",
    ] {
        let response = world.ask("/page", format!("{name}={value}")).await;
        assert_eq!(response.status, 401, "{name}");
        assert_eq!(response.header("set-cookie"), None, "{name}");
        // Beside the real one they change nothing.
        let both = format!("{name}=x; {SESSION}={value}; {name}=y");
        let response = world.ask("/page", both).await;
        assert_eq!(response.text(), "user=alex", "{name}");
    }
    // The same byte alone is no UTF-8, and one that Latin-1 takes for a space.
    for byte in [b'\xa0', b'\x85'] {
        let header = [&[byte][..], &session(&value)].concat();
        let response = world.ask("/page", header).await;
        assert_eq!(
            (response.status, response.header("set-cookie")),
            (401, None)
        );
    }
}

pub(super) async fn k17_another_releases_session_stays(harness: Harness) {
    let (world, value) = signed_in(harness).await;
    let (first, second) = value.split_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(first).unwrap();
    for version in [0, 3, 4, 127, 255] {
        let mut newer = bytes.clone();
        newer[0] = version;
        let text = URL_SAFE_NO_PAD.encode(&newer);
        // Larger than any segment of ours.
        let long = URL_SAFE_NO_PAD.encode([&newer[..], &[7; 2_000]].concat());
        for value in [
            format!("{text}.{second}"),
            text.clone(),
            long,
            // Written in another way.
            format!("{text}~{second}"),
            format!("{}:{second}", &text[..16]),
        ] {
            let found = fate(&world, session(&value)).await;
            assert_eq!(found, Fate::Kept, "version {version}: {value}");
        }
    }
}
