//! Tests of the jar: the test suite of RFC 6265, and the additions of RFC 6265bis.

use fncy_login_testing::cookies::{Context, CookieJar};
use serde_json::Value;
use url::Url;

use crate::corpora;

const NOW: u64 = 1_700_000_000;

/// A day of the suite: cookies that expire in 2019 and 2027 live, and those of 2007 have expired.
const NOVEMBER_2011: u64 = 1_320_105_600;

/// Cases in which RFC 6265bis differs from RFC 6265, and the `Cookie` header of RFC 6265bis.
const CHANGED: &[(&str, &[(&str, &str)])] = &[
    (
        "a pair without a name is a cookie without a name (5.6), and goes without its `=` (5.8)",
        &[
            ("0004", "foo"),
            ("0021", "a=b; x; c=d"),
            ("0023", "foo"),
            ("0024", "foo"),
            ("0025", "foo"),
            ("0026", "foo"),
            ("0027", "bar"),
            ("0028", "foo"),
            ("CHROMIUM0009", "BLAHHH"),
            ("CHROMIUM0010", r#""BLA\"HHH""#),
            ("CHROMIUM0012", "ABC"),
            ("MOZILLA0012", r#"test="fubar! = foo; five"#),
            ("MOZILLA0014", "six"),
            ("MOZILLA0015", "seven"),
            ("MOZILLA0016", "eight"),
            ("MOZILLA0017", "eight; test=six"),
            ("NAME0017", "a=bar"),
            ("NAME0023", "foo"),
            ("NAME0025", "==a=bar"),
            ("NAME0028", "a"),
            ("NAME0031", r#""foo"#),
            ("NAME0032", r#""foo\"bar"#),
            ("NAME0033", "aaa"),
        ],
    ),
    (
        "a control character refuses the line instead of ending it (5.6)",
        &[("DISABLED_CHROMIUM0022", ""), ("DISABLED_CHROMIUM0023", "")],
    ),
    (
        "an empty `Domain` is no longer passed over: the last one wins, host-only (5.6.3, 5.7)",
        &[("OPTIONAL_DOMAIN0042", "foo=bar")],
    ),
    (
        "a path is matched as it is sent, not decoded (5.1.4); the suite itself has this disabled",
        &[("DISABLED_PATH0029", "")],
    ),
];

fn url(url: &str) -> Url {
    Url::parse(url).unwrap()
}

#[test]
fn the_suite_of_rfc_6265() {
    let Some(lines) = corpora::lines("http-state-cookies.jsonl") else {
        return;
    };
    for line in &lines {
        let case: Value = serde_json::from_slice(line).unwrap();
        let id = case["test"].as_str().unwrap();
        let set_at = url("http://home.example.org:8888/cookie-parser");
        let sent_to = case["sent-to"].as_str().unwrap_or("/cookie-parser-result");
        let mut jar = CookieJar::new(NOVEMBER_2011);
        let received = case["received"].as_array().unwrap().iter();
        jar.apply(
            &set_at,
            Context::SameSite,
            received.map(|line| line.as_str().unwrap()),
        );
        let header = jar.header(&set_at.join(sent_to).unwrap(), Context::SameSite);
        let header = String::from_utf8(header.unwrap_or_default()).unwrap();
        let pair = |sent: &Value| {
            format!(
                "{}={}",
                sent["name"].as_str().unwrap(),
                sent["value"].as_str().unwrap()
            )
        };
        let sent: Vec<_> = case["sent"].as_array().unwrap().iter().map(pair).collect();
        let changed = CHANGED
            .iter()
            .flat_map(|(_, cases)| *cases)
            .find(|(test, _)| *test == id);
        let expected = changed.map_or_else(|| sent.join("; "), |(_, header)| (*header).to_owned());
        assert_eq!(header, expected, "{id}: {}", case["received"]);
    }
}

fn sent(set_at: &str, lines: &[&str], sent_to: &str, context: Context) -> String {
    let mut jar = CookieJar::new(NOW);
    jar.apply(&url(set_at), Context::SameSite, lines);
    String::from_utf8(jar.header(&url(sent_to), context).unwrap_or_default()).unwrap()
}

const APP: &str = "https://app.example/";

#[test]
fn secure_cookies_are_for_https_alone() {
    let same = Context::SameSite;
    assert_eq!(sent(APP, &["a=b; Secure"], APP, same), "a=b");
    assert_eq!(sent(APP, &["a=b; Secure"], "http://app.example/", same), "");
    for origin in [
        "http://app.example/",
        "http://localhost:8080/",
        "http://127.0.0.1:8080/",
    ] {
        assert_eq!(sent(origin, &["a=b; Secure"], origin, same), "", "{origin}");
        assert_eq!(sent(origin, &["a=b"], origin, same), "a=b", "{origin}");
    }
}

#[test]
fn prefixes_are_kept_in_any_case() {
    for (line, kept) in [
        ("__Host-a=b; Secure; Path=/", true),
        ("__host-a=b; Secure; Path=/; Domain=app.example", false),
        ("__HOST-a=b; Secure; Path=/x", false),
        ("__Host-a=b; Path=/", false),
        ("__Host-a=b; Secure", false),
        ("__Secure-a=b; Secure; Domain=app.example", true),
        ("__sEcUrE-a=b", false),
        ("__Host-a", false),
        ("=__secure-a=b; Secure; Path=/", false),
        ("__Hos", true),
    ] {
        let mut jar = CookieJar::new(NOW);
        jar.apply(
            &url("https://app.example/x/login"),
            Context::SameSite,
            [line],
        );
        assert_eq!(jar.cookies().count() == 1, kept, "{line}");
    }
}

#[test]
fn other_sites_get_what_same_site_lets_through() {
    let lines = [
        "strict=1; SameSite=Strict",
        "lax=1; SameSite=Lax",
        "default=1",
        "none=1; SameSite=None; Secure",
        "insecure=1; SameSite=None",
    ];
    for (context, expected) in [
        (Context::SameSite, "strict=1; lax=1; default=1; none=1"),
        (Context::CrossSiteNavigation, "lax=1; default=1; none=1"),
        (Context::CrossSitePost, "none=1"),
        (Context::CrossSiteSubrequest, "none=1"),
    ] {
        assert_eq!(sent(APP, &lines, APP, context), expected, "{context:?}");
    }
}

#[test]
fn a_cross_site_subrequest_sets_only_what_it_would_send() {
    let mut jar = CookieJar::new(NOW);
    let lines = ["lax=1; SameSite=Lax", "none=1; SameSite=None; Secure"];
    jar.apply(&url(APP), Context::CrossSiteSubrequest, lines);
    assert!(jar.get("lax").is_none() && jar.get("none").is_some());
    jar.apply(&url(APP), Context::CrossSitePost, lines);
    assert!(jar.get("lax").is_some());
}

#[test]
fn http_does_not_shadow_a_secure_cookie() {
    let mut jar = CookieJar::new(NOW);
    jar.apply(
        &url(APP),
        Context::SameSite,
        ["a=safe; Secure; Path=/login"],
    );
    let sibling = url("http://evil.app.example/login/en");
    jar.apply(&sibling, Context::SameSite, ["a=evil; Domain=app.example"]);
    assert_eq!(jar.cookies().count(), 1);
    jar.apply(
        &sibling,
        Context::SameSite,
        ["a=evil; Domain=app.example; Path=/"],
    );
    assert_eq!(
        jar.cookies().count(),
        2,
        "a path above the secure cookie's is another cookie"
    );
}

#[test]
fn a_sibling_can_toss_a_cookie_but_none_for_a_suffix() {
    let sibling = "https://evil.app.example/";
    let same = Context::SameSite;
    assert_eq!(
        sent(sibling, &["a=b; Domain=app.example"], APP, same),
        "a=b"
    );
    assert_eq!(sent(sibling, &["a=b; Domain=example"], APP, same), "");
    assert_eq!(
        sent(
            "http://127.0.0.1/",
            &["a=b; Domain=0.0.1"],
            "http://127.0.0.1/",
            same
        ),
        ""
    );
    let localhost = "http://localhost/";
    assert_eq!(
        sent(localhost, &["a=b; Domain=localhost"], localhost, same),
        "a=b"
    );
}

#[test]
fn cookies_expire_with_the_jar_s_clock() {
    let mut jar = CookieJar::new(NOW);
    jar.apply(&url(APP), Context::SameSite, ["a=b; Max-Age=60", "c=d"]);
    jar.now += 59;
    assert_eq!(jar.cookies().count(), 2);
    jar.now += 1;
    assert_eq!(jar.header(&url(APP), Context::SameSite).unwrap(), b"c=d");
}

#[test]
fn a_cookie_replaced_keeps_its_place_and_a_removal_needs_the_same_attributes() {
    let lines = ["a=1", "b=2", "a=3", "b=; Path=/other; Max-Age=0"];
    assert_eq!(sent(APP, &lines, APP, Context::SameSite), "a=3; b=2");
    assert_eq!(
        sent(APP, &["a=1", "a=; Max-Age=0"], APP, Context::SameSite),
        ""
    );
}

#[test]
fn bytes_put_in_by_hand_are_sent_as_they_are() {
    let mut jar = CookieJar::new(NOW);
    jar.insert(&url(APP), b"a", b"\xff\x01");
    assert_eq!(
        jar.header(&url(APP), Context::CrossSitePost).unwrap(),
        b"a=\xff\x01"
    );
    jar.remove("a");
    assert_eq!(jar.cookies().count(), 0);
}
