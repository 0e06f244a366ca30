//! Tests of the headers that name a request's source.

use url::Url;

use super::super::wire::{RawRequest, RawResponse};
use super::{Context, Initiator, Purpose, ReferrerPolicy, Request};

const APP: &str = "https://app.example/cart";
const PROVIDER: &str = "https://provider.example/authorize";

fn request(purpose: Purpose, url: &str, from: Option<&str>) -> Request {
    let initiator = from.map(|from| Initiator {
        url: Url::parse(from).unwrap(),
        policy: ReferrerPolicy::default(),
    });
    Request::new(purpose, Url::parse(url).unwrap(), initiator)
}

fn redirect(status: u16, location: &str) -> RawResponse {
    RawResponse::new(status).with_header("Location", location)
}

fn post(url: &str, from: &str) -> Request {
    let mut request = request(Purpose::Navigation, url, Some(from));
    request.method = "POST".to_owned();
    request
        .headers
        .push(("Content-Type".to_owned(), b"text/plain".to_vec()));
    request.body = b"x".to_vec();
    request
}

fn raw(request: &Request) -> RawRequest {
    request.to_raw(None)
}

#[test]
fn a_typed_url_has_no_site_to_come_from() {
    let typed = request(Purpose::Navigation, "https://app.example:8443/?a=b#c", None);
    let sent = raw(&typed);
    assert_eq!(sent.target, b"/?a=b");
    for (name, value) in [
        ("host", Some("app.example:8443")),
        ("sec-fetch-site", Some("none")),
        ("sec-fetch-mode", Some("navigate")),
        ("sec-fetch-dest", Some("document")),
        ("sec-fetch-user", Some("?1")),
        ("upgrade-insecure-requests", Some("1")),
        ("origin", None),
        ("referer", None),
    ] {
        assert_eq!(sent.header(name), value, "{name}");
    }
}

#[test]
fn sec_fetch_stays_off_plain_http() {
    let sent = raw(&request(Purpose::Navigation, "http://app.example/", None));
    assert!(
        !sent
            .headers
            .iter()
            .any(|(name, _)| name.starts_with("Sec-Fetch"))
    );
}

#[test]
fn the_whole_chain_counts_for_the_site() {
    let link = request(Purpose::Navigation, "https://app.example/login", Some(APP));
    assert_eq!(raw(&link).header("sec-fetch-site"), Some("same-origin"));
    assert_eq!(link.context(), Context::SameSite);
    let away = link.redirected(&redirect(302, PROVIDER)).unwrap();
    let back = away
        .redirected(&redirect(302, "https://app.example/callback?code=x"))
        .unwrap();
    assert_eq!(raw(&back).header("sec-fetch-site"), Some("cross-site"));
    assert_eq!(back.context(), Context::CrossSiteNavigation);
    let sub = request(Purpose::Fetch, "https://api.app.example/", Some(APP));
    assert_eq!(raw(&sub).header("sec-fetch-site"), Some("same-site"));
}

#[test]
fn a_post_across_sites_is_told_apart() {
    let cross = post(APP, PROVIDER);
    assert_eq!(cross.context(), Context::CrossSitePost);
    assert_eq!(
        raw(&cross).header("origin"),
        Some("https://provider.example")
    );
    assert_eq!(
        raw(&cross).header("referer"),
        Some("https://provider.example/")
    );
    let image = request(Purpose::Part("image".to_owned()), APP, Some(PROVIDER));
    assert_eq!(image.context(), Context::CrossSiteSubrequest);
    assert_eq!(raw(&image).header("sec-fetch-mode"), Some("no-cors"));
}

#[test]
fn no_referrer_hides_the_origin_of_a_form_but_not_of_fetch() {
    let mut form = post(APP, APP);
    form.initiator.as_mut().unwrap().policy = ReferrerPolicy::NoReferrer;
    assert_eq!(raw(&form).header("origin"), Some("null"));
    form.purpose = Purpose::Fetch;
    assert_eq!(raw(&form).header("origin"), Some("https://app.example"));
}

#[test]
fn a_redirect_keeps_or_drops_the_method() {
    for (status, method) in [
        (301, "GET"),
        (302, "GET"),
        (303, "GET"),
        (307, "POST"),
        (308, "POST"),
    ] {
        let next = post(APP, APP)
            .redirected(&redirect(status, "/next"))
            .unwrap();
        assert_eq!(next.method, method, "{status}");
        assert_eq!(next.body.is_empty(), method == "GET");
        assert_eq!(raw(&next).header("content-type").is_none(), method == "GET");
    }
    assert!(post(APP, APP).redirected(&redirect(304, "/next")).is_none());
    assert!(post(APP, APP).redirected(&RawResponse::new(302)).is_none());
}

#[test]
fn a_fetch_between_foreign_origins_is_null() {
    let fetch = request(Purpose::Fetch, "https://app.example/me", Some(APP));
    assert_eq!(raw(&fetch).header("origin"), None);
    let away = fetch.redirected(&redirect(302, PROVIDER)).unwrap();
    assert_eq!(raw(&away).header("origin"), Some("https://app.example"));
    let further = away
        .redirected(&redirect(302, "https://third.example/"))
        .unwrap();
    assert_eq!(raw(&further).header("origin"), Some("null"));
}

#[test]
fn a_fragment_outlives_a_redirect_that_has_none() {
    let start = request(Purpose::Navigation, "https://app.example/#top", None);
    let to = |location| {
        start
            .redirected(&redirect(302, location))
            .unwrap()
            .url
            .to_string()
    };
    assert_eq!(to("/a"), "https://app.example/a#top");
    assert_eq!(to("/a#b"), "https://app.example/a#b");
}

#[test]
fn a_prefetch_says_so() {
    let sent = raw(&request(Purpose::Prefetch, APP, Some(APP)));
    assert_eq!(sent.header("sec-purpose"), Some("prefetch"));
    assert_eq!(sent.header("sec-fetch-mode"), Some("navigate"));
    assert_eq!(sent.header("sec-fetch-user"), None);
}
