//! The behaviours with each provider of another project, on both frameworks.
//!
//! A behaviour knows neither the provider nor the framework. [`Kind`] has the differences of providers.

use std::collections::HashSet;
use std::pin::Pin;
use std::time::Duration;

use fncy_login::{BearerCheck, LoginBuilder, Setting};
use fncy_login_testing::TestClock;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use url::Url;

use super::oauth_toolkit::OAUTH_TOOLKIT;
use super::oidc_provider::OIDC_PROVIDER;
use super::provider::{BASIC_CLIENT_ID, CLIENT_ID, Kind, LIFE, Provider};
use super::site::Site;
use crate::browser::Tab;
use crate::harness::{Harness, RECENT};
use crate::steps::bearer::assert_refused;
use crate::steps::callback::assert_failure;
use crate::world::APP;

/// The providers.
pub const KINDS: [&Kind; 2] = [&OIDC_PROVIDER, &OAUTH_TOOLKIT];
/// The frameworks.
pub const HARNESSES: [Harness; 2] = [Harness::Tower, Harness::Actix];

/// The largest difference of clocks.
const TEN_MINUTES: Duration = Duration::from_secs(600);

/// A running provider.
pub type Running = Pin<Box<dyn Future<Output = ()>>>;

/// One behaviour.
#[derive(Clone, Copy)]
pub struct Behaviour {
    /// Its name.
    pub name: &'static str,
    /// Runs it. A panic is a failure.
    pub run: fn(&'static Provider, Harness) -> Running,
}

macro_rules! behaviours {
    ($($name:ident)*) => {
        /// Every behaviour.
        pub const ALL: &[Behaviour] = &[$(
            Behaviour {
                name: stringify!($name),
                run: |provider, harness| Box::pin($name(provider, harness)),
            },
        )*];
    };
}

behaviours! {
    a_person_signs_in_and_lands_on_the_page_that_was_asked_for
    a_login_without_pkce_is_refused
    ten_requests_at_expiry_are_one_refresh
    a_refresh_token_is_never_sent_again
    a_copy_of_an_old_cookie_clears_nothing
    a_sign_out_ends_the_tokens
    a_cancelled_consent_shows_a_way_on
    s03_a_recent_sign_in_is_a_new_one
    s04_a_sign_in_without_its_prompt_is_not_recent
    b03_a_handler_takes_a_session_and_a_token
    a_wrong_secret_is_the_operators_fault
    clocks_may_differ_by_minutes
}

/// A token's life in seconds, as short as a busy machine allows, since a sign-in needs the token while it lives.
const SHORT_LIFE: u64 = 3;
/// A token's life in seconds, for a token that is revoked before its end.
const LONG_LIFE: u64 = 600;
/// How long the answer about a bearer token is believed, in seconds.
const TOKEN_CHECK_LIFE: u64 = 60;
/// The longest wait for a token's end.
const DEADLINE: Duration = Duration::from_secs(20);

async fn a_person_signs_in_and_lands_on_the_page_that_was_asked_for(
    provider: &Provider,
    harness: Harness,
) {
    for (client_id, auth) in [(CLIENT_ID, "body"), (BASIC_CLIENT_ID, "basic")] {
        let site = Site::with(provider, harness, |builder| {
            let builder = builder.set(Setting::ClientId, client_id);
            builder.set(Setting::ClientAuth, auth)
        });
        let mut tab = site.browser.tab();
        let page = site.sign_in(&mut tab, "/page?a=1").await;
        assert_eq!(page.url.as_str(), format!("{APP}/page?a=1"), "{auth}");
        assert_eq!(page.status, 200, "{}", page.text());
        let session = tab.fetch(&format!("{APP}/auth/session")).await;
        let text = session.text();
        assert!(text.contains("sumin@people.example"), "{text}");
    }
}

async fn a_login_without_pkce_is_refused(provider: &Provider, harness: Harness) {
    let site = Site::with(provider, harness, |builder| builder.danger_without_pkce());
    let mut tab = site.browser.tab();
    let page = tab.visit(&format!("{APP}/page")).await;
    let page = provider.identify(&mut tab, page, "sumin").await;
    assert_failure(&page, 502, "provider_refused");
}

async fn ten_requests_at_expiry_are_one_refresh(provider: &Provider, harness: Harness) {
    let provider = Provider::start(provider.kind, SHORT_LIFE).expect("its kind is installed");
    let site = Site::new(&provider, harness);
    let mut tab = site.browser.tab();
    let mut token = site.signed_in_token(&mut tab).await;
    for refreshes in 1..=2 {
        until_dead(&provider, &token).await;
        site.clock.advance(Duration::from_secs(SHORT_LIFE));
        let refreshed = ten_at_once(&tab).await;
        assert_ne!(refreshed, token);
        assert_eq!(site.refreshes(), refreshes);
        token = refreshed;
    }
}

async fn a_refresh_token_is_never_sent_again(provider: &Provider, harness: Harness) {
    let site = Site::new(provider, harness);
    let mut tab = site.browser.tab();
    site.signed_in_token(&mut tab).await;
    let (spent, old) = (site.refresh_token(), site.cookies());
    site.expire_tokens();
    let newest = ten_at_once(&tab).await;
    for _ in 0..10 {
        let late = site.ask_with(&old, "/token").await;
        assert_eq!(late.text(), newest, "an old cookie finds the newest tokens");
    }
    assert_eq!(site.refreshes(), 1);
    assert!(provider.honours(&newest).await);

    // The callback that a consent would have led to.
    let reused = site.redeem(&spent).await;
    assert_eq!(reused.status, 400, "{}", reused.text());
    assert!(reused.text().contains("invalid_grant"), "{}", reused.text());
    let survives = !provider.kind.reuse_ends_all;
    assert_eq!(provider.honours(&newest).await, survives);
    site.expire_tokens();
    let status = if survives { 200 } else { 401 };
    assert_eq!(tab.fetch(&format!("{APP}/page")).await.status, status);
}

async fn a_copy_of_an_old_cookie_clears_nothing(provider: &Provider, harness: Harness) {
    let mut site = Site::new(provider, harness);
    let mut tab = site.browser.tab();
    site.signed_in_token(&mut tab).await;
    let old = site.cookies();
    site.expire_tokens();
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    let newest = site.cookies();
    // As after the grace period: the old cookie no longer leads to the new tokens.
    site.restart();
    let late = site.ask_with(&old, "/page").await;
    assert_eq!(late.status, 303);
    let mut set = late.headers_named("set-cookie");
    assert!(!set.any(|line| line.starts_with(b"__Host-fncy_session")));
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    assert_eq!(site.cookies(), newest);

    // The effect at the provider shows when the owner's token expires.
    site.expire_tokens();
    let status = if provider.kind.reuse_ends_all {
        303
    } else {
        200
    };
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, status);
}

async fn a_sign_out_ends_the_tokens(provider: &Provider, harness: Harness) {
    let site = Site::new(provider, harness);
    let mut tab = site.browser.tab();
    let token = site.signed_in_token(&mut tab).await;
    assert!(provider.honours(&token).await);
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    let page = tab.submit(&page, "form", None).await;
    assert!(page.text().contains("You are signed out"));
    // The answer doesn't wait for the token revocation, which comes long before the token's own end.
    let revoked = timeout(Duration::from_secs(2), until_dead(provider, &token));
    revoked.await.expect("the token is revoked");
    let refused = site.redeem(&site.refresh_token()).await;
    assert!(
        refused.text().contains("invalid_grant"),
        "{}",
        refused.text()
    );
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
}

async fn a_cancelled_consent_shows_a_way_on(provider: &Provider, harness: Harness) {
    let site = Site::new(provider, harness);
    let mut tab = site.browser.tab();
    let page = tab.visit(&format!("{APP}/page?a=1")).await;
    let page = provider.cancel(&mut tab, page, "sumin").await;
    assert_failure(&page, 403, "access_denied");
    let page = tab.click_link(&page, "Sign in").await;
    let page = provider.sign_in(&mut tab, page, "sumin").await;
    assert_eq!(page.url.as_str(), format!("{APP}/page?a=1"));
    assert_eq!(page.status, 200, "{}", page.text());
}

/// A site that knows when its user signed in, if the provider says it. The user's sign-in is not recent any more, and the
/// provider has a clock of its own.
async fn with_an_old_sign_in(provider: &Provider, harness: Harness) -> (Site<'_>, Tab) {
    let auth_time = provider.kind.auth_time;
    // Clocks may differ by a minute.
    let later = Duration::from_secs(RECENT + 61);
    let site = Site::with(provider, harness, |builder| {
        auth_time.into_iter().fold(builder, LoginBuilder::auth_time)
    });
    let mut tab = site.browser.tab();
    let page = site.sign_in(&mut tab, "/recent").await;
    assert_eq!(page.status, 200, "{}", page.text());
    site.provider.advance(later);
    site.clock.advance(later);
    (site, tab)
}

async fn s03_a_recent_sign_in_is_a_new_one(provider: &Provider, harness: Harness) {
    let own = Provider::start(provider.kind, LIFE).expect("its kind is installed");
    let (site, mut tab) = with_an_old_sign_in(&own, harness).await;
    let page = site.sign_in(&mut tab, "/recent").await;
    assert_eq!(page.url.as_str(), format!("{APP}/recent"));
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(site.refreshes(), 1, "which made no sign-in recent");
}

async fn s04_a_sign_in_without_its_prompt_is_not_recent(provider: &Provider, harness: Harness) {
    let own = Provider::start(provider.kind, LIFE).expect("its kind is installed");
    let (site, mut tab) = with_an_old_sign_in(&own, harness).await;
    let sent_away = tab.get(&format!("{APP}/recent")).await;
    let mut asked = Url::parse(sent_away.header("location").unwrap()).unwrap();
    let kept: Vec<(String, String)> = asked
        .query_pairs()
        .filter(|(name, _)| name != "max_age")
        .map(|(name, value)| {
            (
                name.into_owned(),
                value.replace("login", "").trim().to_owned(),
            )
        })
        .collect();
    asked.query_pairs_mut().clear().extend_pairs(kept);
    let page = tab.visit(asked.as_str()).await;
    let page = site.provider.sign_in(&mut tab, page, "sumin").await;
    if site.provider.kind.auth_time.is_some() {
        assert_failure(&page, 403, "sign_in_not_recent");
        assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    } else {
        // Nothing tells this sign-in from a new one, and the log has said so at the first use of the guard.
        assert_eq!(page.status, 200, "{}", page.text());
        assert!(site.logged().contains("FNCY_AUTH_TIME"));
    }
}

async fn b03_a_handler_takes_a_session_and_a_token(provider: &Provider, harness: Harness) {
    let own = Provider::start(provider.kind, LONG_LIFE).expect("its kind is installed");
    let site = |client: &str| {
        let check = BearerCheck::introspection(own.introspection_url()).client(client);
        let check = check.user_id(own.kind.introspected_user);
        // One of the two providers lets no client ask that sends its secret in the body.
        Site::with(&own, harness, |builder| {
            let builder = builder.set(Setting::ClientId, BASIC_CLIENT_ID);
            let builder = builder.set(Setting::ClientAuth, "basic");
            builder.bearer_prefix("/page", check)
        })
    };
    let (other, site) = (site("another-client"), site(BASIC_CLIENT_ID));
    let mut tab = site.browser.tab();
    let token = site.signed_in_token(&mut tab).await;
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    let answer = site.ask_by(&token, "/page").await;
    assert_eq!((answer.status, &*answer.text()), (200, "user=sumin"));
    let challenge = "Bearer error=\"invalid_token\"";
    let refused = |answer| assert_refused(&answer, 401, "invalid_token", challenge);
    refused(site.ask_by("invented", "/page").await);
    refused(other.ask_by(&token, "/page").await);

    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    until_dead(&own, &token).await;
    // For a minute the provider is not asked again.
    assert_eq!(site.ask_by(&token, "/page").await.status, 200);
    site.clock.advance(Duration::from_secs(TOKEN_CHECK_LIFE));
    refused(site.ask_by(&token, "/page").await);
}

async fn a_wrong_secret_is_the_operators_fault(provider: &Provider, harness: Harness) {
    let site = Site::with(provider, harness, |builder| {
        builder.set(Setting::ClientSecret, "not-the-secret-of-this-client")
    });
    let page = site.sign_in(&mut site.browser.tab(), "/page").await;
    assert_failure(&page, 500, "client_rejected");
    assert!(site.logged().contains(r#"code="client_rejected""#));
}

async fn clocks_may_differ_by_minutes(provider: &Provider, harness: Harness) {
    let differ: [fn(&TestClock); 2] = [
        |clock| clock.advance(TEN_MINUTES),
        |clock| clock.turn_back(TEN_MINUTES),
    ];
    for differ in differ {
        let site = Site::new(provider, harness);
        differ(&site.clock);
        let mut tab = site.browser.tab();
        let token = site.signed_in_token(&mut tab).await;
        assert_eq!(ten_at_once(&tab).await, token);
        assert_eq!(site.refreshes(), 0);
        site.expire_tokens();
        assert_ne!(ten_at_once(&tab).await, token);
        assert_eq!(site.refreshes(), 1);
    }
}

/// The access token of ten requests that are sent at the same time.
async fn ten_at_once(tab: &Tab) -> String {
    let mut requests = JoinSet::new();
    for _ in 0..10 {
        let tab = tab.clone();
        requests.spawn(async move { tab.fetch(&format!("{APP}/token")).await });
    }
    let mut tokens = HashSet::new();
    for page in requests.join_all().await {
        assert_eq!(page.status, 200, "{}", page.text());
        tokens.insert(page.text().into_owned());
    }
    assert_eq!(tokens.len(), 1, "one token for all");
    tokens.into_iter().next().unwrap()
}

/// Waits until the provider no longer accepts an access token.
async fn until_dead(provider: &Provider, access_token: &str) {
    let dead = async {
        while provider.honours(access_token).await {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(DEADLINE, dead).await.expect("access tokens expire");
}
