//! Tests of the whole browser, with applications of a few lines.

use super::wire::{RawRequest, RawResponse};
use super::{Browser, Tab};

const NOW: u64 = 1_700_000_000;

fn redirect(location: &str) -> RawResponse {
    RawResponse::new(302).with_header("Location", location)
}

/// An application that answers with the request's headers.
fn echo(request: &RawRequest) -> RawResponse {
    let header = |name| request.header(name).unwrap_or("-").to_owned();
    RawResponse::new(200).with_body(format!(
        "{} {} {} cookie={} origin={} site={}",
        request.method,
        request.target.escape_ascii(),
        request.body.escape_ascii(),
        header("cookie"),
        header("origin"),
        header("sec-fetch-site"),
    ))
}

fn application(request: &RawRequest) -> RawResponse {
    match str::from_utf8(&request.target).unwrap() {
        "/" => redirect("https://provider.example/authorize")
            .with_header(
                "Set-Cookie",
                "login=1; Secure; HttpOnly; SameSite=Lax; Path=/",
            )
            .with_header("Set-Cookie", "strict=1; Secure; SameSite=Strict"),
        "/loop" => redirect("/loop"),
        "/form" => RawResponse::new(200).with_body(
            "<form id=f method=post action=/done><input name=a value='1&amp;2'>\
             <button name=b value=c></button></form><a href='/done?l'>go <b>on</b></a>",
        ),
        "/quiet" => RawResponse::new(200)
            .with_header("Referrer-Policy", "no-referrer")
            .with_body("<form method=post action=/done></form>"),
        _ => echo(request),
    }
}

fn provider(request: &RawRequest) -> RawResponse {
    match request.target.as_slice() {
        b"/authorize" => redirect("https://app.example/callback?code=x"),
        _ => echo(request),
    }
}

fn tab() -> Tab {
    let browser = Browser::new(NOW);
    browser.route("https://app.example", application);
    browser.route("https://provider.example", provider);
    browser.tab()
}

#[tokio::test]
async fn a_visit_ends_where_the_redirects_do() {
    let mut tab = tab();
    let page = tab.visit("https://app.example").await;
    assert_eq!(page.url.as_str(), "https://app.example/callback?code=x");
    assert_eq!(page.query("code").as_deref(), Some("x"));
    assert_eq!(
        page.text(),
        "GET /callback?code=x  cookie=login=1 origin=- site=none"
    );
    assert_eq!(tab.url(), Some(&page.url));
    let history = tab.browser().history();
    let steps: Vec<_> = history
        .iter()
        .map(|step| (step.url.as_str(), step.response.status))
        .collect();
    assert_eq!(steps[0], ("https://app.example/", 302));
    assert_eq!(steps[1], ("https://provider.example/authorize", 302));
    assert_eq!(
        history[0].location(),
        Some("https://provider.example/authorize")
    );
    assert_eq!(history[0].set_cookies().len(), 2);
    assert_eq!(history[2].request.header("cookie"), Some("login=1"));
}

#[tokio::test]
async fn two_tabs_interleave_in_one_jar() {
    let mut one = tab();
    let mut two = one.browser().tab();
    let (first, second) = tokio::join!(
        one.get("https://app.example/"),
        two.get("https://provider.example/x")
    );
    assert_eq!(
        first.location().unwrap().as_str(),
        "https://provider.example/authorize"
    );
    assert_eq!(one.url(), None);
    assert!(second.text().contains("cookie=-"));
    let at_provider = one.follow(&first).await;
    assert!(
        two.visit("https://app.example/x")
            .await
            .text()
            .contains("cookie=login=1; strict=1")
    );
    assert_eq!(
        one.follow(&at_provider).await.query("code").as_deref(),
        Some("x")
    );
    two.browser().jar().clear();
    assert!(one.fetch("/me").await.text().contains("cookie=-"));
}

#[tokio::test]
async fn forms_and_links_come_from_their_page() {
    let mut tab = tab();
    let page = tab.visit("https://app.example/form").await;
    let done = tab.submit(&page, "#f", Some(("b", "c"))).await;
    assert_eq!(
        done.text(),
        "POST /done a=1%262&b=c cookie=- origin=https://app.example site=same-origin"
    );
    let done = tab.click_link(&page, "go on").await;
    assert_eq!(
        done.text(),
        "GET /done?l  cookie=- origin=- site=same-origin"
    );
    let quiet = tab.visit("/quiet").await;
    assert!(
        tab.submit(&quiet, "form", None)
            .await
            .text()
            .contains("origin=null")
    );
}

#[tokio::test]
async fn what_another_site_sends_has_lax_cookies_only_where_it_navigates() {
    let mut tab = tab();
    tab.visit("https://app.example").await;
    tab.visit("https://provider.example/page").await;
    let app = "https://app.example/me";
    assert!(
        tab.fetch(app)
            .await
            .text()
            .contains("cookie=- origin=https://provider.example")
    );
    assert!(
        tab.sub_resource(app, "iframe")
            .await
            .text()
            .contains("cookie=- ")
    );
    assert!(tab.prefetch(app).await.text().contains("cookie=login=1 "));
    let posted = tab
        .fetch_with("POST", app, &[("Accept", "application/json")], b"{}")
        .await;
    assert!(posted.text().starts_with("POST /me {} cookie=- "));
    let accept = tab.browser().history().pop().unwrap().request;
    assert_eq!(accept.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn a_loopback_socket_needs_no_route_and_answers_502_when_dead() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    assert_eq!(tab().visit(&format!("http://{closed}/")).await.status, 502);
}

#[tokio::test]
#[should_panic(expected = "too many redirects")]
async fn a_loop_ends() {
    tab().visit("https://app.example/loop").await;
}

#[tokio::test]
#[should_panic(expected = "nothing serves https://nowhere.example/")]
async fn an_origin_without_a_backend_is_a_mistake() {
    tab().visit("https://nowhere.example").await;
}
