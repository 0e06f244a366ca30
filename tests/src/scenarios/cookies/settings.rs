//! Settings choose the secrets and plain http on loopback, and can weaken no cookie (rows K18, K19, K21, K25).

use fncy_login::{ConfigError, LoginBuilder, Setting};

use crate::browser::SameSite;
use crate::harness::{Calls, Harness};
use crate::world::{APP, COOKIE_SECRET, World, usual};

const LOCAL: &str = "http://localhost:3000";

fn refused(world: &World, change: impl FnOnce(LoginBuilder) -> LoginBuilder) -> ConfigError {
    let builder = usual(&world.provider, &format!("{APP}/auth/callback"));
    change(builder).build().unwrap_err()
}

/// A world whose provider knows applications on loopback as well, each with a login of its own.
fn local_world(harness: Harness, origins: &[&str], is_insecure: bool) -> World {
    let redirect_uri = |origin| format!("{origin}/auth/callback");
    let world = World::with(harness, |setup| {
        for origin in origins {
            setup.provider = setup.provider.clone().redirect_uri(redirect_uri(origin));
        }
    });
    let switch = if is_insecure { "1" } else { "0" };
    for origin in origins {
        let login = usual(&world.provider, &redirect_uri(origin))
            .set(Setting::DangerInsecureCookies, switch)
            .clock(world.clock())
            .build()
            .unwrap();
        // What must hold in all worlds is not for cookies without `Secure`.
        let app = harness.serve(vec![login], "", Calls::default());
        world.browser.route(origin, app);
    }
    world
}

pub(super) async fn k18_plain_http_works_on_loopback_if_that_is_set(harness: Harness) {
    for is_insecure in [true, false] {
        let world = local_world(harness, &[LOCAL], is_insecure);
        let mut tab = world.tab();
        let page = tab.visit(&format!("{LOCAL}/page")).await;
        let page = world.sign_in(&mut tab, page, "alex").await;
        if is_insecure {
            assert_eq!(page.text(), "user=alex");
            assert_eq!(world.cookies("fncy_3000_session").len(), 1);
            let jar = world.browser.jar();
            let cookie = jar.get("fncy_3000_session").unwrap();
            assert!(!cookie.secure && cookie.http_only && cookie.host_only);
            assert_eq!(cookie.same_site, SameSite::Lax);
        } else {
            // As Safari does it: `Secure` cookies are not kept over http, and the page says so.
            assert!(page.text().contains("<code>login_cookie_missing</code>"));
        }
        assert_eq!(world.cookies("__Host-"), [""; 0]);
    }
}

pub(super) async fn k18_applications_on_two_ports_do_not_sign_each_other_out(harness: Harness) {
    let origins = ["https://localhost:3000", "https://localhost:3001"];
    let world = local_world(harness, &origins, false);
    let mut tab = world.tab();
    let [first, second] = origins;
    let page = tab.visit(&format!("{first}/page")).await;
    world.sign_in(&mut tab, page, "alex").await;
    // FNCY knows them by now.
    let page = tab.visit(&format!("{second}/page")).await;
    assert_eq!(page.text(), "user=alex");
    let page = tab.visit(&format!("{second}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    let at_the_first = tab.fetch(&format!("{first}/page")).await;
    assert_eq!(at_the_first.text(), "user=alex");
    assert_eq!(world.cookies("__Host-fncy_3000_session").len(), 1);
    assert_eq!(world.cookies("__Host-fncy_3001_session"), [""; 0]);
}

pub(super) async fn k18_insecure_cookies_are_for_loopback_only(harness: Harness) {
    let world = World::new(harness);
    for origin in [
        APP,
        "https://localhost.evil.example",
        "https://127.0.0.1.nip.io",
        "https://192.168.0.1",
        "https://0.0.0.0",
        "https://[fe80::1]",
    ] {
        let error = refused(&world, |builder| {
            builder
                .set(Setting::RedirectUri, format!("{origin}/auth/callback"))
                .set(Setting::DangerInsecureCookies, "1")
        });
        assert!(error.names(Setting::DangerInsecureCookies), "{error}");
    }
    // Without TLS there is nothing to set: it doesn't start at all.
    for origin in ["http://app.example", "http://192.168.0.1:3000"] {
        let error = refused(&world, |builder| {
            builder.set(Setting::RedirectUri, format!("{origin}/auth/callback"))
        });
        assert!(error.names(Setting::RedirectUri), "{error}");
    }
}

pub(super) async fn k19_no_setting_weakens_a_cookie(harness: Harness) {
    let world = World::new(harness);
    for name in [
        "fncy; Domain=example",
        "fncy;Path=/x",
        "fncy; SameSite=None",
        "__Secure-fncy",
        "__Host-fncy",
        "fncy_session.1",
        "a=b",
        "a,b",
        "a b",
        "a\r\nset-cookie: b=c",
        "ü",
        &"x".repeat(33),
    ] {
        let error = refused(&world, |builder| builder.set(Setting::CookieName, name));
        assert!(error.names(Setting::CookieName), "{name:?}: {error}");
    }
    // Whatever is set, refreshed or removed has the same attributes: see `invariants.rs`, which looks
    // at every answer of every scenario. Here, that each kind was seen.
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    world.advance(301);
    tab.get(&format!("{APP}/page")).await;
    world.start(&mut tab.clone(), "/auth/login").await;
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    let history = world.browser.history();
    let lines: Vec<_> = history.iter().flat_map(|seen| seen.set_cookies()).collect();
    for start in ["session=", "session=;", "login_", "round=", "round=;"] {
        let start = format!("__Host-fncy_{start}");
        assert!(lines.iter().any(|line| line.starts_with(&start)), "{start}");
    }
}

pub(super) async fn k21_a_weak_secret_does_not_start(harness: Harness) {
    let world = World::new(harness);
    for secret in [
        "changeme",
        "secret12",
        "correct horse battery staple",
        // 31 bytes, as base64 and as hex.
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
        &"0123456789abcdef".repeat(4)[..62],
        // Long enough, and yet nothing that was drawn.
        &"a".repeat(64),
        &"abcd".repeat(16),
        &format!("{COOKIE_SECRET},changeme"),
        &format!("{COOKIE_SECRET},{}", "a".repeat(64)),
        &format!("{COOKIE_SECRET},"),
    ] {
        let error = refused(&world, |builder| builder.set(Setting::CookieSecret, secret));
        assert!(error.names(Setting::CookieSecret), "{secret:?}");
        assert!(!error.to_string().contains(secret), "{error}");
        assert!(
            error.to_string().contains("openssl rand -base64 32"),
            "{error}"
        );
    }
}

pub(super) async fn k25_a_secret_that_can_be_guessed_does_not_start(harness: Harness) {
    let world = World::new(harness);
    let refused = |secret: &str, part: &str| {
        let error = refused(&world, |builder| builder.set(Setting::CookieSecret, secret));
        assert_eq!(error.mistakes().count(), 1, "{error}");
        let sentence = error.to_string();
        assert!(error.names(Setting::CookieSecret), "{sentence}");
        assert!(sentence.contains(part), "{part:?}: {sentence}");
        assert!(!sentence.contains("(number"), "{sentence}");
        assert!(sentence.contains("openssl rand -base64 32"), "{sentence}");
        assert!(!sentence.contains(secret), "{sentence}");
    };
    let client_secret = "a-client-secret-that-fncy-has-too-123456789012";
    let error = refused_with(&world, client_secret, client_secret);
    assert!(error.contains("is the client secret"), "{error}");
    for words in [
        "correcthorsebatterystapleandanothertwowordsofus",
        "my-super-secret-cookie-key-2024-production-shop",
        "ReplaceThisWithARealSecretOfAtLeast32Characters",
        // The same kind of text as base64, and as hex.
        "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZSwgY29ycmVjdA==",
        "636f727265637420686f727365206261747465727920737461706c65206f6e6365206d6f7265",
    ] {
        refused(words, "is made of words");
    }
    for repeated in [
        "0123456789abcdef".repeat(4),
        "Zk3vQ9xLm".repeat(6),
        format!("{}=", "Zk3vQ9xLm2Tz7Rw4Yb8cD".repeat(3)),
    ] {
        refused(&repeated, "repeats a shorter text");
    }
    let format = include_str!("../../../../docs/cookie-format.md");
    let keys = format
        .split("```")
        .find(|block| block.starts_with("vector keys"));
    let printed = keys
        .unwrap()
        .lines()
        .filter_map(|line| line.split_once(": 0x"));
    let printed: Vec<_> = printed
        .map(|(_, hex)| hex)
        .filter(|hex| hex.len() == 64)
        .collect();
    assert_eq!(printed.len(), 8);
    for vector in printed {
        refused(vector, "printed in the documentation");
    }
    refused(
        "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoM=",
        "counts up or down",
    );
    let hex = "8f14e45fceea167a5a36dedd4bea2543c9f0f895fb98ab9159f51fd0297e236d";
    refused(&hex[1..], "63 hexadecimal digits, an odd number");
    for broken in [
        "q3v7Kd0wXyT2mB9sLhR5uZ\nc8NfE1aGjP4oQiVtYxWkA=",
        "q3v7Kd0wXyT2mB9sLhR5uZ c8NfE1aGjP4oQiVtYxWkA=",
    ] {
        refused(broken, "white space or a line break");
    }
    let drawn = |secret: &str| {
        let builder = usual(&world.provider, &format!("{APP}/auth/callback"));
        builder.set(Setting::CookieSecret, secret).build().is_ok()
    };
    assert!(drawn(hex) && drawn(&format!("{hex},\n{COOKIE_SECRET}\n")));
}

fn refused_with(world: &World, client_secret: &str, cookie_secret: &str) -> String {
    let error = refused(world, |builder| {
        builder
            .set(Setting::ClientSecret, client_secret)
            .set(Setting::CookieSecret, cookie_secret)
    });
    error.to_string()
}
