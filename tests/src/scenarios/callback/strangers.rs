//! Strangers who bring invented codes keep no person from signing in (rows C24, F15, L16).

use std::time::Duration;

use fncy_dev_server::Endpoint;
use tokio::time::{sleep, timeout};

use crate::browser::Backend as _;
use crate::harness::Harness;
use crate::steps::session::{LIFE, post, request, sets_session, signed_in, with_store};
use crate::steps::strangers::{PLACES, cookies_for, flood, of_person};
use crate::store::Store;
use crate::world::World;

const A_MOMENT: Duration = Duration::from_millis(300);

pub(super) async fn c24_strangers_take_no_place_but_those_for_sign_ins(harness: Harness) {
    let world = World::new(harness);
    let browser = world.stranger();
    world
        .visit_and_sign_in(&mut browser.tab(), "/page", "jun")
        .await;
    let leaving = cookies_for(&browser, "/auth/logout");
    signed_in(&world).await;
    let stale = request(&world, "/page");
    world.advance(LIFE + 1);
    let person = of_person(&world, "haneul").await;
    let before = world.token_requests();
    let held = world.provider.hold(Endpoint::Token);
    let mut strangers = flood(&world, "192.0.2.1", 40).await;
    world.until_token_requests(before + PLACES).await;
    sleep(A_MOMENT).await;
    assert_eq!(world.token_requests(), before + PLACES, "they hold no more");
    let app = world.app();
    let stale = tokio::spawn(async move { app.send(stale).await });
    world.until_token_requests(before + PLACES + 1).await;
    let sign_out = world.raw(post("/auth/logout", &leaving));
    let sign_out = timeout(Duration::from_secs(1), sign_out).await.unwrap();
    assert_eq!(sign_out.status, 303, "l16: at once");
    world.until_revocations(1).await;
    let app = world.app();
    let person = tokio::spawn(async move { app.send(person).await });
    sleep(A_MOMENT).await;
    drop(held);
    assert_eq!(stale.await.unwrap().text(), "user=alex");
    let person = timeout(Duration::from_secs(5), person)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(person.status, 303);
    assert!(sets_session(&person));
    while let Some(answer) = strangers.join_next().await {
        assert_eq!(answer.unwrap().status, 400);
    }
}

pub(super) async fn c24_the_client_with_the_fewest_is_next(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder.client_address(|headers| headers.last("x-real-ip")?.parse().ok())
        });
    });
    let person = of_person(&world, "alex").await;
    let person = person.with_header("x-real-ip", "192.0.2.2");
    let held = world.provider.hold(Endpoint::Token);
    let mut before = flood(&world, "2001:db8::1", 40).await;
    world.until_token_requests(PLACES).await;
    let app = world.app();
    let person = tokio::spawn(async move { app.send(person).await });
    sleep(A_MOMENT).await;
    // Another address of the same network.
    let mut after = flood(&world, "2001:db8::2", 40).await;
    sleep(A_MOMENT).await;
    drop(held);
    assert!(sets_session(&person.await.unwrap()));
    while before.join_next().await.is_some() || after.join_next().await.is_some() {}
    let requests = world.provider.requests(Endpoint::Token);
    let is_persons = |body: &[u8]| !String::from_utf8_lossy(body).contains("invented");
    let place = requests
        .iter()
        .position(|request| is_persons(&request.body));
    // Those that are let go together arrive in any order.
    let place = place.unwrap() as u64;
    assert!(place < 3 * PLACES, "{place}: before those who waited");
}

pub(super) async fn f15_a_callback_that_is_turned_away_leaves_nothing(harness: Harness) {
    let store = Store::default();
    let world = with_store(harness, &store, |builder| builder);
    let held = world.provider.hold(Endpoint::Token);
    let mut strangers = flood(&world, "192.0.2.1", 300).await;
    world.until_token_requests(PLACES).await;
    sleep(A_MOMENT).await;
    assert_eq!(
        store.redemptions(),
        PLACES as usize,
        "what was sent holds a lease"
    );
    drop(held);
    let mut turned_away = 0;
    while let Some(answer) = strangers.join_next().await {
        turned_away += usize::from(answer.unwrap().status == 503);
    }
    // On a slow machine the turn of some comes too late as well.
    assert!(turned_away >= 300 - 256 - PLACES as usize, "{turned_away}");
    let logged = world.logged();
    assert!(logged.contains("too many requests wait for the provider at once"));
    let is_error =
        |line: &&str| line.contains("ERROR") && line.contains("too many exchanges are waiting");
    assert_eq!(logged.lines().find(is_error), None, "one warning for all");
    assert_eq!(store.redemptions() as u64, world.token_requests());
    assert_eq!(store.contents(), "", "no page is left of an invented code");
}
