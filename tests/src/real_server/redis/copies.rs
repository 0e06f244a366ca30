//! Outdated cookies and sign-outs in Redis, shared by all instances: with a wrong clock, and with very many entries.
//! Also the cost if Redis hangs, or if strangers flood it.

use std::time::Duration;

use fncy_dev_server::Endpoint;
use fncy_login::Timestamp;
use fncy_login::store::{Revocations as _, RevokedSession, SessionId, SessionRef};
use tokio::time::{Instant, sleep};

use super::Redis;
use super::several::{signed_in, until};
use crate::browser::Backend as _;
use crate::harness::Harness;
use crate::steps::session::{
    LIFE, clears_session, page_with, post, request, sets_session, sign_out,
};
use crate::steps::strangers::{PLACES, flood, of_person};
use crate::world::APP;

const CLOCK: &str = "fncy-login:{revocations}:clock";
const LOG: &str = "fncy-login:{revocations}:log";
const EXPIRY: &str = "fncy-login:{revocations}:expiry";

#[tokio::test(flavor = "multi_thread")]
async fn k24_a_copy_is_nobody_on_all_instances_a_minute_after_one_has_seen_the_new_cookie() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (world, mut tab, mut instances) = signed_in(Harness::Tower, redis.way(), 1).await;
    let copy = world.cookie_header();
    until(&instances[1], &page_with("/page", &copy), 200).await;
    world.advance(LIFE + 1);
    // The first instance refreshes, and the second alone sees the new cookie.
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    let newest = request(&world, "/page");
    assert_eq!(instances[1].send(newest.clone()).await.status, 200);
    let early = instances[0].send(page_with("/auth/session", &copy)).await;
    assert_eq!(early.status, 200, "another tab may have sent it");
    sleep(Duration::from_secs(61)).await;
    instances.push(world.instance(|builder| builder.store(redis.instance())));
    let before = world.token_requests();
    for instance in &instances {
        let page = until(instance, &page_with("/page", &copy), 303).await;
        assert!(!clears_session(&page));
        let asked = instance.send(page_with("/auth/session", &copy)).await;
        assert_eq!(asked.status, 401);
        let signed_out = instance.send(post("/auth/logout", &copy)).await;
        assert_eq!(signed_out.status, 303);
        assert_eq!(until(instance, &newest, 200).await.text(), "user=alex");
    }
    assert_eq!(world.token_requests(), before);
    let shown = redis.names(":shown");
    assert_eq!(shown.len(), 1);
    let size: usize = redis
        .tell(&["memory", "usage", &shown[0]])
        .trim()
        .parse()
        .unwrap();
    assert!(size < 300, "{size} bytes");
}

#[tokio::test(flavor = "multi_thread")]
async fn l15_a_store_whose_clock_is_days_ahead_for_a_moment_forgets_no_sign_out() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (world, mut tab, instances) = signed_in(Harness::Tower, redis.way(), 0).await;
    let copy = request(&world, "/page");
    sign_out(&mut tab).await;
    let user = redis.instance();
    // By the server's clock, the last reading was ten days ago, then ten days ahead.
    for days in [-10, 10] {
        let seen: i64 = redis.tell(&["hget", CLOCK, "seen"]).trim().parse().unwrap();
        let moved = (seen + days * 24 * 3_600).to_string();
        redis.tell(&["hset", CLOCK, "seen", &moved]);
        user.revoke_user("jun", Timestamp::from_unix(1_900_000_000), None)
            .await
            .unwrap();
        let other = world.instance(|builder| builder.store(redis.instance()));
        for instance in [&instances[0], &other] {
            until(instance, &copy, 303).await;
        }
    }
    let [time, seen] = ["time", "seen"].map(|field| {
        let text = redis.tell(&["hget", CLOCK, field]);
        text.trim().parse::<i64>().unwrap()
    });
    assert!(
        (0..=90).contains(&(time - seen)),
        "a minute more, not ten days"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn l18_one_users_many_sign_outs_are_few_entries_and_nobody_elses_go() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let session = |number: u64| {
        let mut id = [0; 16];
        id[..8].copy_from_slice(&number.to_le_bytes());
        let [issued, ends] =
            [1_900_000_000, 1_900_600_000].map(|at| Timestamp::from_unix(at + number));
        SessionRef::new(SessionId::from_bytes(id), 0, issued, ends)
    };
    let (here, there) = (redis.instance(), redis.instance());
    there
        .revoke(RevokedSession::new(session(0), "haneul"))
        .await
        .unwrap();
    assert_eq!(here.is_revoked(session(0), "haneul").await, Ok(true));
    for number in 1..=2_500 {
        here.revoke(RevokedSession::new(session(number), "alex"))
            .await
            .unwrap();
    }
    for name in [LOG, EXPIRY] {
        let count: usize = redis.tell(&["zcard", name]).trim().parse().unwrap();
        assert!(count <= 1_005, "{name}: {count}");
    }
    for store in [there, redis.instance()] {
        for number in [1, 1_000, 1_001, 2_500] {
            let is_revoked = store.is_revoked(session(number), "alex").await;
            assert_eq!(is_revoked, Ok(true), "{number}");
        }
        let is_revoked = store.is_revoked(session(0), "haneul").await;
        assert_eq!(is_revoked, Ok(true));
        let later = store.is_revoked(session(2_501), "alex").await;
        assert_eq!(later, Ok(false));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f15_callbacks_that_are_turned_away_fill_no_store() {
    let Some(redis) = Redis::start_with(&["--maxmemory-policy", "noeviction"]).await else {
        return;
    };
    let (world, mut tab, instances) = signed_in(Harness::Tower, redis.way(), 1).await;
    let memory = || {
        let info = redis.tell(&["info", "memory"]);
        let used = info
            .lines()
            .find_map(|line| line.strip_prefix("used_memory:"));
        used.unwrap().trim().parse::<u64>().unwrap()
    };
    // A thousand spent codes need more memory.
    let room = memory() + 512 * 1_024;
    redis.tell(&["config", "set", "maxmemory", &room.to_string()]);
    let before = world.token_requests();
    let held = world.provider.hold(Endpoint::Token);
    let mut strangers = flood(&world, "192.0.2.1", 1_200).await;
    world.until_token_requests(before + PLACES).await;
    drop(held);
    let mut turned_away = 0;
    while let Some(answer) = strangers.join_next().await {
        turned_away += usize::from(answer.unwrap().status == 503);
    }
    assert!(turned_away > 900, "{turned_away}");
    let spent = redis.names(":spent").len() as u64;
    // The first one belongs to the sign-in at the beginning.
    assert_eq!(spent, 1 + world.token_requests() - before);
    assert!(memory() < room);
    let person = of_person(&world, "haneul").await;
    assert!(sets_session(&instances[1].send(person).await));
    world.advance(LIFE + 1);
    let stale = request(&world, "/page");
    assert_eq!(instances[1].send(stale).await.text(), "user=alex");
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
}

/// The time until a 503, which says that the store can't be reached.
async fn refused(asked: impl Future<Output = crate::browser::RawResponse>) -> Duration {
    let began = Instant::now();
    let answer = asked.await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hangs_is_waited_for_once() {
    let Some(redis) = Redis::start().await else {
        return;
    };
    let (world, _, instances) = signed_in(Harness::Tower, redis.way(), 1).await;
    until(&instances[1], &request(&world, "/page"), 200).await;
    let stranger = world.stranger();
    let mut tab = stranger.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "jun").await;
    world.advance(LIFE + 1);
    let page = request(&world, "/page");
    redis.pause();
    for instance in &instances {
        let first = refused(instance.send(page.clone())).await;
        assert!(first < Duration::from_millis(2_500), "{first:?}");
        for _ in 0..50 {
            let later = refused(instance.send(page.clone())).await;
            assert!(later < Duration::from_millis(400), "{later:?}");
            sleep(Duration::from_millis(50)).await;
        }
    }
    let began = Instant::now();
    assert_eq!(tab.get(&callback).await.status, 503);
    assert!(began.elapsed() < Duration::from_millis(400), "{began:?}");
    redis.resume();
    let began = Instant::now();
    for instance in &instances {
        assert_eq!(until(instance, &page, 200).await.text(), "user=alex");
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
}
