//! If the application has two redirect URIs, the host chooses one, and what belongs to one host is nothing at the other
//! (row R16).

use std::mem::take;

use fncy_login::Setting;
use url::Url;

use crate::browser::{Context, Page, RawRequest, Tab};
use crate::harness::Harness;
use crate::steps::callback::{query, state_of};
use crate::world::{APP, World};

const OTHER: &str = "https://other.example";
/// Each host beside the other.
const PAIRS: [(&str, &str); 2] = [(APP, OTHER), (OTHER, APP)];

fn callback_of(origin: &str) -> String {
    format!("{origin}/auth/callback")
}

fn two_hosts(harness: Harness) -> World {
    let world = World::with(harness, |setup| {
        setup.provider = take(&mut setup.provider).redirect_uri(callback_of(OTHER));
        let both = format!("{} {}", callback_of(APP), callback_of(OTHER));
        setup.login = Box::new(|builder| builder.set(Setting::RedirectUri, both));
    });
    world.browser.route(OTHER, world.app());
    world
}

/// A request as it is, to the host of this origin.
fn at(origin: &str, method: &str, target: &str) -> RawRequest {
    RawRequest::new(method, target)
        .with_header("host", origin.trim_start_matches("https://"))
        .with_header("accept", "text/html")
        .with_header("content-length", "0")
}

/// The `Cookie` header that the browser has for this origin.
fn cookies(world: &World, origin: &str) -> Vec<u8> {
    let url = Url::parse(origin).unwrap();
    let header = world.browser.jar().header(&url, Context::SameSite);
    header.unwrap()
}

/// Signs in on the way to a page. The provider asks only once who it is.
async fn sign_in(world: &World, tab: &mut Tab, address: &str) -> Page {
    let page = tab.visit(address).await;
    if page.url.as_str().starts_with(world.provider.base_url()) {
        return world.sign_in(tab, page, "alex").await;
    }
    page
}

pub(super) async fn r16_each_of_two_hosts_has_its_own_sign_in(harness: Harness) {
    let world = two_hosts(harness);
    let mut tab = world.tab();
    for (index, (origin, other)) in PAIRS.into_iter().enumerate() {
        for (return_to, landing) in [
            ("/page?a=b".to_owned(), "/page?a=b"),
            (format!("{origin}/page"), "/page"),
            (format!("{other}/page"), "/"),
        ] {
            let return_to: String = form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
            let start = format!("{origin}/auth/login?return_to={return_to}");
            let page = sign_in(&world, &mut tab, &start).await;
            assert_eq!(page.url.as_str(), format!("{origin}{landing}"));
            assert_eq!(page.text(), "user=alex");
        }
        let sent = world.sent_to_token("redirect_uri");
        assert_eq!(sent[3 * index..], vec![callback_of(origin); 3]);
        assert_eq!(world.sent_to_token("redirect_url"), sent);
    }
    for (origin, _) in PAIRS {
        let page = tab.get(&format!("{origin}/page")).await;
        assert_eq!(page.text(), "user=alex");
    }
}

pub(super) async fn r16_what_is_one_hosts_is_nothing_at_the_other(harness: Harness) {
    let world = two_hosts(harness);
    let mut tab = world.tab();
    for (origin, other) in PAIRS {
        let location = tab.get(&format!("{origin}/page")).await;
        let location = location.header("location").unwrap().to_owned();
        assert_eq!(query(&location, "redirect_uri"), callback_of(origin));
        let target = format!("/auth/callback?code=c&state={}", state_of(&location));
        let copy = at(other, "GET", &target).with_header("cookie", cookies(&world, origin));
        let answer = world.raw(copy).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text().contains("<code>login_expired</code>"));
    }
    assert_eq!(world.token_requests(), 0);

    for (origin, _) in PAIRS {
        sign_in(&world, &mut tab, &format!("{origin}/page")).await;
    }
    for (origin, other) in PAIRS {
        let cookies = cookies(&world, origin);
        for (host, status) in [(origin, 200), (other, 401)] {
            let request = at(host, "GET", "/auth/session").with_header("cookie", &cookies);
            assert_eq!(
                world.raw(request).await.status,
                status,
                "{origin} at {host}"
            );
            let request = at(host, "GET", "/page").with_header("cookie", &cookies);
            let answer = world.raw(request).await;
            let expected = if status == 200 { 200 } else { 303 };
            assert_eq!(answer.status, expected, "{origin} at {host}");
        }
    }
}

pub(super) async fn r16_each_of_two_hosts_takes_forms_of_its_own_pages(harness: Harness) {
    let world = two_hosts(harness);
    let mut tab = world.tab();
    for (origin, other) in PAIRS {
        sign_in(&world, &mut tab, &format!("{origin}/page")).await;
        let cookies = cookies(&world, origin);
        for (source, status) in [(origin, 200), (other, 403)] {
            let form = at(origin, "POST", "/page")
                .with_header("cookie", &cookies)
                .with_header("origin", source);
            assert_eq!(world.raw(form).await.status, status, "{source} to {origin}");
        }
    }
}

pub(super) async fn r16_an_unknown_host_is_sent_with_the_first_redirect_uri(harness: Harness) {
    let world = two_hosts(harness);
    let page = |target: &str, hosts: &[&str]| {
        let request = RawRequest::new("GET", target).with_header("accept", "text/html");
        let hosts = hosts.iter();
        hosts.fold(request, |request, host| request.with_header("host", *host))
    };
    for (request, origin) in [
        (page("/page", &["other.example"]), OTHER),
        (page("/page", &["Other.Example:443"]), OTHER),
        (page("http://other.example/page", &["other.example"]), OTHER),
        (page("/page", &["app.example"]), APP),
        (page("/page", &["evil.example"]), APP),
        (page("/page", &["other.example.evil.example"]), APP),
        (page("/page", &["other.example@evil.example"]), APP),
        (page("/page", &["other.example", "other.example"]), APP),
        (page("/page", &["other.example", "evil.example"]), APP),
        (page("http://other.example/page", &["evil.example"]), APP),
        (page("http://evil.example/page", &["other.example"]), APP),
        (page("/page", &[]), APP),
        (
            page("/page", &["app.example"])
                .with_header("x-forwarded-host", "other.example")
                .with_header("forwarded", "host=other.example"),
            APP,
        ),
    ] {
        let shown = format!("{request:?}");
        let answer = world.raw(request).await;
        if harness == Harness::Actix && answer.status == 400 {
            // The server refuses it before we see it.
            assert_eq!(origin, APP, "{shown}");
            continue;
        }
        let location = answer.header("location").unwrap();
        assert_eq!(
            query(location, "redirect_uri"),
            callback_of(origin),
            "{shown}"
        );
        assert!(!location.contains("evil"), "{location}");
    }
}
