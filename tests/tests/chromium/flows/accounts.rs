//! How people leave, and become somebody else.

use fncy_login::{Approval, LoginBuilder, NewLogin, Refusal, Setting};

use super::pages::assert_accessible;
use crate::app::app;
use crate::place::Place;

/// A sign-out ends at the provider's.
const SIGNED_OUT: &str = "A stand-in for FNCY, on your machine";
const REFUSED: &str = "You can't sign in here";
const OTHER: &str = "Use another account";

pub(super) async fn a_sign_out_goes_on_to_the_provider_under_a_strict_policy(place: Place) {
    let site = place.app(app);
    let tab = site.tab().await;
    tab.visit("/page").await;
    tab.sign_in().await;
    tab.shows("/page", "Hello, Alex Martin").await;
    tab.visit("/").await;
    tab.shows("/", "Front").await;
    tab.press("Sign out").await;
    tab.shows_provider(SIGNED_OUT).await;
    assert_eq!(tab.cookies().await, [""; 0]);
    tab.visit("/page").await;
    tab.shows_provider("Sign in").await;
}

/// A login that refuses alex.
fn without_alex(login: LoginBuilder) -> LoginBuilder {
    login.on_login(async |login: NewLogin| match login.id() {
        "alex" => Err(Refusal::new("This site is for others.")),
        _ => Ok(Approval::new()),
    })
}

pub(super) async fn whom_on_login_refuses_leaves_the_provider_for_another_account(place: Place) {
    let site = place.app(|login| app(without_alex(login)));
    let tab = site.tab().await;
    tab.visit("/page").await;
    tab.sign_in().await;
    tab.shows("/auth/callback?**", REFUSED).await;
    assert_accessible(&tab).await;
    tab.press(OTHER).await;
    tab.shows_provider(SIGNED_OUT).await;
    tab.visit("/page").await;
    tab.sign_in_as("김하늘").await;
    tab.shows("/page", "Hello, 김하늘").await;
}

pub(super) async fn whom_on_login_refuses_chooses_another_account(place: Place) {
    let site = place.app(|login| app(without_alex(login).set(Setting::SignOutUrl, "")));
    let tab = site.tab_in("ko-KR").await;
    tab.visit("/page").await;
    tab.shows_provider("로그인").await;
    tab.press("Alex Martin").await;
    tab.shows_provider("접근을 허용할까요?").await;
    tab.press("허용").await;
    tab.shows("/auth/callback?**", "이 사이트에 로그인할 수 없어요")
        .await;
    assert_accessible(&tab).await;
    tab.follow("다른 계정 사용").await;
    tab.shows_provider("로그인").await;
    tab.press("김하늘").await;
    tab.shows_provider("접근을 허용할까요?").await;
    tab.press("허용").await;
    tab.shows("/page", "Hello, 김하늘").await;
}

pub(super) async fn whom_a_guard_refuses_chooses_another_account(place: Place) {
    let site = place.app(|login| {
        let login = login.require_prefix("/admin", |user| user.id() == "jun");
        app(login.set(Setting::SignOutUrl, ""))
    });
    let tab = site.tab().await;
    tab.visit("/admin?x=2").await;
    tab.sign_in().await;
    tab.shows("/admin?x=2", "You may not open this").await;
    assert_accessible(&tab).await;
    tab.follow(OTHER).await;
    tab.sign_in_as("Jun Park").await;
    tab.shows("/admin?x=2", "Hello, Jun Park").await;
}
