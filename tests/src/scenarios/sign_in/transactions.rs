//! Sign-ins that another site starts take at most about 3 KB of cookies (row R24).

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use crate::browser::{RawRequest, RawResponse, Tab};
use crate::harness::Harness;
use crate::steps::session::page_request;
use crate::steps::session_cookie::sign_in_with_token;
use crate::world::{APP, World};

/// Another site.
const OTHER: &str = "https://other.example";
/// A proxy such as nginx takes this much for a line of a head, if nobody says more.
const PROXY_LIMIT: usize = 8 * 1024;

/// Follows a link of another site to `/auth/login`, and tells where the browser is sent to sign in.
async fn start_from_elsewhere(world: &World, tab: &mut Tab, address: &str) -> String {
    let link = format!("<a href=\"{APP}{}\">A link</a>", login(address));
    world.browser.route(OTHER, move |_: &RawRequest| {
        RawResponse::new(200).with_body(link.clone())
    });
    let page = tab.visit(OTHER).await;
    tab.click_link(&page, "A link").await;
    let history = world.browser.history();
    let started = history
        .iter()
        .rfind(|exchange| exchange.url.path() == "/auth/login");
    started.unwrap().location().unwrap().to_owned()
}

fn login(address: &str) -> String {
    let address = percent_encode(address.as_bytes(), NON_ALPHANUMERIC);
    format!("/auth/login?return_to={address}")
}

/// Where a sign-in ends that was started with this address at the provider.
async fn landing(world: &World, tab: &mut Tab, location: &str) -> String {
    let callback = world.approve(location, "alex").await;
    let landed = tab.get(&callback).await;
    landed.header("location").unwrap().to_owned()
}

/// How many bytes of a `Cookie` header the sign-ins under way take.
fn pending(world: &World) -> usize {
    let header = String::from_utf8(world.cookie_header()).unwrap();
    let pairs = header.split("; ").filter(|pair| pair.contains("_login_"));
    pairs.map(|pair| pair.len() + "; ".len()).sum()
}

pub(super) async fn r24_five_foreign_starts_leave_three_kilobytes(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let (token, _) = sign_in_with_token(&world, &mut tab, "alex", 3_200).await;
    let long = format!("/{}", "x".repeat(1_015));
    for _ in 0..5 {
        start_from_elsewhere(&world, &mut tab, &long).await;
    }
    assert_eq!(world.cookies("__Host-fncy_login").len(), 5);
    assert!(pending(&world) < 1_500, "{} bytes", pending(&world));
    // Nor do the person's own tabs take more.
    let mut locations = Vec::new();
    for _ in 0..5 {
        world.advance(1);
        locations.push(world.start(&mut tab.clone(), &login(&long)).await);
    }
    assert!(pending(&world) <= 3_200, "{} bytes", pending(&world));
    let head = world.cookie_header().len();
    assert!(head < PROXY_LIMIT, "{head} bytes of cookies");
    assert_eq!(tab.get(&format!("{APP}/token")).await.text(), token);
    // The two newest are still there.
    for location in [&locations[3], &locations[4]] {
        assert_eq!(landing(&world, &mut tab, location).await, long);
    }
}

pub(super) async fn r24_a_foreign_start_keeps_a_short_address(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let fits = format!("/page?a={}", "x".repeat(256 - "/page?a=".len()));
    let longer = format!("{fits}x");
    let escapes = format!("/{}", "%ED%95%9C".repeat(40));
    for (address, foreign) in [
        ("/page?a=1", "/page?a=1"),
        (&fits, &fits),
        (&longer, "/page"),
        (&escapes, "/"),
    ] {
        let location = start_from_elsewhere(&world, &mut tab, address).await;
        assert_eq!(landing(&world, &mut tab, &location).await, foreign);
        let location = world.start(&mut tab, &login(address)).await;
        assert_eq!(landing(&world, &mut tab, &location).await, address);
    }
    // A page of the site is asked for in the same way.
    for (site, kept) in [
        ("cross-site", "/page"),
        ("same-site", "/page"),
        ("none", &*longer),
        ("same-origin", &longer),
    ] {
        let request = page_request(&longer).with_header("sec-fetch-site", site);
        let started = world.raw(request).await;
        let lines: Vec<_> = started.headers_named("set-cookie").collect();
        world.browser.jar().apply(
            &url::Url::parse(APP).unwrap(),
            crate::browser::Context::SameSite,
            lines,
        );
        let location = started.header("location").unwrap();
        assert_eq!(landing(&world, &mut tab, location).await, kept, "{site}");
    }
}
