//! A Redis that is restored from an older dump (row XR17).

use std::time::Duration;

use fncy_login::Timestamp;
use fncy_login::store::{
    Revocations as _, RevokedSession, SessionId, SessionRef, SharedStore as _,
};
use fncy_login_redis::RedisStore;
use tokio::time::sleep;

use super::Redis;

fn session(number: u8) -> SessionRef {
    let [issued, ends] = [1_000_000, 1_600_000].map(Timestamp::from_unix);
    SessionRef::new(SessionId::from_bytes([number; 16]), 0, issued, ends)
}

async fn sign_out(store: &RedisStore, number: u8) {
    let revoked = RevokedSession::new(session(number), "alex");
    store.revoke(revoked).await.unwrap();
}

/// Whether a store says so within some seconds.
async fn is_soon_revoked(store: &RedisStore, number: u8) -> bool {
    for _ in 0..60 {
        if store.is_revoked(session(number), "alex").await == Ok(true) {
            return true;
        }
        sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn xr17_sign_outs_since_a_dump_are_known_while_an_instance_runs_that_knows_them() {
    let Some(mut redis) = Redis::start().await else {
        return;
    };
    let running = redis.instance();
    sign_out(&running, 1).await;
    redis.tell(&["save"]);
    sign_out(&running, 2).await;
    running.flush().await.unwrap();
    redis.restart().await;
    let new = redis.instance();
    assert!(is_soon_revoked(&new, 1).await, "it is in the dump");
    assert!(
        is_soon_revoked(&new, 2).await,
        "the running instance tells it"
    );

    sign_out(&running, 3).await;
    drop((running, new));
    redis.restart().await;
    let new = redis.instance();
    assert!(is_soon_revoked(&new, 1).await, "it is in the dump");
    assert!(
        !is_soon_revoked(&new, 3).await,
        "no instance is left that knows it"
    );
}
