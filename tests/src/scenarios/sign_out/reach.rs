//! A sign-out reaches the provider and each session that the browser sends (rows L13, L17).

use fncy_login::Setting;

use crate::browser::RawRequest;
use crate::harness::Harness;
use crate::steps::session::page_with;
use crate::steps::session_cookie::{SESSION, elsewhere, session};
use crate::world::{APP, World, usual};

fn post(cookies: impl AsRef<[u8]>) -> RawRequest {
    RawRequest::new("POST", "/auth/logout")
        .with_header("host", "app.example")
        .with_header("content-length", "0")
        .with_header("origin", APP)
        .with_header("cookie", cookies)
}

pub(super) async fn l13_a_sign_out_goes_on_to_the_provider_by_itself(harness: Harness) {
    let world = World::new(harness);
    let login = usual(&world.provider, &format!("{APP}/auth/callback"))
        .set(Setting::SignOutUrl, world.provider.sign_out_url())
        .clock(world.clock());
    world.serve(login.build().unwrap());
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self';"), "{policy}");
    // A browser holds each redirect against the `form-action` of the page that has the form: there is none.
    let page = tab.submit(&page, "form", None).await;
    assert_eq!(page.url.as_str(), format!("{APP}/auth/logout"));
    assert_eq!((page.status, page.header("location")), (200, None));
    let url = world.provider.sign_out_url();
    let refresh = format!("<meta http-equiv=\"refresh\" content=\"0; url={url}\">");
    assert!(page.text().contains(&refresh), "{}", page.text());
    assert_eq!(page.links()[0].href, url);
    assert_eq!(world.cookies("__Host-"), [""; 0]);
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 303);
}

pub(super) async fn a_sign_out_clears_the_cache_where_that_is_set(harness: Harness) {
    for is_set in [false, true] {
        let world = World::with(harness, |setup| {
            setup.login = Box::new(move |builder| match is_set {
                true => builder.clear_cache_at_sign_out(),
                false => builder,
            });
        });
        world
            .visit_and_sign_in(&mut world.tab(), "/page", "alex")
            .await;
        let signed_out = world.raw(post(world.cookie_header())).await;
        assert_eq!(signed_out.status, 303);
        let cleared = signed_out.header("clear-site-data");
        assert_eq!(cleared, is_set.then_some("\"cache\""));
    }
}

pub(super) async fn l17_a_sign_out_ends_all_sessions_that_open(harness: Harness) {
    let world = World::new(harness);
    world
        .visit_and_sign_in(&mut world.tab(), "/page", "alex")
        .await;
    let own = world.session_cookie();
    let planted = elsewhere(&world, "jun").await;
    let both = format!("{SESSION}={own}; {SESSION}={planted}");
    // They are nobody's, but can be signed out of.
    assert_eq!(world.ask("/page", &both).await.status, 401);
    let page = page_with("/auth/logout", &both);
    let page = world.raw(page).await;
    assert!(page.text().contains("Sign out?"), "{}", page.text());
    let signed_out = world.raw(post(&both)).await;
    assert_eq!(signed_out.status, 303);
    for value in [&own, &planted] {
        assert_eq!(world.ask("/page", session(value)).await.status, 401);
    }
    world.until_revocations(2).await;
}
