//! A session that is too large for a cookie travels in several (rows K9 to K12).

use fncy_login::{Approval, NewLogin};
use url::Url;

use crate::browser::{Context, Page, RawRequest, Tab};
use crate::harness::Harness;
use crate::steps::session_cookie::{Fate, SESSION, fate, sign_in_with_token};
use crate::world::{APP, World};

/// Signs in with an access token of that many characters.
async fn sign_in(world: &World, tab: &mut Tab, length: usize) -> (String, Page) {
    sign_in_with_token(world, tab, "alex", length).await
}

pub(super) async fn k11_large_tokens_travel_in_chunks(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    for (length, cookies) in [(900, 1), (6_000, 3), (12_000, 5), (900, 1), (3_500, 2)] {
        let (token, page) = sign_in(&world, &mut tab, length).await;
        assert_eq!(page.text(), token, "{length}");
        assert_eq!(world.cookies(SESSION).len(), cookies, "{length}");
        for line in world
            .browser
            .history()
            .iter()
            .flat_map(|exchange| exchange.set_cookies())
        {
            assert!(line.len() <= 4096, "{} bytes", line.len());
        }
    }
}

pub(super) async fn k11_the_last_chunk_is_never_empty(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    // The longest token whose session takes one cookie, and the next one.
    let (mut one, mut two) = (900, 3_500);
    while two - one > 1 {
        let middle = usize::midpoint(one, two);
        sign_in(&world, &mut tab, middle).await;
        match world.cookies(SESSION).len() {
            1 => one = middle,
            _ => two = middle,
        }
    }
    for (length, cookies) in [(one - 1, 1), (one, 1), (two, 2), (two + 1, 2)] {
        let (token, page) = sign_in(&world, &mut tab, length).await;
        assert_eq!(page.text(), token, "{length}");
        let names = world.cookies(SESSION);
        assert_eq!(names.len(), cookies, "{length}");
        let jar = world.browser.jar();
        for name in names {
            assert_ne!(jar.get(&name).unwrap().value(), "", "{length}: {name}");
        }
    }
}

pub(super) async fn k10_a_large_session_is_warned_of(harness: Harness) {
    let world = World::new(harness);
    sign_in(&world, &mut world.tab(), 6_000).await;
    let logged = world.logged();
    for said in ["session_large", "large_client_header_buffers", "HTTP/2"] {
        assert!(logged.contains(said), "{said}");
    }
}

pub(super) async fn k10_what_does_not_fit_is_seen(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let (_, page) = sign_in(&world, &mut tab, 16_000).await;
    assert_eq!(page.status, 500);
    assert!(page.text().contains("<code>session_too_large</code>"));
    assert_eq!(world.cookies(SESSION), [""; 0]);
    assert!(world.logged().contains("session_too_large"));
}

pub(super) async fn k10_too_much_session_data_is_seen(harness: Harness) {
    for (length, status) in [(700, 303), (1_000, 500)] {
        let world = World::with(harness, |setup| {
            let data = "d".repeat(length);
            setup.login = Box::new(move |builder| {
                builder.on_login(move |_: NewLogin| {
                    let approval = Approval::with_data(&data).unwrap();
                    async { Ok(approval) }
                })
            });
        });
        let mut tab = world.tab();
        let location = world.start(&mut tab, "/page").await;
        let callback = world.approve(&location, "alex").await;
        let page = tab.get(&callback).await;
        assert_eq!(page.status, status, "{length}");
        let is_seen = page.text().contains("<code>session_too_large</code>");
        assert_eq!(is_seen, status == 500);
        assert_eq!(world.cookies(SESSION).is_empty(), status == 500);
    }
}

pub(super) async fn k09_a_missing_chunk_ends_the_session_at_its_first_use(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let (token, _) = sign_in(&world, &mut tab, 6_000).await;
    let url = Url::parse(APP).unwrap();
    world
        .browser
        .jar()
        .insert(&url, b"__Host-fncy_session.4", b"stale");
    assert_eq!(tab.get(&format!("{APP}/token")).await.text(), token);
    world.browser.jar().remove("__Host-fncy_session.1");
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert_eq!(tab.get(&format!("{APP}/token")).await.status, 401);
    assert_eq!(world.cookies(SESSION), [""; 0]);
}

pub(super) async fn k09_no_other_chunk_counts(harness: Harness) {
    let world = World::new(harness);
    sign_in(&world, &mut world.tab(), 6_000).await;
    let whole = String::from_utf8(world.cookie_header()).unwrap();
    let pairs: Vec<_> = whole.split("; ").collect();
    let sessions = pairs.iter().filter(|pair| pair.starts_with(SESSION));
    assert_eq!(sessions.clone().count(), 3);
    for missing in [".1", ".2"] {
        let name = format!("{SESSION}{missing}=");
        let rest = sessions.clone().filter(|pair| !pair.starts_with(&name));
        let rest: Vec<_> = rest.copied().collect();
        assert_eq!(fate(&world, rest.join("; ")).await, Fate::tokenless("alex"));
    }
    for suffix in [
        ".3",
        ".4",
        ".5",
        ".0",
        ".00",
        ".01",
        ".-1",
        ".+1",
        ".99999999",
        ".",
        ".x",
    ] {
        let stale = format!("{SESSION}{suffix}=AAAA");
        for cookies in [format!("{whole}; {stale}"), format!("{stale}; {whole}")] {
            assert_eq!(fate(&world, cookies).await, Fate::whole("alex"), "{suffix}");
        }
    }
    // At the next write what is no chunk of the session goes, and what never was one stays.
    let (own, stale) = (format!("{SESSION}.00"), format!("{SESSION}.4"));
    let url = Url::parse(APP).unwrap();
    for name in [&own, &stale] {
        let mut jar = world.browser.jar();
        jar.insert(&url, name.as_bytes(), b"AAAA");
    }
    let (_, page) = sign_in(&world, &mut world.tab(), 6_000).await;
    assert_eq!(page.status, 200);
    let mut left = world.cookies(SESSION);
    left.sort_unstable();
    assert_eq!(
        left,
        [
            SESSION,
            &own,
            &format!("{SESSION}.1"),
            &format!("{SESSION}.2")
        ]
    );
}

pub(super) async fn cookies_may_come_on_several_lines(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let (token, _) = sign_in(&world, &mut tab, 6_000).await;
    let url = Url::parse(APP).unwrap();
    let header = world.browser.jar().header(&url, Context::SameSite).unwrap();
    let mut request = RawRequest::new("GET", "/token")
        .with_header("host", "app.example")
        .with_header("cookie", "other=1");
    for pair in header.split(|byte| *byte == b';').rev() {
        request = request.with_header("cookie", pair.trim_ascii());
    }
    assert_eq!(world.raw(request).await.text(), token);
}
