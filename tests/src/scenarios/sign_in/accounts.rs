//! A person whose account is refused can choose another account.

use fncy_login::{Approval, LoginBuilder, NewLogin, Refusal, Setting, SignInOptions};
use url::Url;

use crate::browser::Page;
use crate::harness::Harness;
use crate::steps::session::page_request;
use crate::world::{APP, World};

const OTHER: &str = "Use another account";

/// Nobody but jun may sign in, and nobody but jun may open `/admin`.
fn for_jun(builder: LoginBuilder) -> LoginBuilder {
    builder
        .on_login(async |login: NewLogin| match login.id() {
            "alex" => Err(Refusal::new("This site is for jun.")),
            _ => Ok(Approval::new()),
        })
        .require_prefix("/admin", |user| user.id() == "jun")
}

fn prompt(url: &Url) -> Option<String> {
    let mut values = url.query_pairs().filter(|(name, _)| name == "prompt");
    let value = values.next().map(|(_, value)| value.into_owned());
    assert_eq!(values.next(), None, "{url}");
    value
}

/// The address of the way to another account.
fn way(page: &Page) -> String {
    let links = page.links();
    let link = links.iter().find(|link| link.text.contains(OTHER));
    link.unwrap_or_else(|| panic!("{}", page.text()))
        .href
        .clone()
}

pub(super) async fn another_account_is_chosen_after_a_refusal(harness: Harness) {
    let world = World::with(harness, |setup| setup.login = Box::new(for_jun));
    let mut tab = world.tab();
    // The provider knows alex from here on, and would let them in again.
    let refused = world.visit_and_sign_in(&mut tab, "/page?x=1", "alex").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("This site is for jun."));
    assert!(
        !refused.text().contains("<form"),
        "there is nothing to sign out of"
    );
    let choice = tab.click_link(&refused, OTHER).await;
    let page = world.sign_in(&mut tab, choice, "haneul").await;
    assert_eq!(page.url.as_str(), format!("{APP}/page?x=1"));
    assert_eq!(page.text(), "user=haneul");
    // A guard's refusal has it too, and leads to the page that was asked for.
    let guarded = tab.visit(&format!("{APP}/admin?x=2")).await;
    assert_eq!(guarded.status, 403);
    let choice = tab.click_link(&guarded, OTHER).await;
    let page = world.sign_in(&mut tab, choice, "jun").await;
    assert_eq!(page.url.as_str(), format!("{APP}/admin?x=2"));
    assert_eq!(page.text(), "user=jun");
}

pub(super) async fn another_account_begins_at_the_providers_sign_out(harness: Harness) {
    let world = World::with(harness, |setup| setup.login = Box::new(for_jun));
    let login = for_jun(world.usual()).set(Setting::SignOutUrl, world.provider.sign_out_url());
    world.serve(login.build().unwrap());
    let mut tab = world.tab();
    let refused = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    assert_eq!(refused.status, 403);
    assert_eq!(refused.form("form").action, "/auth/logout");
    let page = tab.submit(&refused, "form", None).await;
    let url = world.provider.sign_out_url();
    assert!(
        page.text().contains(&format!("0; url={url}")),
        "{}",
        page.text()
    );
    tab.click_link(&page, "Continue").await;
    // From now on the provider asks who it is.
    let page = world.visit_and_sign_in(&mut tab, "/page", "haneul").await;
    assert_eq!(page.text(), "user=haneul");
    let guarded = tab.visit(&format!("{APP}/admin")).await;
    assert_eq!(
        (guarded.status, &*guarded.form("form").action),
        (403, "/auth/logout")
    );
}

pub(super) async fn another_account_is_offered_in_words_that_the_provider_knows(harness: Harness) {
    for (word, params, expected) in [
        ("", "", Some("select_account")),
        (
            "select_account",
            "prompt=consent",
            Some("consent select_account"),
        ),
        ("login", "prompt=login", Some("login")),
        ("off", "", None),
    ] {
        let world = World::with(harness, |setup| {
            setup.login = Box::new(move |builder| {
                for_jun(builder)
                    .set(Setting::AccountPrompt, word)
                    .set(Setting::AuthorizeParams, params)
            });
        });
        let mut tab = world.tab();
        let location = world.start(&mut tab.clone(), "/page").await;
        let plain = prompt(&Url::parse(&location).unwrap());
        assert_eq!(
            plain.as_deref(),
            params.split_once('=').map(|(_, value)| value)
        );
        let refused = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
        assert_eq!(refused.status, 403);
        let Some(expected) = expected else {
            assert!(!refused.text().contains(OTHER), "{word}");
            assert_eq!(refused.links()[0].href, "/auth/login?return_to=%2Fpage");
            continue;
        };
        let choice = tab.get(&format!("{APP}{}", way(&refused))).await;
        let choice = choice.location().unwrap();
        assert_eq!(
            prompt(&choice).as_deref(),
            Some(expected),
            "{word} {params}"
        );
        // No other words get through.
        let request = page_request("/auth/login?account=other&prompt=none");
        let other = world.raw(request).await;
        let other = Url::parse(other.header("location").unwrap()).unwrap();
        assert_eq!(prompt(&other), plain);
    }
}

pub(super) async fn s05_another_account_ends_at_the_providers_choice(harness: Harness) {
    let world = World::with(harness, |setup| setup.login = Box::new(for_jun));
    let mut tab = world.tab();
    let refused = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    assert_eq!(refused.status, 403);
    // A plain sign-in ends at the same 403, since the provider still knows alex.
    let again = tab
        .visit(&format!("{APP}/auth/login?return_to=/page"))
        .await;
    assert_eq!(again.status, 403);
    // The choice does not, however often it is made.
    for _ in 0..2 {
        let choice = tab.click_link(&refused, OTHER).await;
        let base = world.provider.base_url();
        assert!(choice.url.as_str().starts_with(base), "{}", choice.url);
        assert_eq!(choice.status, 200);
    }
    let choice = tab.click_link(&refused, OTHER).await;
    let page = world.sign_in(&mut tab, choice, "jun").await;
    assert_eq!((page.status, page.text()), (200, "user=jun".into()));
    // An intent of the page has the choice as well.
    let login = for_jun(world.usual()).intent("calendar", SignInOptions::new().scope("calendar"));
    world.serve(login.build().unwrap());
    let choice = tab
        .click(&format!("{APP}/auth/login?with=calendar&account=another"))
        .await;
    let choice = tab.follow_all(choice).await;
    assert_eq!(prompt(&choice.url).as_deref(), Some("select_account"));
    let scope = choice.url.query_pairs().find(|(name, _)| name == "scope");
    assert_eq!(scope.unwrap().1, "calendar");
}
