//! Rows R10 to R13: where a person lands, whatever somebody wrote into the address.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode, percent_encode};
use url::Url;

use crate::corpora;
use crate::harness::Harness;
use crate::world::{APP, World};

/// Where a sign-in that was asked to return to `address` ends: the final `Location`.
///
/// The token endpoint is asked for each, so this is for a few addresses; the corpora are checked
/// by what the sign-in link of a failed login says.
async fn landing(world: &World, query: &str) -> String {
    let mut tab = world.tab();
    let location = world.start(&mut tab, &format!("/auth/login?{query}")).await;
    let callback = world.approve(&location, "alex").await;
    let landed = tab.get(&callback).await;
    assert_eq!(landed.status, 303, "{}", landed.text());
    landed.header("location").unwrap().to_owned()
}

/// The address that a login keeps, without the provider: an error that the provider sends back
/// shows a link to sign in again, which returns to the same page.
async fn kept(world: &World, address: &[u8]) -> String {
    let mut tab = world.stranger().tab();
    let address = percent_encode(address, NON_ALPHANUMERIC);
    let page = tab
        .get(&format!("{APP}/auth/login?return_to={address}"))
        .await;
    assert_eq!(page.status, 303);
    let location = Url::parse(page.header("location").unwrap()).unwrap();
    let mut state = location.query_pairs().filter(|(name, _)| name == "state");
    let state = state.next().unwrap().1.into_owned();
    let failed = tab
        .get(&format!(
            "{APP}/auth/callback?error=server_error&state={state}"
        ))
        .await;
    assert_eq!(failed.status, 502);
    let link = failed.links().into_iter().next().unwrap().href;
    let link = Url::parse(APP).unwrap().join(&link).unwrap();
    let mut address = link.query_pairs().filter(|(name, _)| name == "return_to");
    address.next().unwrap().1.into_owned()
}

pub(super) async fn r10_no_line_of_the_corpora_leaves_the_origin(harness: Harness) {
    let world = World::new(harness);
    let app = Url::parse(APP).unwrap();
    // A few of our own, for who has no corpora.
    let lines = [
        "//evil.example",
        "/\\evil.example",
        "/%09/evil.example",
        "/%0a/evil.example",
        "///evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "https://app.example@evil.example/",
        "https://app.example.evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "https:/evil.example",
    ];
    let mut lines: Vec<Vec<u8>> = lines.map(|line| line.as_bytes().to_vec()).into();
    for file in [
        "open-redirect-oauth2-proxy.txt",
        "open-redirect-mod-auth-openidc.txt",
    ] {
        lines.extend(corpora::lines(file).unwrap_or_default());
    }
    for line in corpora::lines("whatwg-urltestdata.jsonl").unwrap_or_default() {
        let case: serde_json::Value = serde_json::from_slice(&line).unwrap();
        let input = case["input"].as_str().unwrap_or_default();
        lines.push(input.as_bytes().to_vec());
    }
    let mut kept_as_written = 0;
    for line in lines {
        let decoded: Vec<u8> = percent_decode(&line).collect();
        for address in [line, decoded] {
            let found = kept(&world, &address).await;
            let landed = app.join(&found).unwrap();
            let shown = String::from_utf8_lossy(&address).into_owned();
            assert_eq!(landed.origin(), app.origin(), "{shown:?} leads to {landed}");
            assert!(
                found.starts_with('/') && !found.starts_with("//"),
                "{shown:?}: {found}"
            );
            kept_as_written += usize::from(found.as_bytes() == address);
        }
    }
    if corpora::lines("open-redirect-oauth2-proxy.txt").is_some() {
        assert!(
            kept_as_written > 100,
            "harmless lines are kept: {kept_as_written}"
        );
    }
}

/// More than that, in a target, is refused by the servers themselves.
pub(super) fn longest(harness: Harness) -> usize {
    match harness {
        Harness::Bare => 100 * 1024,
        Harness::Tower | Harness::Actix | Harness::Poem => 20_000,
    }
}

pub(super) async fn r11_hostile_addresses_fall_back(harness: Harness) {
    let world = World::new(harness);
    let long = format!("/{}", "x".repeat(longest(harness)));
    for address in [
        long.as_bytes(),
        b"/a\0b",
        b"/a\r\nSet-Cookie: x=y",
        "/a\u{2028}b".as_bytes(),
        b"/a\xed\xa0\x80",
        b"/a\xff",
    ] {
        assert_eq!(kept(&world, address).await, "/");
    }
}

pub(super) async fn r12_our_own_endpoints_are_no_address(harness: Harness) {
    let world = World::new(harness);
    for address in [
        "/auth/logout",
        "/auth/login",
        "/auth/callback?code=x",
        "/auth/session",
        "/x/../auth/logout",
        "/auth/%6cogout",
        "/auth/logout/",
        "/auth//logout",
        "/auth/logout;x",
        "https://app.example/auth/logout",
    ] {
        assert_eq!(kept(&world, address.as_bytes()).await, "/", "{address}");
    }
}

pub(super) async fn r13_a_repeated_address_is_none(harness: Harness) {
    let world = World::new(harness);
    assert_eq!(landing(&world, "return_to=%2Fa&return_to=%2Fb").await, "/");
    assert_eq!(landing(&world, "return_to=%2Fa").await, "/a");
    assert_eq!(landing(&world, "x=1").await, "/");
    let own = "return_to=https%3A%2F%2Fapp.example%2Fa%3Fb";
    assert_eq!(landing(&world, own).await, "/a?b");
}

pub(super) async fn the_exact_query_comes_back(harness: Harness) {
    let world = World::new(harness);
    for path in [
        "/a%2Fb?x=%2F&y=1+2&y=3&z",
        "/%ED%95%9C%EA%B8%80?q=%EA%B0%80",
        "/?",
        "/x?redirect=//evil.example&a=%00",
        "/page?q=()*!~",
    ] {
        let mut tab = world.stranger().tab();
        let location = world.start(&mut tab, path).await;
        let callback = world.approve(&location, "alex").await;
        let landed = tab.get(&callback).await;
        assert_eq!(landed.header("location"), Some(path));
    }
}
