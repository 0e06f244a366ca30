//! What is between a browser and the application, and has a way of its own with headers.

use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::middleware::map_response;
use axum::response::Response;
use fncy_dev_server::{Endpoint, Fault};

use crate::app::app;
use crate::place::{Place, Site};

/// The application as it is met through a proxy that changes the `Set-Cookie` lines of each answer.
fn behind(place: &Place, keep: fn(Vec<HeaderValue>) -> Option<HeaderValue>) -> Site {
    let change = map_response(move |mut response: Response| async move {
        let headers = response.headers_mut();
        let lines = headers.get_all(SET_COOKIE).into_iter().cloned().collect();
        headers.remove(SET_COOKIE);
        headers.extend(keep(lines).map(|line| (SET_COOKIE, line)));
        response
    });
    place.app(|login| Ok(app(login)?.layer(change)))
}

async fn people_sign_in(site: &Site) {
    let tab = site.tab().await;
    tab.visit("/page").await;
    tab.sign_in().await;
    for _ in 0..3 {
        tab.shows("/page", "Hello, Alex Martin").await;
        tab.reload().await;
    }
    assert_eq!(site.world.token_requests(), 1);
}

pub(super) async fn where_a_proxy_keeps_the_first_cookie_people_sign_in(place: Place) {
    people_sign_in(&behind(&place, |lines| lines.into_iter().next())).await;
}

pub(super) async fn where_a_proxy_joins_the_cookies_people_sign_in(place: Place) {
    let joined = |lines: Vec<HeaderValue>| {
        let line = Vec::from_iter(lines.iter().map(HeaderValue::as_bytes)).join(&b", "[..]);
        let line = HeaderValue::from_bytes(&line).unwrap();
        (!line.is_empty()).then_some(line)
    };
    people_sign_in(&behind(&place, joined)).await;
}

pub(super) async fn where_a_proxy_keeps_the_last_cookie_people_are_told(place: Place) {
    let site = behind(&place, |lines| lines.into_iter().next_back());
    let tab = site.tab().await;
    tab.visit("/page").await;
    tab.sign_in().await;
    tab.shows("/page", "You signed in, but the session did not stay")
        .await;
    assert_eq!(site.world.token_requests(), 3);
}

pub(super) async fn five_links_of_another_site_leave_a_site_behind_nginx_open(place: Place) {
    let Some((site, _nginx)) = place.site_behind_nginx().await else {
        return;
    };
    let tab = site.tab().await;
    tab.visit("/protected").await;
    tab.sign_in().await;
    tab.shows("/protected", "Members only").await;
    // None of these sign-ins comes to its end.
    let provider = &site.world.provider;
    provider.fault(Endpoint::Authorize, Fault::status(503));
    for start in 0..5 {
        let address = format!("/{start}{}", "x".repeat(1_013));
        let login = format!("/auth/login?return_to={address}");
        tab.visit_elsewhere(&login, "A link").await;
        tab.follow("A link").await;
    }
    let cookies = tab.cookies().await;
    let begun = cookies.iter().filter(|name| name.contains("_login"));
    assert_eq!(begun.count(), 5, "{cookies:?}");
    tab.visit("/protected").await;
    tab.shows("/protected", "Members only").await;
}
