//! Several instances refresh a session once if they share a store; without the store they fail safely (rows F6 to F8,
//! F13, L10, L12, and of several instances C23 and K23).

use std::time::Duration;

use fncy_dev_server::Endpoint;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::browser::{Backend as _, Context, RawResponse};
use crate::harness::Harness;
use crate::steps::session::{
    LIFE, clears_session, page_with, post, refreshes, request, sets_session, signed_in, with_store,
};
use crate::steps::token_answer::assert_offers_sign_in;
use crate::store::Store;
use crate::world::{APP, World};

pub(super) async fn f06_instances_use_a_token_once(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let other = world.instance(|builder| builder.store(store.instance()));
    let mut tab = signed_in(&world).await;
    world.advance(LIFE + 1);
    let old = request(&world, "/token");
    let mut requests = JoinSet::new();
    for number in 0..60 {
        let app = if number % 2 == 0 {
            world.app()
        } else {
            other.clone()
        };
        let old = old.clone();
        requests.spawn(async move { app.send(old).await });
    }
    let mut tokens = std::collections::HashSet::new();
    while let Some(response) = requests.join_next().await {
        let response = response.unwrap();
        assert_eq!(response.status, 200, "{}", response.text());
        tokens.insert(response.text().into_owned());
    }
    assert_eq!((refreshes(&world), tokens.len()), (1, 1));
    let contents = store.contents();
    assert!(!contents.is_empty());
    for secret in world.provider.issued_secrets() {
        assert!(!contents.contains(&secret), "in the store: {secret}");
    }
    world.advance(LIFE + 1);
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
}

pub(super) async fn f06_without_a_store_the_loser_keeps_its_cookie(harness: Harness) {
    let world = World::new(harness);
    world.resends("instances without a store know nothing of each other");
    let other = world.instance(|builder| builder);
    signed_in(&world).await;
    world.advance(LIFE + 1);
    let old = request(&world, "/page");
    assert_eq!(world.raw(old.clone()).await.status, 200);
    let lost = other.send(old).await;
    assert_eq!(lost.status, 303);
    assert!(!clears_session(&lost));
    assert_eq!(refreshes(&world), 2, "the documented limit");
}

pub(super) async fn f07_a_lease_that_an_exchange_outlasts_begins_none(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    signed_in(&world).await;
    store.grants(Duration::from_secs(10));
    world.advance(LIFE + 1);
    let response = world.raw(request(&world, "/page")).await;
    assert_eq!(response.status, 503);
    assert!(!clears_session(&response));
    assert_eq!(refreshes(&world), 0);
}

pub(super) async fn f08_without_the_store_nothing_is_refreshed(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| {
        builder.danger_admit_without_store()
    });
    let mut tab = signed_in(&world).await;
    store.set_down(true);
    world.advance(LIFE - 5);
    let living = tab.get(&format!("{APP}/page")).await;
    assert_eq!(living.text(), "user=alex", "its access token lives");
    assert_eq!(living.header("set-cookie"), None);
    world.advance(10);
    let expired = tab.get(&format!("{APP}/page")).await;
    assert_eq!(expired.status, 503);
    assert_eq!(expired.header("set-cookie"), None);
    assert!(expired.header("retry-after").is_some());
    assert_eq!(refreshes(&world), 0);
    store.set_down(false);
    sleep(Duration::from_millis(5_100)).await;
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert_eq!(refreshes(&world), 1);
}

pub(super) async fn f08_a_danger_switch_refreshes_all_the_same(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| {
        builder
            .danger_admit_without_store()
            .danger_refresh_without_store()
    });
    let mut tab = signed_in(&world).await;
    store.set_down(true);
    world.advance(LIFE + 1);
    let old = request(&world, "/page");
    let page = tab.get(&format!("{APP}/page")).await;
    assert_eq!(page.text(), "user=alex");
    assert!(page.header("set-cookie").is_some());
    assert_eq!(world.raw(old.clone()).await.text(), "user=alex");
    store.set_down(false);
    assert_eq!(world.raw(old).await.text(), "user=alex");
    assert_eq!(refreshes(&world), 1, "and it remembers what it did");
}

pub(super) async fn l10_a_session_that_cannot_be_checked_is_neither_in_nor_out(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder.public_path("/maybe"));
    let mut tab = signed_in(&world).await;
    store.set_down(true);
    sleep(Duration::from_millis(400)).await;
    let page = tab.get(&format!("{APP}/page")).await;
    assert_eq!(page.status, 503);
    assert!(page.text().contains("<code>session_unverified</code>"));
    assert_eq!(page.header("retry-after"), Some("1"));
    assert_eq!(page.header("set-cookie"), None);
    assert_offers_sign_in(&page, &tab.fetch(&format!("{APP}/page")).await);
    for (path, status, text) in [
        ("/api", 503, "\"code\":\"session_unverified\""),
        ("/auth/session", 503, "\"code\":\"session_unverified\""),
        ("/maybe", 200, "user=-"),
    ] {
        let answer = tab.fetch(&format!("{APP}{path}")).await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.text().contains(text), "{path}: {}", answer.text());
        assert_eq!(answer.header("set-cookie"), None, "{path}");
    }
    world.may_be_anonymous();

    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    let page = tab.submit(&page, "form", None).await;
    assert!(page.text().contains("You are signed out"));
    assert_eq!(world.cookies("__Host-fncy_session"), [""; 0]);
    assert!(
        world
            .logged()
            .contains("the other instances could not be told")
    );
}

pub(super) async fn l10_a_sign_in_waits_for_the_store(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    store.set_down(true);
    let page = tab.get(&callback).await;
    assert_eq!(page.status, 503);
    assert_eq!(world.token_requests(), 0);
    store.set_down(false);
    let page = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    assert_eq!(page.text(), "user=alex");
}

pub(super) async fn l12_what_the_store_makes_up_is_anonymous(harness: Harness) {
    let garbage = |texts: &mut [&mut Vec<u8>]| texts.iter_mut().for_each(|text| text.reverse());
    let newer_format = |texts: &mut [&mut Vec<u8>]| {
        texts
            .iter_mut()
            .for_each(|text| text[..2].copy_from_slice(b"Aw"));
    };
    let another_users = |texts: &mut [&mut Vec<u8>]| {
        let [one, other] = texts else {
            panic!("two refreshes, not {}", texts.len());
        };
        std::mem::swap(*one, *other);
    };
    for made_up in [garbage, newer_format, another_users] {
        let store = Store::default();
        let world = with_store(harness, &store, |builder| builder);
        signed_in(&world).await;
        let stranger = world.stranger();
        let mut tab = stranger.tab();
        world.visit_and_sign_in(&mut tab, "/page", "jun").await;
        world.advance(LIFE + 1);
        let old = request(&world, "/page");
        assert_eq!(world.raw(old.clone()).await.text(), "user=alex");
        assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=jun");
        let asked = world.token_requests();
        store.tamper(made_up);
        let fooled = world.raw(old).await;
        assert_eq!(fooled.status, 303);
        assert!(!clears_session(&fooled));
        assert_eq!(world.token_requests(), asked);
    }
}

pub(super) async fn k23_a_sign_out_ends_copies_on_other_instances(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let other = world.instance(|builder| builder.store(store.instance()));
    signed_in(&world).await;
    let copy = request(&world, "/page");
    assert_eq!(other.send(copy.clone()).await.text(), "user=alex");
    let url = url::Url::parse(APP).unwrap();
    let cookies = world.browser.jar().header(&url, Context::SameSite).unwrap();
    assert_eq!(world.raw(post("/auth/logout", &cookies)).await.status, 303);
    assert_eq!(world.raw(copy.clone()).await.status, 303);
    sleep(Duration::from_millis(400)).await;
    assert_eq!(other.send(copy).await.status, 303);
}

pub(super) async fn k23_all_sessions_of_a_user_end_at_one_word(harness: Harness) {
    let store = Store::default();
    let shared = with_store(harness, &store, |builder| builder);
    let other = shared.instance(|builder| builder.store(store.instance()));
    let alone = World::new(harness);
    let itself = alone.app();
    for (world, instance) in [(shared, other), (alone, itself)] {
        let mut tab = signed_in(&world).await;
        let (phone, stranger) = (world.stranger(), world.stranger());
        let (mut phone, mut stranger) = (phone.tab(), stranger.tab());
        world.visit_and_sign_in(&mut phone, "/page", "alex").await;
        world.visit_and_sign_in(&mut stranger, "/page", "jun").await;
        let copy = request(&world, "/page");
        assert_eq!(instance.send(copy.clone()).await.text(), "user=alex");

        world.login.end_all_sessions("alex").await.unwrap();
        assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
        assert_eq!(phone.get(&format!("{APP}/page")).await.status, 303);
        sleep(Duration::from_millis(400)).await;
        assert_eq!(instance.send(copy).await.status, 303);
        let theirs = stranger.get(&format!("{APP}/page")).await;
        assert_eq!(theirs.text(), "user=jun");

        world.advance(1);
        // The provider still knows who it is.
        let page = tab.visit(&format!("{APP}/page")).await;
        assert_eq!(page.text(), "user=alex");
    }
}

pub(super) async fn c23_a_callback_on_two_instances_is_one_redemption(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let other = world.instance(|builder| builder.store(store.instance()));
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let callback = callback.strip_prefix(APP).unwrap().to_owned();
    let same = request(&world, &callback);
    let held = world.provider.hold(Endpoint::Token);
    let (app, first) = (world.app(), same.clone());
    let first = tokio::spawn(async move { app.send(first).await });
    let second = tokio::spawn(async move { other.send(same).await });
    world.until_token_requests(1).await;
    sleep(Duration::from_millis(100)).await;
    drop(held);
    let session = |response: RawResponse| {
        assert_eq!(response.status, 303);
        assert_eq!(response.header("location"), Some("/page"));
        let mut lines = response.headers_named("set-cookie");
        let line = lines.find(|line| line.starts_with(b"__Host-fncy_session="));
        String::from_utf8(line.unwrap().to_vec()).unwrap()
    };
    let first = session(first.await.unwrap());
    let second = session(second.await.unwrap());
    assert_eq!(first, second);
    assert_eq!(world.token_requests(), 1);
}

pub(super) async fn f13_forged_sessions_are_nobodys_work(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    signed_in(&world).await;
    let genuine = world.session_cookie();
    world.advance(LIFE + 1);
    let claims = store.claims();
    let dot = genuine.find('.').unwrap();
    // In the first segment, and in that of the tokens.
    for number in (20..70).chain(dot + 20..dot + 70) {
        let mut forged = genuine.clone().into_bytes();
        forged[number] = if forged[number] == b'A' { b'B' } else { b'A' };
        let cookie = [b"__Host-fncy_session=".as_slice(), &forged].concat();
        let forged = page_with("/page", cookie);
        assert_eq!(world.raw(forged).await.status, 303);
    }
    assert_eq!((store.claims() - claims, refreshes(&world)), (0, 0));
    assert!(sets_session(&world.raw(request(&world, "/page")).await));
    assert_eq!((store.claims() - claims, refreshes(&world)), (1, 1));
}
