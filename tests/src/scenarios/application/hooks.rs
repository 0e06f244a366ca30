//! The hook `on_refresh` replaces the data of a session or ends it; a session may keep no tokens (row F2).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use fncy_dev_server::Endpoint;
use fncy_login::{Approval, NewLogin, RefreshedLogin, Refusal};
use serde_json::{Value, json};

use crate::harness::Harness;
use crate::steps::session::{refreshes, request, signed_in};
use crate::world::{APP, ON_PURPOSE, World};

pub(super) async fn on_refresh_replaces_the_sessions_data(harness: Harness) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            builder
                .on_login(async |_: NewLogin| Ok(Approval::with_data(&json!(1)).unwrap()))
                .on_refresh(move |login: RefreshedLogin| {
                    let times = counter.fetch_add(1, Ordering::SeqCst);
                    async move {
                        let user_data: Option<Value> = login.user_data().unwrap();
                        assert_eq!(
                            user_data.is_some(),
                            times == 0,
                            "every five minutes at most"
                        );
                        let token = login.tokens().access_token();
                        assert!(!format!("{login:?}").contains(token));
                        let count: u64 = login.session_data().unwrap().unwrap();
                        match times {
                            0 => Ok(Approval::with_data(&(count + 1)).unwrap()),
                            _ => Ok(Approval::new()),
                        }
                    }
                })
        });
        let life = std::time::Duration::from_secs(299);
        setup.provider = setup.provider.clone().access_token_lifetime(life);
    });
    let mut tab = signed_in(&world).await;
    world.advance(300);
    assert!(tab.get(&format!("{APP}/data")).await.text().contains(" 2 "));
    world.advance(299);
    let kept = tab.get(&format!("{APP}/data")).await;
    assert!(kept.text().contains(" 2 "), "{}", kept.text());
    assert_eq!((refreshes(&world), asked.load(Ordering::SeqCst)), (2, 2));
}

pub(super) async fn on_refresh_finds_what_it_left_though_a_cookie_was_lost(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder.on_refresh(async |login: RefreshedLogin| {
                let count: Option<u64> = login.session_data().unwrap();
                Ok(match count {
                    Some(_) => Approval::new(),
                    None => Approval::with_data(&7).unwrap(),
                })
            })
        });
    });
    signed_in(&world).await;
    world.advance(301);
    let old = request(&world, "/data");
    // The answer never arrives, and its access token expires as well.
    assert!(world.raw(old.clone()).await.text().contains(" 7 "));
    world.advance(301);
    let late = world.raw(old).await;
    assert!(late.text().contains(" 7 "), "{}", late.text());
    assert_eq!(refreshes(&world), 2);
}

pub(super) async fn on_refresh_refuses_and_the_session_is_over(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder.on_refresh(async |_: RefreshedLogin| Err(Refusal::new("You have left.")))
        });
    });
    let mut tab = signed_in(&world).await;
    // Within the leeway the access token still lives, and is no reason to stay.
    world.advance(295);
    let copy = request(&world, "/page");
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
    assert_eq!(world.cookies("__Host-fncy_session"), [""; 0]);
    assert_eq!(world.raw(copy).await.status, 303);
    assert_eq!(refreshes(&world), 1);
    assert_eq!(world.provider.request_count(Endpoint::Revoke), 1);
    assert!(world.logged().contains("on_refresh refused a user"));
}

/// A hook of an application, which fails so while it is told to.
async fn signs_nobody_out(harness: Harness, fail: fn() -> Result<Approval, Refusal>) {
    let fails = Arc::new(AtomicBool::new(true));
    let switch = Arc::clone(&fails);
    let world = World::with(harness, |setup| {
        setup.login = Box::new(move |builder| {
            builder.on_refresh(move |_: RefreshedLogin| {
                let fails = switch.load(Ordering::SeqCst);
                let word = if fails { fail() } else { Ok(Approval::new()) };
                async { word }
            })
        });
    });
    let mut tab = signed_in(&world).await;
    world.advance(301);
    let page = tab.get(&format!("{APP}/page")).await;
    assert_eq!((page.status, page.header("set-cookie")), (503, None));
    fails.store(false, Ordering::SeqCst);
    tokio::time::sleep(std::time::Duration::from_millis(5_100)).await;
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert_eq!(refreshes(&world), 1, "its tokens were kept");
}

pub(super) async fn on_refresh_that_panics_signs_nobody_out(harness: Harness) {
    signs_nobody_out(harness, || panic!("{ON_PURPOSE}")).await;
}

pub(super) async fn on_refresh_that_cannot_decide_signs_nobody_out(harness: Harness) {
    signs_nobody_out(harness, || Err(Refusal::not_now())).await;
}

pub(super) async fn sign_in_only_keeps_no_token(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.sign_in_only());
    });
    let mut tab = signed_in(&world).await;
    let cookie = world.session_cookie();
    assert!(cookie.ends_with('.'), "nothing is behind the dot: {cookie}");
    world.until_revocations(1).await;
    assert_eq!(
        world.provider.request_count(Endpoint::Revoke),
        1,
        "nobody has the tokens any more"
    );
    world.advance(20 * 3600);
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    let asked = tab.get(&format!("{APP}/token")).await;
    assert_eq!(asked.status, 500);
    assert!(asked.text().contains("<code>tokens_discarded</code>"));
    assert!(world.logged().contains("sign_in_only discards them"));
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    world.advance(24 * 3600);
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303, "idle");
    assert_eq!(
        (
            refreshes(&world),
            world.provider.request_count(Endpoint::UserData)
        ),
        (0, 1)
    );
}
