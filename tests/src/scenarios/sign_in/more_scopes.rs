//! More scopes for a person who is signed in: the session is kept (row S2).

use fncy_dev_server::{DemoUser, Endpoint};
use fncy_login::{Approval, LoginBuilder, NewLogin, Refusal, SignInOptions};
use serde_json::{Value, json};

use crate::browser::{Page, RawRequest, Tab};
use crate::harness::Harness;
use crate::steps::callback::{assert_failure, query};
use crate::steps::session::{
    LIFE, Shown, page_with, refreshes, revoked, sets_session, shown, shown_on, signed_in,
};
use crate::world::{APP, World};

const LINK: &str = "/auth/login?with=calendar&return_to=/about";

/// Sessions have data, which differ for each sign-in.
fn calendar(builder: LoginBuilder) -> LoginBuilder {
    let options = SignInOptions::new().scope("calendar.read");
    builder
        .scopes(["profile", "email"])
        .intent("calendar", options)
        .on_login(async |login: NewLogin| {
            if login.id() == "jun" && login.keeps_session() {
                return Err(Refusal::new("Not for jun."));
            }
            Ok(Approval::with_data(&json!(login.keeps_session()))?)
        })
}

fn world(harness: Harness) -> World {
    World::with(harness, |setup| {
        setup.login = Box::new(calendar);
        let mina = DemoUser::new("mina", "Mina").with_scopes(["profile", "email"]);
        let others = ["alex", "haneul", "jun"].map(|id| DemoUser::new(id, id));
        let users = others.into_iter().chain([mina]).collect();
        setup.provider = std::mem::take(&mut setup.provider).users(users);
    })
}

async fn signed_in_as(world: &World, user: &str) -> (Tab, Shown) {
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", user).await;
    // The count of sign-ins is forgotten.
    world.advance(70);
    let before = shown(&mut tab).await;
    (tab, before)
}

/// Clicks a link of the page in the tab, and follows redirects.
async fn click(tab: &mut Tab, path: &str) -> Page {
    let page = tab.click(&format!("{APP}{path}")).await;
    tab.follow_all(page).await
}

/// Asks for more scopes, and comes back as this user.
async fn come_back(world: &World, tab: &mut Tab, user: &str) -> Page {
    let location = world.start_by_link(tab, LINK).await;
    let answer = world.provider.approve(&location, user).unwrap();
    tab.visit(&answer).await
}

pub(super) async fn s02_more_scopes_keep_the_session(harness: Harness) {
    let world = world(harness);
    let (mut tab, before) = signed_in_as(&world, "alex").await;
    assert_eq!(before.scopes, "email profile");
    let mut other = world.tab();
    other.visit(&format!("{APP}/page")).await;
    let old_token = tab.visit(&format!("{APP}/token")).await.text().into_owned();
    let consent = click(&mut tab, LINK).await;
    assert_eq!(
        other.visit(&format!("{APP}/page")).await.text(),
        "user=alex"
    );
    let page = world.consent(&mut tab, consent, "allow").await;
    let after = shown_on(&page);
    assert_eq!(
        after,
        Shown {
            generation: before.generation + 2,
            scopes: "calendar.read email profile".to_owned(),
            ..before
        }
    );
    assert!(
        after.kept.contains("false"),
        "the data stay: {}",
        after.kept
    );
    assert_eq!(shown(&mut other).await, after);
    let token = tab.visit(&format!("{APP}/token")).await.text().into_owned();
    assert_ne!(token, old_token);
    assert_eq!(world.cookies("__Host-fncy_round"), [""; 0]);
    assert_eq!(world.cookies("__Host-fncy_login"), [""; 0]);
    // A refresh keeps the scopes.
    world.advance(LIFE);
    let refreshed = shown(&mut tab).await;
    assert_eq!(refreshed.generation, after.generation + 1);
    assert_eq!(
        (refreshed.scopes, refreshed.kept),
        (after.scopes, after.kept)
    );
    assert_eq!(revoked(&world), [""; 0]);
    // The next request asks for all of them.
    let location = world.start_by_link(&mut tab, LINK).await;
    assert_eq!(query(&location, "scope"), "calendar.read email profile");
}

/// The page, the session and the tokens after a sign-in that brings less.
async fn assert_unchanged(world: &World, tab: &mut Tab, page: &Page, before: &Shown) {
    assert_eq!(page.links()[0].href, "/about", "a way on");
    assert_eq!(
        page.header("set-cookie")
            .map(|line| line.contains("session")),
        Some(false)
    );
    assert_eq!(shown(tab).await, *before);
    assert_eq!(tab.visit(&format!("{APP}/token")).await.status, 200);
    assert_eq!(world.cookies("__Host-fncy_login"), [""; 0]);
}

pub(super) async fn s02_less_granted_keeps_the_old_scopes(harness: Harness) {
    let world = world(harness);
    let (mut tab, before) = signed_in_as(&world, "mina").await;
    let page = come_back(&world, &mut tab, "mina").await;
    assert_failure(&page, 403, "insufficient_scope");
    assert_unchanged(&world, &mut tab, &page, &before).await;
    assert_eq!(revoked(&world), [""; 0], "the grant is the session's too");
}

pub(super) async fn s02_a_cancelled_request_keeps_the_old_scopes(harness: Harness) {
    let world = world(harness);
    let (mut tab, before) = signed_in_as(&world, "alex").await;
    let consent = click(&mut tab, LINK).await;
    let page = world.consent(&mut tab, consent, "cancel").await;
    assert_failure(&page, 403, "insufficient_scope");
    assert_unchanged(&world, &mut tab, &page, &before).await;
    // A person without a session is told otherwise.
    let mut stranger = world.stranger().tab();
    let location = world.start(&mut stranger, LINK).await;
    let answer = world.cancel(&location, "alex").await;
    let page = stranger.visit(&answer).await;
    assert_failure(&page, 403, "access_denied");
}

pub(super) async fn s02_another_user_is_refused(harness: Harness) {
    let world = world(harness);
    let (mut tab, before) = signed_in_as(&world, "alex").await;
    let page = come_back(&world, &mut tab, "haneul").await;
    assert_failure(&page, 403, "other_user");
    world.until_revocations(1).await;
    let last = world.provider.issued_secrets();
    let token = revoked(&world).remove(0);
    assert!(last.contains(&token));
    assert_unchanged(&world, &mut tab, &page, &before).await;
}

pub(super) async fn s02_a_session_that_is_gone_is_a_new_sign_in(harness: Harness) {
    let world = world(harness);
    let (mut tab, before) = signed_in_as(&world, "alex").await;
    let location = world.start_by_link(&mut tab, LINK).await;
    world.browser.jar().remove("__Host-fncy_session");
    let answer = world.provider.approve(&location, "alex").unwrap();
    let after = shown_on(&tab.visit(&answer).await);
    assert_ne!(after.kept, before.kept);
    assert_eq!(
        (after.generation, &*after.scopes),
        (0, "calendar.read email profile")
    );
    // Another session of the same user is no session to keep, either.
    let location = world.start_by_link(&mut tab, LINK).await;
    let plain = world.start(&mut tab, "/auth/login?return_to=/about").await;
    let answer = world.provider.approve(&plain, "alex").unwrap();
    let between = shown_on(&tab.visit(&answer).await);
    let answer = world.provider.approve(&location, "alex").unwrap();
    let last = shown_on(&tab.visit(&answer).await);
    assert_ne!(last.kept, between.kept);
    assert_eq!(last.generation, 0);
    // Another user's session stays.
    let location = world.start_by_link(&mut tab, LINK).await;
    let plain = world.start(&mut tab, "/auth/login?return_to=/about").await;
    let answer = world.provider.approve(&plain, "haneul").unwrap();
    let theirs = shown_on(&tab.visit(&answer).await);
    let answer = world.provider.approve(&location, "alex").unwrap();
    let page = tab.visit(&answer).await;
    assert_failure(&page, 403, "other_user");
    assert_eq!(shown(&mut tab).await, theirs);
    // A session that ended in another tab does not come back.
    let location = world.start_by_link(&mut tab, LINK).await;
    world.login.end_all_sessions("haneul").await.unwrap();
    let answer = world.provider.approve(&location, "haneul").unwrap();
    let after = shown_on(&tab.visit(&answer).await);
    assert_ne!(after.kept, theirs.kept);
}

pub(super) async fn s02_a_refresh_of_the_old_tokens_does_not_win(harness: Harness) {
    let world = world(harness);
    let (mut tab, before) = signed_in_as(&world, "alex").await;
    let old = world.cookie_header();
    let after = shown_on(&come_back(&world, &mut tab, "alex").await);
    // Another tab has sent the old cookie, whose access token is about to expire.
    world.advance(LIFE - 15);
    let late = world.raw(page_with("/about", &old)).await;
    assert_eq!(late.status, 200);
    assert_eq!(
        refreshes(&world),
        2,
        "the sign-in for more, and the refresh"
    );
    assert!(!sets_session(&late));
    let now = shown(&mut tab).await;
    assert_eq!((now.scopes, now.kept), (after.scopes, before.kept));
}

pub(super) async fn s02_a_guard_offers_its_scope(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            calendar(builder)
                .require_scope_prefix("/calendar", "calendar.read")
                .require_scope_prefix("/mail", "mail.read")
                .require_prefix("/calendar/admin", |_| false)
        });
    });
    let mut tab = signed_in(&world).await;
    let refused = tab.visit(&format!("{APP}/calendar?x=1")).await;
    assert_failure(&refused, 403, "insufficient_scope");
    let offer = "/auth/login?return_to=%2Fcalendar%3Fx%3D1&with=calendar";
    assert_eq!(refused.links()[0].href, offer);
    let told = tab.fetch(&format!("{APP}/calendar")).await;
    assert_eq!(told.status, 403);
    let json: Value = serde_json::from_str(&told.text()).unwrap();
    assert_eq!(json["code"], "insufficient_scope");
    assert_eq!(json["login_url"], offer);
    let challenge =
        r#"FncyLogin login_url="/auth/login", error="insufficient_scope", scope="calendar.read""#;
    assert_eq!(told.header("www-authenticate"), Some(challenge));
    // Without an intent there is nothing to offer but another account.
    let mail = tab.visit(&format!("{APP}/mail")).await;
    assert_failure(&mail, 403, "insufficient_scope");
    assert!(!mail.text().contains("with="), "{}", mail.text());
    assert!(mail.text().contains("Use another account"));
    let told = tab.fetch(&format!("{APP}/mail")).await;
    assert!(!told.text().contains("login_url"));
    // What no sign-in changes comes first.
    let admin = tab.visit(&format!("{APP}/calendar/admin")).await;
    assert_failure(&admin, 403, "forbidden");
    if harness != Harness::Poem {
        let routed = tab.visit(&format!("{APP}/needs/write")).await;
        assert_failure(&routed, 403, "insufficient_scope");
    }
    let refused = tab.visit(&format!("{APP}/calendar?x=1")).await;
    let consent = tab.click_link(&refused, "Allow access").await;
    let page = world.consent(&mut tab, consent, "allow").await;
    assert_eq!(page.url.as_str(), format!("{APP}/calendar?x=1"));
    assert_eq!(page.text(), "user=alex");
}

pub(super) async fn s02_on_login_can_refuse_and_changes_no_data(harness: Harness) {
    let world = world(harness);
    let (mut tab, before) = signed_in_as(&world, "jun").await;
    let page = come_back(&world, &mut tab, "jun").await;
    assert_failure(&page, 403, "login_refused");
    assert!(page.text().contains("Not for jun."));
    assert_eq!(shown(&mut tab).await, before);
    assert_eq!(world.provider.request_count(Endpoint::Revoke), 0);
}

pub(super) async fn s02_only_a_page_of_ours_gets_more_scopes(harness: Harness) {
    let world = world(harness);
    let (mut tab, before) = signed_in_as(&world, "alex").await;
    let cookies = world.cookie_header();
    let asked = |path: &str, name: &str, value: &str| {
        world.raw(page_with(path, &cookies).with_header(name, value))
    };
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("referer", "https://evil.example/"),
        ("referer", "https://app.example.evil/"),
        ("x-nothing", ""),
    ] {
        for query in ["", "&max_age=60", "&account=another"] {
            let link = format!("/auth/login?return_to=%2Fabout&with=calendar{query}");
            let refused = asked(&link, name, value).await;
            assert_eq!(refused.status, 403, "{name}: {value}");
            assert_eq!(refused.header("set-cookie"), None, "{name}: {value}");
            let text = refused.text();
            assert!(text.contains("insufficient_scope"), "{text}");
            let href = link.replace('&', "&amp;");
            assert!(text.contains(&format!("href=\"{href}\"")), "{text}");
        }
    }
    for (name, value) in [
        ("sec-fetch-site", "same-origin"),
        ("referer", "https://app.example/about?x=1"),
    ] {
        let location = asked(LINK, name, value).await;
        let location = location.header("location").unwrap();
        assert_eq!(query(location, "scope"), "calendar.read email profile");
    }
    assert_eq!(shown(&mut tab).await, before);
    // Without more scopes, a link of another site signs in as before.
    let plain = "/auth/login?return_to=/about";
    let plain = asked(plain, "sec-fetch-site", "cross-site").await;
    let location = plain.header("location").unwrap();
    assert_eq!(query(location, "scope"), "profile email");
    let recent = "/auth/login?max_age=60";
    let recent = asked(recent, "sec-fetch-site", "cross-site").await;
    let location = recent.header("location").unwrap();
    assert_eq!(query(location, "scope"), "email profile");
    // A visitor who comes from another site gets no more scopes, either.
    let request = page_with(LINK, "").with_header("sec-fetch-site", "cross-site");
    let visitor = world.raw(request).await;
    let location = visitor.header("location").unwrap();
    assert_eq!(query(location, "scope"), "profile email");
}

pub(super) async fn s02_a_handler_that_asks_for_more_is_no_loop(harness: Harness) {
    const START: &str = "/start?scope=calendar.read";
    let world = world(harness);
    let (mut tab, before) = signed_in_as(&world, "alex").await;
    let asked = |method: fn(&str, &[u8]) -> RawRequest, header: (&str, &str)| {
        let (name, value) = header;
        world.raw(method(START, &world.cookie_header()).with_header(name, value))
    };
    let page: fn(&str, &[u8]) -> RawRequest = |path, cookies| page_with(path, cookies);
    let script: fn(&str, &[u8]) -> RawRequest = |path, cookies| {
        RawRequest::new("GET", path)
            .with_header("host", "app.example")
            .with_header("cookie", cookies)
    };
    for (method, value) in [(page, "cross-site"), (page, "none"), (script, "cross-site")] {
        let refused = asked(method, ("sec-fetch-site", value)).await;
        assert_eq!(refused.status, 403, "{value}");
        assert_eq!(refused.header("set-cookie"), None);
        assert!(refused.text().contains("insufficient_scope"));
        assert!(!refused.text().contains("login_url"));
    }
    // The button asks once. A handler that still is not content gets the page again.
    let refused = tab.visit(&format!("{APP}{START}")).await;
    assert_failure(&refused, 403, "insufficient_scope");
    assert_eq!(refused.links()[0].href, START);
    let consent = tab.click_link(&refused, "Allow access").await;
    let back = world.consent(&mut tab, consent, "allow").await;
    assert_eq!(back.url.as_str(), format!("{APP}{START}"));
    assert_failure(&back, 403, "insufficient_scope");
    let after = shown(&mut tab).await;
    assert_eq!(after.kept, before.kept);
    assert_eq!(after.scopes, "calendar.read email profile");
}
