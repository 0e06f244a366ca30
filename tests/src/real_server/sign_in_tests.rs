//! A whole sign-in, through the pages of a provider that none of us wrote, on every framework and
//! the bare driver, with both ways of authenticating the client.

use fncy_login::{Builder, Login, Setting};

use super::oidc_provider::{self, OidcProvider};
use crate::browser::Browser;
use crate::harness::{Calls, Harness};
use crate::world::{APP, COOKIE_SECRET};

/// Before the provider's clock, which gives its cookies a date to expire at.
const NOW: u64 = 1_600_000_000;

fn login(provider: &OidcProvider, client_id: &str, auth: &str) -> Builder {
    Login::builder()
        .set(Setting::BaseUrl, provider.base_url())
        .set(Setting::AuthorizeUrl, provider.authorize_url())
        .set(Setting::TokenUrl, provider.token_url())
        .set(Setting::UserinfoUrl, provider.userinfo_url())
        .set(Setting::RevocationUrl, provider.revocation_url())
        .set(Setting::Issuer, provider.issuer())
        .set(Setting::ClientId, client_id)
        .set(Setting::ClientSecret, OidcProvider::CLIENT_SECRET)
        .set(Setting::ClientAuth, auth)
        .set(Setting::TokenBody, "form")
        .set(Setting::RedirectUri, format!("{APP}/auth/callback"))
        .set(Setting::Scope, "openid email offline_access")
        .set(Setting::AuthorizeParams, "prompt=consent")
        .set(Setting::CookieSecret, COOKIE_SECRET)
}

#[tokio::test]
async fn a_certified_provider_signs_in_and_out() {
    let Some(provider) = OidcProvider::start(&format!("{APP}/auth/callback")) else {
        return;
    };
    for harness in Harness::ALL {
        for (client_id, auth) in [
            (OidcProvider::CLIENT_ID, "body"),
            (OidcProvider::BASIC_CLIENT_ID, "basic"),
        ] {
            let login = login(&provider, client_id, auth).build().unwrap();
            let browser = Browser::new(NOW);
            browser.route(APP, harness.serve(vec![login], "", Calls::default()));
            let mut tab = browser.tab();
            let page = tab.visit(&format!("{APP}/page?a=1")).await;
            let page = oidc_provider::sign_in(&mut tab, page, "sumin").await;
            assert_eq!(
                page.url.as_str(),
                format!("{APP}/page?a=1"),
                "{harness} {auth}"
            );
            assert_eq!(page.text(), "user=sumin");

            let session = tab.fetch(&format!("{APP}/auth/session")).await;
            assert!(
                session.text().contains("sumin@people.example"),
                "{}",
                session.text()
            );
            let page = tab.visit(&format!("{APP}/auth/logout")).await;
            let page = tab.submit(&page, "form", None).await;
            assert!(page.text().contains("You are signed out"));
            assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
        }
    }
}

#[tokio::test]
async fn a_certified_provider_renews_for_ten_requests_at_once() {
    let redirect_uri = format!("{APP}/auth/callback");
    let Some(provider) = OidcProvider::start_with(&redirect_uri, 2) else {
        return;
    };
    for harness in Harness::ALL {
        let login = login(&provider, OidcProvider::CLIENT_ID, "body");
        let browser = Browser::new(NOW);
        let app = harness.serve(vec![login.build().unwrap()], "", Calls::default());
        browser.route(APP, app);
        let mut tab = browser.tab();
        let page = tab.visit(&format!("{APP}/token")).await;
        let mut token = oidc_provider::sign_in(&mut tab, page, "sumin")
            .await
            .text()
            .into_owned();
        // It rotates, and ends everything where a refresh token is used twice.
        for _ in 0..2 {
            tokio::time::sleep(std::time::Duration::from_millis(2_200)).await;
            let mut requests = tokio::task::JoinSet::new();
            for _ in 0..10 {
                let tab = tab.clone();
                requests.spawn(async move { tab.fetch(&format!("{APP}/token")).await });
            }
            let mut tokens = std::collections::HashSet::new();
            while let Some(page) = requests.join_next().await {
                let page = page.unwrap();
                assert_eq!(page.status, 200, "{harness}: {}", page.text());
                tokens.insert(page.text().into_owned());
            }
            assert_eq!(tokens.len(), 1, "{harness}");
            assert!(!tokens.contains(&token), "{harness}");
            token = tokens.into_iter().next().unwrap();
        }
    }
}

#[tokio::test]
async fn a_wrong_secret_is_the_operators_fault() {
    let Some(provider) = OidcProvider::start(&format!("{APP}/auth/callback")) else {
        return;
    };
    let login = login(&provider, OidcProvider::CLIENT_ID, "body")
        .set(Setting::ClientSecret, "not the secret")
        .build()
        .unwrap();
    let browser = Browser::new(NOW);
    let app = Harness::Bare.serve(vec![login], "", Calls::default());
    browser.route(APP, app);
    let mut tab = browser.tab();
    let page = tab.visit(&format!("{APP}/page")).await;
    let page = oidc_provider::sign_in(&mut tab, page, "sumin").await;
    assert_eq!(page.status, 500);
    assert!(
        page.text().contains("<code>client_rejected</code>"),
        "{}",
        page.text()
    );
}
