//! An expired access token is refreshed once, whatever asks for it, and an outage signs nobody out (rows F1 to F5, F9,
//! F10, F14).

use std::time::Duration;

use fncy_dev_server::{Endpoint, Fault};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::browser::Backend as _;
use crate::harness::Harness;
use crate::steps::session::{
    LIFE, refresh_tokens, refreshes, request, revoked, sets_session, signed_in,
};
use crate::world::{APP, World};

pub(super) async fn f01_a_hundred_requests_are_one_exchange(harness: Harness) {
    for (rotates, life) in [(true, LIFE), (false, LIFE), (true, 5)] {
        let world = World::with(harness, |setup| {
            let provider = setup.provider.clone().refresh_token_rotation(rotates);
            setup.provider = provider.access_token_lifetime(Duration::from_secs(life));
        });
        if !rotates {
            world.resends("this provider gives no new one");
        }
        let mut tab = signed_in(&world).await;
        world.advance(life + 1);
        let held = world.provider.hold(Endpoint::Token);
        let mut requests = JoinSet::new();
        for _ in 0..100 {
            let (app, request) = (world.app(), request(&world, "/token"));
            requests.spawn(async move { app.send(request).await });
        }
        sleep(Duration::from_millis(300)).await;
        drop(held);
        let mut tokens = std::collections::HashSet::new();
        while let Some(response) = requests.join_next().await {
            let response = response.unwrap();
            assert_eq!(response.status, 200, "{}", response.text());
            assert_eq!(response.header("cache-control"), Some("private, no-store"));
            assert!(sets_session(&response));
            tokens.insert(response.text().into_owned());
        }
        assert_eq!(refreshes(&world), 1);
        assert_eq!(tokens.len(), 1, "all have the same new access token");
        for round in 0..2 {
            assert_eq!(
                tab.get(&format!("{APP}/page")).await.text(),
                "user=alex",
                "{round}"
            );
            world.advance(life);
        }
        assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    }
}

pub(super) async fn f02_an_old_cookie_is_served_from_memory(harness: Harness) {
    let world = World::with(harness, |setup| {
        let life = Duration::from_secs(600);
        setup.provider = setup.provider.clone().access_token_lifetime(life);
    });
    let mut tab = signed_in(&world).await;
    world.advance(601);
    let old = request(&world, "/page");
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    world.advance(30);
    let late = world.raw(old.clone()).await;
    assert_eq!(late.text(), "user=alex");
    assert!(sets_session(&late));
    let newest = tab.get(&format!("{APP}/token")).await;
    let mut token = old.clone();
    token.target = b"/token".to_vec();
    assert_eq!(
        world.raw(token).await.text(),
        newest.text(),
        "the same refreshed"
    );
    assert_eq!(refreshes(&world), 1);

    // A laptop that was closed in the middle: its browser never got a new cookie.
    world.advance(40 * 60);
    let closed = world.raw(old).await;
    assert_eq!(closed.text(), "user=alex");
    assert_eq!(
        refreshes(&world),
        2,
        "the refreshed's own token had expired"
    );
}

pub(super) async fn f04_a_refresh_outlives_its_client(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    world.advance(LIFE + 1);
    let held = world.provider.hold(Endpoint::Token);
    let old = request(&world, "/page");
    let app = world.app();
    let client = tokio::spawn(async move { app.send(old).await });
    world.until_token_requests(2).await;
    client.abort();
    assert!(
        client.await.unwrap_err().is_cancelled(),
        "it left before there was an answer"
    );
    let mut followers = JoinSet::new();
    for _ in 0..99 {
        let (app, request) = (world.app(), request(&world, "/page"));
        followers.spawn(async move { app.send(request).await });
    }
    sleep(Duration::from_millis(200)).await;
    drop(held);
    while let Some(answer) = followers.join_next().await {
        assert_eq!(answer.unwrap().text(), "user=alex");
    }
    assert_eq!(refreshes(&world), 1);
    for _ in 0..2 {
        world.advance(LIFE);
        assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    }
}

pub(super) async fn f05_a_leader_that_times_out_releases_those_who_wait(harness: Harness) {
    let world = World::new(harness);
    world.resends("nobody knows what became of the first time");
    let mut tab = signed_in(&world).await;
    world.advance(LIFE + 1);
    let held = world.provider.hold(Endpoint::Token);
    let mut requests = JoinSet::new();
    for _ in 0..10 {
        let (app, request) = (world.app(), request(&world, "/page"));
        requests.spawn(async move { app.send(request).await });
    }
    let began = Instant::now();
    while let Some(answer) = requests.join_next().await {
        let answer = answer.unwrap();
        assert_eq!(answer.status, 503);
        assert!(!sets_session(&answer));
        let waited = began.elapsed().as_secs();
        assert!((9..15).contains(&waited), "{waited} s");
    }
    assert_eq!(refreshes(&world), 1);
    drop(held);
    let page = tab.get(&format!("{APP}/page")).await;
    assert_eq!(page.status, 503, "the provider rests");
    sleep(Duration::from_millis(5_100)).await;
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert_eq!(refreshes(&world), 2);
}

pub(super) async fn f09_an_outage_signs_nobody_out(harness: Harness) {
    let world = World::new(harness);
    world.resends("a 503 leaves it in use");
    let mut tab = signed_in(&world).await;
    world.provider.fault(Endpoint::Token, Fault::status(503));
    // Within the leeway the access token still lives.
    world.advance(LIFE - 5);
    let admitted = tab.get(&format!("{APP}/page")).await;
    assert_eq!(admitted.text(), "user=alex");
    assert_eq!(admitted.header("set-cookie"), None);
    world.advance(10);
    for _ in 0..20 {
        let page = tab.get(&format!("{APP}/page")).await;
        assert_eq!(page.status, 503);
        assert!(page.text().contains("<code>provider_unavailable</code>"));
        assert!(page.header("retry-after").is_some());
        assert_eq!(page.header("set-cookie"), None, "nobody is signed out");
        let fetched = tab.fetch(&format!("{APP}/api")).await;
        assert_eq!(fetched.status, 503);
        assert_eq!(
            fetched.header("content-type"),
            Some("application/problem+json")
        );
    }
    assert_eq!(refreshes(&world), 1, "one answer speaks for a while");
    world.provider.clear_faults();
    sleep(Duration::from_millis(5_500)).await;
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
}

pub(super) async fn f10_a_sign_out_wins_over_a_refresh(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    world.advance(LIFE + 1);
    let old = request(&world, "/page");
    let held = world.provider.hold(Endpoint::Token);
    let (app, slow) = (world.app(), old.clone());
    let slow = tokio::spawn(async move { app.send(slow).await });
    world.until_token_requests(2).await;
    // The sign-out's own revocation is lost: else nothing would come of the refresh.
    let lost = Fault::status(503).once();
    world.provider.fault(Endpoint::Revoke, lost);
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    let page = tab.submit(&page, "form", None).await;
    assert!(page.text().contains("You are signed out"));
    drop(held);
    let slow = slow.await.unwrap();
    assert!(!sets_session(&slow), "a slow answer brings nothing back");
    assert_eq!(
        world.raw(old).await.status,
        303,
        "a copy of the cookie is no session any more"
    );
    let mut issued = refresh_tokens(&world);
    assert_eq!(issued.len(), 2);
    let newest = issued.pop().unwrap();
    for _ in 0..100 {
        if revoked(&world).contains(&newest) {
            return;
        }
        sleep(Duration::from_millis(20)).await;
    }
    panic!("what came after the sign-out was not revoked");
}

pub(super) async fn f10_a_sign_out_revokes_what_the_browser_never_got(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    world.advance(LIFE + 1);
    assert_eq!(world.raw(request(&world, "/page")).await.status, 200);
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    let newest = refresh_tokens(&world);
    assert_eq!(newest.len(), 2);
    world.until_revocations(1).await;
    assert_eq!(revoked(&world), newest[1..]);
}

pub(super) async fn f14_an_older_cookie_that_lands_last_does_no_harm(harness: Harness) {
    let world = World::new(harness);
    let mut tab = signed_in(&world).await;
    let mut generations = Vec::new();
    for _ in 0..3 {
        generations.push(request(&world, "/page"));
        world.advance(LIFE + 1);
        assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    }
    let asked = refreshes(&world);
    for old in generations.into_iter().rev() {
        let response = world.raw(old).await;
        assert_eq!(response.text(), "user=alex");
        assert!(sets_session(&response));
    }
    assert_eq!(refreshes(&world), asked);
}

pub(super) async fn short_lived_tokens_are_refreshed_in_time(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.provider = setup
            .provider
            .clone()
            .access_token_lifetime(Duration::from_secs(5));
    });
    let mut tab = signed_in(&world).await;
    for round in 1..=10 {
        world.advance(5);
        assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
        assert_eq!(refreshes(&world), round);
    }
    let read = world.provider.request_count(Endpoint::UserData);
    assert_eq!(read, 1, "user data is read at most every five minutes");
}
