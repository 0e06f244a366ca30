//! The memory of renewals on a clock that stands still.

use std::sync::Arc;
use std::time::Duration;

use fncy_login_core::{
    Answer, ProviderAnswer, Renew, RenewalFailure, Secret, SessionRef, Timestamp,
};
use tokio::time::advance;

use super::{Entered, Renewals, Renewed};
use crate::{Login, Setting};

const NOW: Timestamp = Timestamp::from_unix(1_000_000);

fn login() -> Login {
    Login::builder()
        .set(Setting::BaseUrl, "http://127.0.0.1:9")
        .set(Setting::ClientId, "id")
        .set(Setting::ClientSecret, "secret")
        .set(Setting::RedirectUri, "https://app.example/auth/callback")
        .set(Setting::UserinfoUrl, "http://127.0.0.1:9/user")
        .set(
            Setting::CookieSecret,
            "0123456789abcdef0123456789abcdefghijklmnopqr",
        )
        .build()
        .unwrap()
}

fn renew(login: &Login, token: &str, generation: u32) -> Renew {
    let refresh_token = Secret::new(token.to_owned());
    Renew {
        key: login.0.core.token_digest(&refresh_token),
        refresh_token,
        session: SessionRef {
            id: [7; 16],
            generation,
            ends: NOW.plus(1_000_000),
        },
        user_id: "alex".to_owned(),
        reads_user: false,
        is_urgent: true,
    }
}

fn answered(login: &Login, renew: &Renew, body: &str) -> Renewed {
    let answer = Answer::Response(ProviderAnswer {
        status: 200,
        retry_after: None,
        body: body.as_bytes().to_vec(),
    });
    login
        .0
        .core
        .judge_renewal(renew, &answer, NOW)
        .map(Arc::new)
}

const ROTATED: &str = r#"{"access_token":"a2","refresh_token":"r2","expires_in":7200}"#;

/// What a request with this refresh token finds.
fn finds(renewals: &Renewals, renew: &Renew, time: Timestamp) -> &'static str {
    match renewals.enter(renew, time, true) {
        Entered::Known(_) => "a successor",
        Entered::Joined(_) => "company",
        Entered::First(..) => "nobody",
        Entered::Failed(RenewalFailure::Refused) => "a refusal",
        Entered::Failed(_) => "a closed door",
    }
}

/// Renewals in which this one has ended.
fn after(renew: &Renew, renewed: &Renewed) -> Renewals {
    let renewals = Renewals::default();
    assert_eq!(finds(&renewals, renew, NOW), "nobody");
    assert_eq!(finds(&renewals, renew, NOW), "company");
    renewals.finish(renew, renewed);
    renewals
}

#[tokio::test(start_paused = true)]
async fn f03_a_successor_is_kept_an_hour_or_a_minute_after_it_was_shown() {
    let login = login();
    let old = renew(&login, "r1", 0);
    let renewals = after(&old, &answered(&login, &old, ROTATED));
    advance(Duration::from_secs(3_599)).await;
    assert_eq!(finds(&renewals, &old, NOW), "a successor");
    advance(Duration::from_secs(1)).await;
    assert_eq!(finds(&renewals, &old, NOW), "nobody");

    let renewals = after(&old, &answered(&login, &old, ROTATED));
    renewals.confirm(|| old.session);
    advance(Duration::from_secs(120)).await;
    assert_eq!(
        finds(&renewals, &old, NOW),
        "a successor",
        "that was the old generation"
    );
    renewals.confirm(|| renew(&login, "r2", 1).session);
    advance(Duration::from_secs(59)).await;
    assert_eq!(finds(&renewals, &old, NOW), "a successor");
    advance(Duration::from_secs(1)).await;
    assert_eq!(finds(&renewals, &old, NOW), "nobody");
}

#[tokio::test(start_paused = true)]
async fn a_successor_whose_token_expired_leads_on() {
    let login = login();
    let old = renew(&login, "r1", 0);
    let renewed = answered(&login, &old, ROTATED);
    let renewals = after(&old, &renewed);
    let late = NOW.plus(7_200);
    assert_eq!(finds(&renewals, &old, late), "a successor");
    let next = old.again(&renewed.unwrap()).unwrap();
    assert_eq!(finds(&renewals, &next, late), "nobody");
}

#[tokio::test(start_paused = true)]
async fn p21_without_rotation_the_same_token_is_used_again() {
    let login = login();
    let old = renew(&login, "r1", 0);
    let body = r#"{"access_token":"a2","expires_in":7200}"#;
    let renewals = after(&old, &answered(&login, &old, body));
    assert_eq!(finds(&renewals, &old, NOW), "a successor");
    assert_eq!(finds(&renewals, &old, NOW.plus(7_200)), "nobody");
    let renewals = after(&old, &answered(&login, &old, body));
    let newer = renew(&login, "r1", 1);
    assert_eq!(
        finds(&renewals, &newer, NOW),
        "nobody",
        "it has that successor already"
    );
}

#[tokio::test(start_paused = true)]
async fn p23_a_refusal_is_remembered() {
    let login = login();
    let old = renew(&login, "r1", 0);
    let renewals = after(&old, &Err(RenewalFailure::Refused));
    assert_eq!(finds(&renewals, &old, NOW), "a refusal");
    assert_eq!(finds(&renewals, &renew(&login, "r9", 0), NOW), "nobody");
    advance(Duration::from_secs(3_600)).await;
    assert_eq!(finds(&renewals, &old, NOW), "nobody");
}

#[tokio::test(start_paused = true)]
async fn f09_p27_an_overloaded_provider_is_left_alone_by_everybody() {
    let login = login();
    let old = renew(&login, "r1", 0);
    let renewals = after(&old, &Err(RenewalFailure::Unavailable { retry_after: 7 }));
    let other = renew(&login, "r9", 0);
    advance(Duration::from_secs(6)).await;
    assert_eq!(finds(&renewals, &other, NOW), "a closed door");
    advance(Duration::from_secs(1)).await;
    assert_eq!(finds(&renewals, &other, NOW), "nobody");
}

#[tokio::test(start_paused = true)]
async fn p18_after_a_stillborn_token_its_session_rests() {
    let login = login();
    let old = renew(&login, "r1", 0);
    let body = r#"{"access_token":"a2","refresh_token":"r2","expires_in":0}"#;
    let renewed = answered(&login, &old, body);
    let renewals = after(&old, &renewed);
    let next = old.again(&renewed.unwrap()).unwrap();
    assert_eq!(finds(&renewals, &next, NOW), "a closed door");
    advance(Duration::from_secs(10)).await;
    assert_eq!(finds(&renewals, &next, NOW), "nobody");
}

#[tokio::test(start_paused = true)]
async fn without_a_free_connection_only_urgent_ones_start() {
    let login = login();
    let old = renew(&login, "r1", 0);
    let renewals = Renewals::default();
    let entered = renewals.enter(&old, NOW, false);
    assert!(matches!(
        entered,
        Entered::Failed(RenewalFailure::Unavailable { .. })
    ));
    assert_eq!(finds(&renewals, &old, NOW), "nobody");
}
