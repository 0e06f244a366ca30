//! The provider's answer in the callback decides: errors, another issuer, another user (rows C9 to C12, C14, C18, C25).

use fncy_dev_server::Endpoint;
use fncy_login::Setting;

use crate::harness::Harness;
use crate::steps::callback::{assert_failure, callback, state_of};
use crate::steps::session_cookie::session;
use crate::world::World;

pub(super) async fn c09_a_cancelled_sign_in_shows_its_page(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/", "alex").await;
    let before = world.session_cookie();
    let location = world.start(&mut tab, "/auth/login?return_to=/page").await;
    let other = world
        .start(&mut tab.clone(), "/auth/login?return_to=/x")
        .await;
    let cancelled = world.cancel(&location, "haneul").await;
    let page = tab.visit(&cancelled).await;
    assert_failure(&page, 403, "access_denied");
    assert_eq!(page.links()[0].href, "/auth/login?return_to=%2Fpage");
    let after = world.session_cookie();
    assert_eq!(before, after, "an older session stays as it was");
    assert_eq!(
        world.cookies("__Host-fncy_login").len(),
        1,
        "only its own login is cleared"
    );

    world.browser.jar().remove("__Host-fncy_session");
    let unknown = callback(&mut tab, "error=access_denied&state=unknown").await;
    assert_failure(&unknown, 400, "login_expired");
    assert_eq!(unknown.header("set-cookie"), None);
    let finished = world.approve(&other, "alex").await;
    assert_eq!(tab.visit(&finished).await.url.path(), "/x");
}

pub(super) async fn c11_nothing_of_an_error_is_reflected(harness: Harness) {
    let world = World::new(harness);
    for error in [
        "server_error",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "access_denied",
    ] {
        let mut tab = world.stranger().tab();
        let state = state_of(&world.start(&mut tab, "/page").await);
        let query = format!(
            "error={error}&error_description=%3Cscript%3Eevil&error_uri=javascript:evil&code=c&state={state}"
        );
        let page = callback(&mut tab, &query).await;
        let text = page.text();
        assert!(
            matches!(page.status, 403 | 502) && !text.contains("evil") && !text.contains("<script")
        );
        for reflected in ["javascript:evil", "<script"] {
            assert!(!world.logged().contains(reflected), "{reflected}");
        }
    }
    assert_eq!(world.token_requests(), 0, "an error wins over a code");
}

pub(super) async fn c14_another_issuer_is_refused(harness: Harness) {
    let issuer = "https://fncy.example";
    for (sent, status) in [
        (None, 400),
        (Some("https://evil.example"), 400),
        (Some(issuer), 303),
    ] {
        let world = World::with(harness, |setup| {
            setup.provider = setup.provider.clone().issuer(sent.map(str::to_owned));
            setup.login = Box::new(move |builder| builder.set(Setting::Issuer, issuer));
        });
        let mut tab = world.tab();
        let location = world.start(&mut tab, "/page").await;
        let answer = world.approve(&location, "alex").await;
        let page = tab.get(&answer).await;
        assert_eq!(page.status, status, "{sent:?}");
        assert_eq!(world.token_requests(), u64::from(status == 303));
        if status == 400 {
            assert_failure(&page, 400, "wrong_issuer");
        }
    }
}

pub(super) async fn c18_another_user_replaces_the_session_wholly(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/", "alex").await;
    let first = world.session_cookie();
    for (user, revocations) in [("alex", 0), ("jun", 1)] {
        let location = world.start(&mut tab, "/auth/login?return_to=/page").await;
        let answer = world.approve(&location, user).await;
        let page = tab.visit(&answer).await;
        assert_eq!(page.text(), format!("user={user}"));
        world.until_revocations(revocations).await;
        assert_eq!(world.provider.request_count(Endpoint::Revoke), revocations);
    }
    let second = world.session_cookie();
    assert_ne!(first, second);
    let copy = world.ask("/page", session(&first)).await;
    assert_eq!(copy.status, 401, "the older session is over");
    let revoked = &world.provider.requests(Endpoint::Revoke)[0];
    assert_eq!(revoked.status, Some(200));
}

pub(super) async fn c25_an_error_that_no_standard_names_is_a_refusal(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    for error in [
        "user_cancelled_login",
        "access%20denied",
        "%EA%B1%B0%EB%B6%80",
        "",
        "login_required",
    ] {
        let state = state_of(&world.start(&mut tab, "/page").await);
        let page = callback(&mut tab, &format!("error={error}&state={state}")).await;
        assert_failure(&page, 403, "sign_in_declined");
        assert!(page.text().contains("FNCY did not let you in"));
        assert_eq!(page.links()[0].href, "/auth/login?return_to=%2Fpage");
    }
    let logged = world.logged();
    let mut lines = logged
        .lines()
        .filter(|line| line.contains("sign_in_declined"));
    assert!(
        lines.next().is_some_and(|line| line.contains("WARN")),
        "{logged}"
    );
    // What is about the request is still for those who run the site.
    for (error, status, code) in [
        ("server_error", 502, "provider_refused"),
        ("invalid_scope", 502, "provider_refused"),
        ("temporarily_unavailable", 503, "provider_unavailable"),
        ("unauthorized_client", 502, "provider_refused"),
    ] {
        let state = state_of(&world.start(&mut tab, "/page").await);
        let page = callback(&mut tab, &format!("error={error}&state={state}")).await;
        assert_failure(&page, status, code);
    }
    // Any person can send them.
    let logged = world.logged();
    let mut errors = logged.lines().filter(|line| line.contains(" ERROR "));
    assert_eq!(errors.next(), None);
}

pub(super) async fn c25_an_error_without_a_state_is_told(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    for query in [
        "error=access_denied",
        "error=access_denied&state=",
        "error=x&code=c",
    ] {
        let page = callback(&mut tab, query).await;
        assert_failure(&page, 400, "state_missing");
        assert!(page.text().contains("<h1>You are not signed in</h1>"));
        assert_eq!(page.links()[0].href, "/auth/login?return_to=%2F");
        assert_eq!(page.header("set-cookie"), None);
    }
    // No sign-in of this browser was touched, and a session stays as it is.
    let finished = world.approve(&location, "alex").await;
    assert_eq!(tab.visit(&finished).await.text(), "user=alex");
    let page = callback(&mut tab, "error=access_denied").await;
    assert_eq!((page.status, page.header("location")), (303, Some("/")));
}
