//! Strangers who start sign-ins and send invented codes.

use tokio::task::JoinSet;
use url::Url;

use crate::browser::{Backend as _, Browser, Context, RawRequest, RawResponse};
use crate::world::{APP, World};

/// The number of places for sign-ins.
pub(crate) const PLACES: u64 = 12;

/// A callback with this code, for a transaction that the browser has started.
pub(crate) async fn callback(world: &World, code: &str) -> RawRequest {
    let browser = world.stranger();
    let location = world.start(&mut browser.tab(), "/page").await;
    let location = Url::parse(&location).unwrap();
    let state = location.query_pairs().find(|(name, _)| name == "state");
    let (_, state) = state.unwrap();
    let target = format!("/auth/callback?code={code}&state={state}");
    RawRequest::new("GET", &target)
        .with_header("host", "app.example")
        .with_header("cookie", cookies_for(&browser, &target))
}

pub(crate) fn cookies_for(browser: &Browser, target: &str) -> Vec<u8> {
    let url = Url::parse(&format!("{APP}{target}")).unwrap();
    browser.jar().header(&url, Context::SameSite).unwrap()
}

/// A person's callback with a real code of FNCY.
pub(crate) async fn of_person(world: &World, user: &str) -> RawRequest {
    let browser = world.stranger();
    let location = world.start(&mut browser.tab(), "/page").await;
    let answer = world.approve(&location, user).await;
    let target = answer.strip_prefix(APP).unwrap();
    RawRequest::new("GET", target)
        .with_header("host", "app.example")
        .with_header("cookie", cookies_for(&browser, target))
}

/// Strangers' callbacks, sent at the same time.
pub(crate) async fn flood(world: &World, from: &str, count: usize) -> JoinSet<RawResponse> {
    let mut answers = JoinSet::new();
    for number in 0..count {
        let code = format!("invented-{from}-{number}");
        let request = callback(world, &code).await.with_header("x-real-ip", from);
        let app = world.app();
        answers.spawn(async move { app.send(request).await });
    }
    answers
}
