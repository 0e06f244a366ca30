//! How the device cookie is refreshed (rows D4, D9, D16, D17 and D22).

use fncy_login_testing::DeviceKey;

use crate::browser::Backend as _;
use crate::harness::Harness;
use crate::steps::device_key::{
    DEVICE, GOOD, assert_challenged, assert_over, assert_refused, bind, binding, binds, bound,
    challenge_of, device_cookies, is_anonymous, offered, only, refresh, refresh_request, register,
    sign_in,
};
use crate::steps::session::page_with;
use crate::world::APP;

/// A day, after which an idle session ends.
const IDLE: u64 = 24 * 3_600;
/// A challenge is good for this long, in seconds.
const CHALLENGE: u64 = 600;

pub(super) async fn d04_a_refresh_takes_a_challenge_and_extends_nothing_else(harness: Harness) {
    let world = binding(harness);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    let session = world.session_cookie();
    let asked = refresh(&world.app(), &bound.name, None).await;
    assert_challenged(&asked, "without a proof");
    let value = asked.header("secure-session-challenge").unwrap();
    assert!(
        value.ends_with(&format!(";id=\"{}\"", bound.name)),
        "{value}"
    );
    let proof = bound.key.proof(&challenge_of(&asked));
    let answer = refresh(&world.app(), &bound.name, Some(&proof)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.headers_named("set-cookie").count(), 1);
    assert_eq!(device_cookies(&answer), 1);
    // The browser refreshes all day, and the person opens nothing.
    for _ in 0..IDLE / 7_200 + 1 {
        world.advance(7_200);
        bound.prove(&world.app()).await;
    }
    let cookies = format!("__Host-fncy_session={session}");
    let device = only(&bound.copy(), DEVICE);
    let cookies = [cookies.as_bytes(), b"; ", &device].concat();
    let answer = world.raw(page_with("/page", &cookies)).await;
    assert_eq!(answer.status, 303, "the session was idle for a day");
    // The device cookie does not outlive the session either.
    world.advance(7 * IDLE);
    let over = refresh(&world.app(), &bound.name, None).await;
    assert_over(&over);
}

pub(super) async fn d09_old_challenges_lead_to_new_ones_and_old_offers_to_nothing(
    harness: Harness,
) {
    let world = binding(harness);
    let (tab, offer) = offered(&world).await;
    world.advance(CHALLENGE + 1);
    let key = DeviceKey::generate().unwrap();
    let late = register(&world.app(), &key.registration(&offer)).await;
    assert_refused(&late, "an old offer");
    drop(tab);
    world.browser.jar().clear();
    let mut bound = bound(&world).await;
    world.advance(CHALLENGE + 1);
    let proof = bound.key.proof(&bound.challenge);
    let late = refresh(&world.app(), &bound.name, Some(&proof)).await;
    assert_challenged(&late, "an old challenge");
    bound.challenge = challenge_of(&late);
    world.advance(CHALLENGE);
    bound.prove(&world.app()).await;
    assert_eq!(bound.text("/page").await, "user=alex");
}

pub(super) async fn d16_clocks_may_differ_by_a_minute(harness: Harness) {
    let world = binding(harness);
    world.advance_server(60);
    let (tab, offer) = offered(&world).await;
    world.turn_server_back(60);
    let mut bound = bind(&world, tab, &offer).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    // An instance that is a minute ahead believes the device cookie for as long as the browser keeps it.
    world.advance_server(GOOD - 1);
    assert_eq!(bound.text("/page").await, "user=alex");
    bound.prove(&world.app()).await;
    world.turn_server_back(60);
    bound.prove(&world.app()).await;
    assert_eq!(bound.text("/page").await, "user=alex");
}

pub(super) async fn d17_two_tabs_share_one_binding(harness: Harness) {
    let world = binding(harness);
    let (tab, offer) = offered(&world).await;
    let key = DeviceKey::generate().unwrap();
    let mut bound = bind(&world, tab, &offer).await;
    // The second tab got the same answer, and takes its offer as well.
    let again = register(&world.app(), &key.registration(&offer)).await;
    assert_refused(&again, "a session is bound once");
    let mut other = world.tab();
    let page = other.get(&format!("{APP}/page")).await;
    assert_eq!(page.text(), "user=alex");
    world.advance(GOOD);
    // Both tabs wait for one refresh, or each sends its own.
    let proof = bound.key.proof(&bound.challenge);
    let app = world.app();
    let (one, other) = tokio::join!(
        refresh(&app, &bound.name, Some(&proof)),
        refresh(&app, &bound.name, Some(&proof))
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(
        statuses,
        [200, 403],
        "one is told to sign another challenge"
    );
    let challenged = if one.status == 403 { one } else { other };
    bound.challenge = challenge_of(&challenged);
    bound.prove(&world.app()).await;
    assert_eq!(bound.text("/page").await, "user=alex");
}

pub(super) async fn d22_a_former_binding_ends_and_disturbs_nobody(harness: Harness) {
    let world = binding(harness);
    let mut former = bound(&world).await;
    assert_eq!(former.text("/page").await, "user=alex");
    // The session ends by itself, and the person signs in again.
    world.advance(IDLE + 1);
    let mut tab = world.tab();
    let offer = sign_in(&world, &mut tab).await;
    let mut bound = bind(&world, tab, &offer).await;
    assert_eq!(bound.text("/page").await, "user=alex");
    former.prove(&world.app()).await;
    assert_eq!(
        world.cookies(DEVICE).len(),
        2,
        "each has a cookie of its own"
    );
    assert_eq!(bound.text("/page").await, "user=alex");
    let request = refresh_request(&former.name, None).with_header("cookie", bound.copy());
    assert_over(&world.app().send(request).await);
    let request = refresh_request(&bound.name, None).with_header("cookie", bound.copy());
    assert_challenged(&world.app().send(request).await, "its own");
    // Another instance with another secret knows neither.
    let other = world.instance(|builder| {
        let secret = "ABCDEFGHIJK0123456789abcdefghijklmnopqrstuvwxyz=";
        binds(builder.cookie_secret(secret))
    });
    let answer = refresh(&other, &bound.name, None).await;
    assert_refused(&answer, "a binding of another secret");
    is_anonymous(&world, &other, &bound.copy()).await;
}
