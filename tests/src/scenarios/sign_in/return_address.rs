//! After the sign-in a person lands on the address that was asked for, and never on another origin (rows R10 to R13,
//! R22).

use percent_encoding::{NON_ALPHANUMERIC, percent_decode, percent_encode};
use url::Url;

use crate::corpora;
use crate::harness::Harness;
use crate::steps::callback::longest;
use crate::steps::session::page_request;
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
        "/..//evil.example",
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

/// `return_to` as a browser sends it for a link that somebody wrote by hand, and where that leads.
const BY_HAND: [(&str, &str); 12] = [
    ("/%ED%95%9C%EA%B8%80", "/%ED%95%9C%EA%B8%80"),
    (
        "/%C3%BCber?q=%E5%AD%97#%E5%AD%97",
        "/%C3%BCber?q=%E5%AD%97#%E5%AD%97",
    ),
    ("/search?q=a+b", "/search?q=a+b"),
    ("/c++/faq", "/c++/faq"),
    ("/a%20b", "/a%20b"),
    ("/a%20", "/a%20"),
    ("/search?q=%22a%20%3E%20b%22", "/search?q=%22a%20%3E%20b%22"),
    ("/files/a[1]%7C2.png", "/files/a[1]|2.png"),
    ("https://app.example/%ED%95%9C?q=a+b", "/%ED%95%9C?q=a+b"),
    // By a form, or a library.
    ("%2Fsearch%3Fq%3Da%2Bb", "/search?q=a+b"),
    (
        "%2F%ED%95%9C+%EA%B8%80%3Fq%3Da+b",
        "/%ED%95%9C%20%EA%B8%80?q=a%20b",
    ),
    // What no text can be, and what ends lines.
    ("/%FCber", "/"),
];

pub(super) async fn r22_an_address_in_any_script_comes_back(harness: Harness) {
    let world = World::new(harness);
    for (asked, there) in BY_HAND {
        let asked = format!("return_to={}", asked.replace('#', "%23"));
        assert_eq!(landing(&world, &asked).await, there, "{asked}");
    }
    // The page itself, in whatever case the digits of its escapes came.
    let mut tab = world.stranger().tab();
    for path in ["/%ED%95%9C?q=%EA%B8%80+a%20b", "/%ed%95%9c"] {
        let location = world.start(&mut tab, path).await;
        let callback = world.approve(&location, "alex").await;
        let landed = tab.get(&callback).await;
        assert_eq!(landed.header("location"), Some(path));
        tab = world.stranger().tab();
    }
}

pub(super) async fn r22_rules_and_the_front_page_are_in_any_script(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.is_public = true;
        setup.login = Box::new(|builder| {
            builder
                .public_prefix("/안내")
                .public_path("/two words")
                .public_path("/%eb%b0%96")
                .home_path("/대시보드")
                .require_prefix("/안내/관리", |_| false)
        });
    });
    assert_eq!(
        landing(&world, "").await,
        "/%EB%8C%80%EC%8B%9C%EB%B3%B4%EB%93%9C"
    );
    let ask = async |target: &str| {
        let request = page_request(target);
        world.raw(request).await.status
    };
    for target in [
        "/%EC%95%88%EB%82%B4/x",
        "/%ec%95%88%eb%82%b4",
        "/two%20words",
        "/%EB%B0%96",
        "/%EC%95%88%EB%82%B4/a[1]|2^.png",
    ] {
        assert_eq!(ask(target).await, 200, "{target}");
    }
    for target in [
        "/%EC%95%88%EB%82%B4/%ea%b4%80%eb%a6%ac",
        "/%EC%95%88%EB%82%B4x",
        "/two+words",
        "/two%20WORDS",
    ] {
        assert_eq!(ask(target).await, 303, "{target}");
    }
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

pub(super) async fn what_is_too_long_is_left_out_and_told(harness: Harness) {
    let world = World::new(harness);
    let told = "a return address is too long";
    let query = "x=".to_owned() + &"y".repeat(1_100);
    let mut tab = world.tab();
    let location = world.start(&mut tab, &format!("/page?{query}")).await;
    let callback = world.approve(&location, "alex").await;
    let landed = tab.get(&callback).await;
    assert_eq!(landed.header("location"), Some("/page"));
    assert!(world.logged().contains(told));
    let asked = format!("return_to=/%EA%B8%80?{query}");
    assert_eq!(landing(&world, &asked).await, "/%EA%B8%80");
    let asked = format!("return_to=/{}", "%EA%B8%80".repeat(120));
    assert_eq!(landing(&world, &asked).await, "/");
}
