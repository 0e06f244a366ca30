//! What every page keeps to, whoever looks at it.

use fncy_dev_server::Endpoint;
use url::Url;

use crate::place::Place;
use crate::tab::Tab;

/// A phone and a desk, light and dark.
const LOOKS: [(u32, &str); 4] = [
    (390, "light"),
    (390, "dark"),
    (1_100, "light"),
    (1_100, "dark"),
];

pub(super) async fn assert_accessible(tab: &Tab) {
    for (width, scheme) in LOOKS {
        let found = tab.violations(width, scheme).await;
        assert_eq!(found, [""; 0], "{width} {scheme}: {}", tab.text().await);
    }
}

pub(super) async fn every_page_is_accessible(place: Place) {
    let site = place.site();
    let tab = site.tab().await;
    for (path, heading) in [
        ("/", "Nobody is signed in"),
        (
            "/auth/callback?code=c&state=s",
            "This sign-in can't be continued",
        ),
        ("/auth/logout", "You are signed out"),
    ] {
        tab.visit(path).await;
        tab.shows(path, heading).await;
        assert_accessible(&tab).await;
    }
    tab.visit("/protected").await;
    tab.shows_provider("Sign in").await;
    assert_accessible(&tab).await;
    tab.press("Alex Martin").await;
    tab.shows_provider("Allow access?").await;
    assert_accessible(&tab).await;
    tab.press("Cancel").await;
    tab.shows("/auth/callback?**", "You are not signed in")
        .await;
    assert_accessible(&tab).await;
    tab.post("/protected").await;
    tab.shows("/protected", "Please sign in, and send the form again")
        .await;
    assert_accessible(&tab).await;
    tab.visit("/protected").await;
    tab.shows_provider("Allow access?").await;
    tab.press("Allow").await;
    for (path, heading) in [
        ("/protected", "Members only"),
        ("/", "Hello, Alex Martin"),
        ("/profile", "Your data"),
        ("/auth/signed-in", "You are signed in"),
        ("/auth/logout", "Sign out?"),
    ] {
        tab.visit(path).await;
        tab.shows(path, heading).await;
        assert_accessible(&tab).await;
    }
}

pub(super) async fn every_page_of_a_way_out_is_accessible(place: Place) {
    let site = place.site();
    let tab = site.tab().await;
    let cancelled = "/auth/callback?error=access_denied";
    tab.visit(cancelled).await;
    tab.shows(cancelled, "You are not signed in").await;
    assert_accessible(&tab).await;
    tab.visit("/protected").await;
    tab.shows_provider("Sign in").await;
    let asked = site.world.provider.url(Endpoint::Authorize);
    let asked = Url::parse(&tab.requested(&asked).await).unwrap();
    let (_, state) = asked
        .query_pairs()
        .find(|(name, _)| name == "state")
        .unwrap();
    let declined = format!("/auth/callback?error=user_cancelled_login&state={state}");
    tab.visit(&declined).await;
    tab.shows(&declined, "FNCY did not let you in").await;
    assert_accessible(&tab).await;
    tab.follow("Sign in").await;
    tab.sign_in().await;
    tab.shows("/protected", "Members only").await;
    tab.hold(&site.world.provider.sign_out_url()).await;
    tab.press("Sign out").await;
    tab.shows("/auth/logout", "You are signed out of this site")
        .await;
    assert_accessible(&tab).await;
}

pub(super) async fn a_reader_of_korean_signs_in_and_out_in_korean(place: Place) {
    let site = place.site();
    let tab = site.tab_in("ko-KR").await;
    let callback = "/auth/callback?code=c&state=s";
    tab.visit(callback).await;
    tab.shows(callback, "이 로그인을 계속할 수 없어요").await;
    assert_accessible(&tab).await;
    tab.follow("로그인").await;
    tab.shows_provider("로그인").await;
    assert_accessible(&tab).await;
    tab.press("김하늘").await;
    tab.shows_provider("접근을 허용할까요?").await;
    assert_accessible(&tab).await;
    tab.press("허용").await;
    tab.shows("/", "Hello, 김하늘").await;
    tab.visit("/auth/logout").await;
    tab.shows("/auth/logout", "로그아웃할까요?").await;
    assert_accessible(&tab).await;
    tab.press("로그아웃").await;
    tab.shows_provider("A stand-in for FNCY, on your machine")
        .await;
    assert_accessible(&tab).await;
}
