//! Keys of an address, on a clock that stands still.

use std::time::Duration;

use fncy_login_core::BearerRefusal;
use tokio::time::{advance, sleep};

use super::signer::{Setup, Signer, set_of};
use crate::bearer::jwt::jwt_keys::JwtKeys;
use crate::bearer::jwt::remote_keys::{AFTER_FAILURE, FRESH, KEPT, QUIET};

fn remote() -> Setup {
    Setup::new(&JwtKeys::from_url("https://fncy.example/jwks"))
}

async fn is_unavailable(setup: &Setup, token: &str) -> bool {
    matches!(
        setup.check(token).await,
        Err(BearerRefusal::Unavailable {
            retry_after: 10,
            ..
        })
    )
}

/// Longer than an answer takes.
async fn answered() {
    sleep(Duration::from_secs(3)).await;
}

#[tokio::test(start_paused = true)]
async fn all_first_tokens_share_one_question() {
    let (setup, signer) = (remote(), Signer::new("a"));
    setup.provider.will_answer(200, set_of(&[signer.jwk()]));
    let token = signer.token();
    let (one, two, three) = tokio::join!(
        setup.accepts(&token),
        setup.accepts(&token),
        setup.accepts("e30.e30.AAAA")
    );
    assert!(one && two && !three);
    assert!(setup.accepts(&token).await);
    assert_eq!(setup.provider.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_key_id_asks_once_a_minute() {
    let (setup, old, new) = (remote(), Signer::new("old"), Signer::new("new"));
    setup.provider.will_answer(200, set_of(&[old.jwk()]));
    assert!(setup.accepts(&old.token()).await);
    let unknown = "no key has the key ID of the token";
    for _ in 0..100 {
        assert_eq!(
            setup.reason(&Signer::new("invented").token()).await,
            unknown
        );
    }
    assert_eq!(setup.provider.asked(), 1, "the keys were just read");

    advance(QUIET).await;
    setup
        .provider
        .will_answer(200, set_of(&[new.jwk(), old.jwk()]));
    let (invented, token) = (Signer::new("invented").token(), new.token());
    let (first, second) = tokio::join!(setup.reason(&invented), setup.accepts(&token));
    assert_eq!((first, second), (unknown, true));
    assert_eq!(setup.provider.asked(), 2);
    assert!(setup.accepts(&old.token()).await);

    advance(QUIET).await;
    // The key has this ID, and is another kind of key.
    let unfit = new.token_of(r#"{"typ":"at+jwt","alg":"RS256","kid":"new"}"#, "{}");
    assert_eq!(
        setup.reason(&unfit).await,
        "not one key fits the algorithm of the token"
    );
    assert_eq!(setup.provider.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn old_keys_are_read_again_and_no_request_waits() {
    let (setup, old, new) = (remote(), Signer::new("old"), Signer::new("new"));
    setup.provider.will_answer(200, set_of(&[old.jwk()]));
    assert!(setup.accepts(&old.token()).await);
    advance(FRESH).await;
    setup.provider.will_answer(200, set_of(&[new.jwk()]));
    assert!(
        setup.accepts(&old.token()).await,
        "the last use of the old keys"
    );
    answered().await;
    assert!(!setup.accepts(&old.token()).await);
    assert!(setup.accepts(&new.token()).await);
    assert_eq!(setup.provider.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn keys_outlive_an_outage_for_an_hour() {
    let (setup, signer) = (remote(), Signer::new("a"));
    let token = signer.token();
    setup.provider.will_answer(200, set_of(&[signer.jwk()]));
    assert!(setup.accepts(&token).await);
    advance(FRESH).await;
    // Each of these is no key set, and the provider can't be reached after them.
    setup
        .provider
        .will_answer(503, set_of(&[Signer::new("b").jwk()]));
    setup.provider.will_answer(200, "<html>busy</html>");
    setup.provider.will_answer(200, set_of(&[]));
    for asked in 2..=5 {
        assert!(setup.accepts(&token).await && setup.accepts(&token).await);
        answered().await;
        assert_eq!(setup.provider.asked(), asked);
        advance(AFTER_FAILURE).await;
    }
    advance(KEPT - FRESH).await;
    assert!(is_unavailable(&setup, &token).await);

    advance(AFTER_FAILURE).await;
    setup.provider.will_answer(200, set_of(&[signer.jwk()]));
    assert!(setup.accepts(&token).await);
}

#[tokio::test(start_paused = true)]
async fn without_keys_a_token_is_neither_accepted_nor_refused() {
    let (setup, signer) = (remote(), Signer::new("a"));
    let token = signer.token();
    for asked in [1, 1, 1] {
        assert!(is_unavailable(&setup, &token).await);
        assert_eq!(
            setup.provider.asked(),
            asked,
            "it is asked every ten seconds"
        );
    }
    // What no key could make good is refused.
    assert!(matches!(
        setup.check("x").await,
        Err(BearerRefusal::Invalid(_))
    ));
    advance(AFTER_FAILURE).await;
    setup.provider.will_answer(200, set_of(&[signer.jwk()]));
    assert!(setup.accepts(&token).await);
}
