//! Pages are in the reader's language, in the application's language, or the application's own.

use fncy_login::pages::Language;

use crate::browser::{RawRequest, RawResponse};
use crate::harness::Harness;
use crate::steps::callback::state_of;
use crate::world::World;

/// A navigation of somebody who reads Korean.
async fn navigate(world: &World, method: &str, target: &str) -> RawResponse {
    let request = RawRequest::new(method, target)
        .with_header("host", "app.example")
        .with_header("accept", "text/html")
        .with_header("accept-language", "ko-KR,ko;q=0.9,en;q=0.8")
        .with_header("cookie", world.cookie_header());
    world.raw(request).await
}

fn assert_korean(page: &RawResponse, status: u16, words: &str) {
    assert_eq!(page.status, status, "{}", page.text());
    assert_eq!(page.header("content-language"), Some("ko"));
    let text = page.text();
    assert!(text.contains("<html lang=\"ko\">"), "{text}");
    assert!(text.contains(words), "{text}");
}

pub(super) async fn pages_are_in_their_readers_language(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let expired = navigate(&world, "GET", "/auth/callback?code=c&state=unknown").await;
    assert_korean(&expired, 400, "이 로그인을 계속할 수 없어요");
    let state = state_of(&world.start(&mut tab, "/page").await);
    let callback = format!("/auth/callback?code=invented&state={state}");
    let asked_first = navigate(&world, "GET", &callback).await;
    assert_korean(&asked_first, 400, "만료된 로그인 링크예요");
    let form = navigate(&world, "POST", "/page").await;
    assert_korean(&form, 401, "로그인한 다음 다시 보내 주세요");
    let signed_out = navigate(&world, "GET", "/auth/logout").await;
    assert_korean(&signed_out, 200, "로그아웃되었어요");
    let head = navigate(&world, "HEAD", "/auth/logout").await;
    assert_eq!(head.header("content-language"), Some("ko"));
    assert_eq!(head.text(), "", "HEAD is GET without a body");
    let program = world.ask("/page", "").await;
    assert_eq!(program.header("content-language"), None);
    assert!(program.text().contains("Please sign in"));
}

pub(super) async fn pages_may_be_in_the_applications_only_language(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.language(Language::English));
    });
    let signed_out = navigate(&world, "GET", "/auth/logout").await;
    assert_eq!(signed_out.header("content-language"), Some("en"));
    assert!(signed_out.text().contains("You are signed out"));
}

pub(super) async fn pages_may_be_the_applications_own(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder.pages(|page| {
                let code = page.code().map_or("none", |code| code.as_str());
                let (_, label) = page.way_on().unwrap();
                format!("{code} {} {label}", page.title())
            })
        });
    });
    let missing = navigate(&world, "GET", "/auth/callback?code=c&state=unknown").await;
    assert_eq!(missing.status, 400);
    assert_eq!(
        missing.text(),
        "login_cookie_missing 이 로그인을 계속할 수 없어요 로그인"
    );
    let policy = missing.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'"));
    let signed_out = navigate(&world, "GET", "/auth/logout").await;
    assert_eq!(signed_out.text(), "none 로그아웃되었어요 로그인");
}
