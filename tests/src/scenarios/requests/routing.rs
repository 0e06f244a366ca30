//! Rules hold for each spelling of a path and each place where the login is put (rows R14, R18, R19, R21, R25).

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::Setting;
use futures_util::future::join_all;

use crate::browser::{Context, RawRequest};
use crate::harness::Harness;
use crate::steps::session::page_request;
use crate::world::{APP, World, usual};

async fn status(world: &World, target: &str) -> u16 {
    let request = page_request(target);
    world.raw(request).await.status
}

pub(super) async fn any_path_may_be_the_callback(harness: Harness) {
    let redirect_uri = format!("{APP}/login/oauth2/code/fncy");
    let world = World::with(harness, |setup| {
        setup.provider = setup.provider.clone().redirect_uri(&redirect_uri);
        setup.login = Box::new(|builder| builder.set(Setting::RedirectUri, redirect_uri));
    });
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/page?a=1", "alex").await;
    assert_eq!((page.status, page.url.path()), (200, "/page"));
    let session = tab.fetch(&format!("{APP}/auth/session")).await;
    assert_eq!(session.status, 200);
    // What would be the callback is a path of the application.
    assert_eq!(tab.get(&format!("{APP}/auth/callback")).await.status, 200);
    let spent = tab
        .get(&format!("{APP}/login/oauth2/code/fncy/?code=x&state=y"))
        .await;
    assert_eq!(spent.status, 303, "a live session goes on");
    let back = "/auth/login?return_to=/login/oauth2/%63ode/fncy%3Fcode=x";
    let location = world.start(&mut tab.clone(), back).await;
    let callback = world.approve(&location, "alex").await;
    let landed = tab.get(&callback).await;
    assert_eq!(
        landed.header("location"),
        Some("/"),
        "the callback is no return address"
    );
}

pub(super) async fn r14_only_a_canonical_path_is_public(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.is_public = true;
        setup.login = Box::new(|builder| builder.public_prefix("/public"));
    });
    for target in [
        "/public",
        "/public/x",
        "/public/x?y=/admin",
        "/public/a%20b",
    ] {
        assert_eq!(status(&world, target).await, 200, "{target}");
    }
    for target in [
        "/public/../admin",
        "/public/%2e%2e/admin",
        "//admin",
        "/public;/admin",
        "/public/;x",
        "/PUBLIC/x",
        "/public%2fx",
        "/public%00",
        "/public/x%5c..",
        "/publicity",
        "/admin",
        "/admin#/public",
    ] {
        assert_eq!(status(&world, target).await, 303, "{target}");
    }
    let public: Vec<_> = world.calls.all();
    assert!(
        public.iter().all(|call| call.path.starts_with("/public")),
        "{public:?}"
    );
}

pub(super) async fn r14_protected_prefix_leaves_nothing_open(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.is_public = true;
        setup.login = Box::new(|builder| {
            builder
                .protected_prefix("/admin")
                .protected_prefix("/@staff")
                .protected_prefix("/%EA%B4%80")
        });
    });
    for target in ["/", "/administrator", "/x?y=/admin"] {
        assert_eq!(status(&world, target).await, 200, "{target}");
    }
    for target in [
        "/admin",
        "/admin/",
        "/admin/x",
        "/%61dmin",
        "//admin",
        "/x/../admin",
        "/@staff",
        "/%40staff",
        "/%ea%b4%80",
    ] {
        assert_eq!(status(&world, target).await, 303, "{target}");
    }
}

pub(super) async fn r14_a_guard_holds_in_every_spelling(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.require_prefix("/files/secret", |_| false));
    });
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let cookie = world.cookie_header();
    let ask = async |target: &str| {
        let request = RawRequest::new("GET", target)
            .with_header("host", "app.example")
            .with_header("cookie", &cookie);
        world.raw(request).await.status
    };
    for target in [
        "/files/secret/x",
        "/files//secret/x",
        "//files/secret/x",
        "/files/./secret/x",
        "/files/public/../secret/x",
        "/files/public/%2e%2e/secret/x",
        "/files/public%2f..%2fsecret/x",
        "/files/public\\..\\secret/x",
        "/files/%2fsecret/x",
        "/files/%73ecret",
        "/files/%%373ecret/x",
        "/files/%7%33ecret/x",
        "/files/public/.%%32e/secret/x",
    ] {
        assert_eq!(ask(target).await, 403, "{target}");
    }
    for target in [
        "/files/x",
        "/files/secrets",
        "/files/",
        "/files/%7Euser",
        "/files/a;b",
        "/files/100%",
        "/files/%2573ecret",
    ] {
        assert_eq!(ask(target).await, 200, "{target}");
    }
}

pub(super) async fn r25_what_protects_holds_beneath_a_nest(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.mount = "/{lang}";
        setup.is_public = true;
        setup.login = Box::new(|builder| {
            builder
                .protected_prefix("/관리")
                .require_prefix("/staff", |user| user.id() == "jun")
        });
    });
    for target in ["/en/x", "/ko/x", "/ko/staff-party"] {
        assert_eq!(status(&world, target).await, 200, "{target}");
    }
    for target in [
        "/en/%EA%B4%80%EB%A6%AC",
        "/ko/%EA%B4%80%EB%A6%AC/x",
        "/ko/%ea%b4%80%eb%a6%ac",
        "/ko/staff",
        "/ko/%73taff/x",
        "/ko//staff",
    ] {
        assert_eq!(status(&world, target).await, 303, "{target}");
    }
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/ko/staff", "alex").await;
    assert_eq!(page.url.as_str(), format!("{APP}/ko/staff"));
    assert_eq!(page.status, 403);
    assert_eq!(tab.visit(&format!("{APP}/ko/x")).await.text(), "user=alex");
}

pub(super) async fn r25_beneath_a_nest_only_what_both_paths_open_is_public(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.mount = "/{lang}";
        setup.is_public = true;
        setup.login = Box::new(|builder| {
            let builder = builder.set(Setting::RedirectUri, format!("{APP}/auth/callback"));
            builder.public_prefix("/docs").public_path("/en/help")
        });
    });
    for (target, code) in [
        // A language that is called `docs` opens no page.
        ("/docs/admin", 303),
        ("/en/docs/x", 303),
        ("/en/help", 303),
        ("/docs/docs/x", 200),
    ] {
        assert_eq!(status(&world, target).await, code, "{target}");
    }
}

pub(super) async fn r25_a_guard_on_an_index_file_does_not_start(harness: Harness) {
    let world = World::new(harness);
    for builder in [
        world
            .usual()
            .require_prefix("/files/docs/index.html", |_| true),
        world.usual().protected_prefix("/files/docs/index.html"),
    ] {
        let error = builder.build().unwrap_err().to_string();
        assert!(error.contains("write \"/files/docs/\""), "{error}");
    }
}

pub(super) async fn r18_rules_are_the_applications_own(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.mount = "/sub";
        setup.is_public = true;
        setup.login = Box::new(|builder| {
            builder
                .public_path("/")
                .public_prefix("/help")
                .protected_prefix("/help/me")
                .home_path("")
        });
    });
    for target in ["/sub", "/sub/help/x"] {
        assert_eq!(status(&world, target).await, 200, "{target}");
    }
    // Open as well, though axum's `nest` has nothing there.
    assert_ne!(status(&world, "/sub/").await, 303);
    for target in ["/sub/help/me", "/sub/help/me/x"] {
        assert_eq!(status(&world, target).await, 303, "{target}");
    }
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/sub/auth/login").await;
    let callback = world.approve(&location, "alex").await;
    let landed = tab.get(&callback).await;
    assert_eq!(landed.header("location"), Some("/sub"));
}

pub(super) async fn r18_a_misplaced_callback_is_told_and_not_repeated(harness: Harness) {
    for (stripped, seen) in [("0", "/auth/callback"), ("1", "/sub/auth/callback")] {
        let world = World::with(harness, |setup| {
            setup.is_public = true;
            setup.login = Box::new(move |builder| {
                let uri = format!("{APP}/sub/auth/callback");
                let builder = builder.set(Setting::RedirectUri, uri);
                builder.set(Setting::BaseStripped, stripped)
            });
        });
        let request = page_request(&format!("{seen}?code=c&state=s"));
        let told = world.raw(request).await;
        assert_eq!(told.status, 400, "{stripped}");
        assert!(told.text().contains("<code>invalid_callback</code>"));
        assert_eq!(told.header("set-cookie"), None, "no login is started");
    }
}

pub(super) async fn r18_a_nested_application_knows_where_it_is(harness: Harness) {
    let world = World::with(harness, |setup| setup.mount = "/sub");
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/sub/page?a=1").await;
    let redirect_uri = "redirect_uri=https%3A%2F%2Fapp.example%2Fsub%2Fauth%2Fcallback";
    assert!(location.contains(redirect_uri), "{location}");
    let callback = world.approve(&location, "alex").await;
    let page = tab.visit(&callback).await;
    assert_eq!(page.url.as_str(), format!("{APP}/sub/page?a=1"));
    assert_eq!(page.text(), "user=alex");
    let is_for_all = |cookie: &crate::browser::Cookie| cookie.path == "/";
    assert!(world.browser.jar().cookies().all(is_for_all));
    let location = world.start(&mut tab.clone(), "/sub/auth/login").await;
    let callback = world.approve(&location, "alex").await;
    let landed = tab.get(&callback).await;
    assert_eq!(landed.header("location"), Some("/sub/"));
    let session = tab.fetch(&format!("{APP}/sub/auth/session")).await;
    assert_eq!(session.status, 200);
    let page = tab.visit(&format!("{APP}/sub/auth/logout")).await;
    let page = tab.submit(&page, "form", None).await;
    assert_eq!(page.url.as_str(), format!("{APP}/sub/auth/logout"));
    assert!(page.text().contains("You are signed out"));
}

pub(super) async fn r19_the_same_login_twice_is_inert(harness: Harness) {
    let world = World::with(harness, |setup| setup.layers = 2);
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    assert_eq!(page.text(), "user=alex");
    assert_eq!(world.calls.all().len(), 1);
    assert_eq!(page.headers_named("cache-control").count(), 1);
    world.advance(301);
    let refreshed = tab.get(&format!("{APP}/page")).await;
    assert_eq!(refreshed.headers_named("set-cookie").count(), 1);
}

pub(super) async fn r19_another_login_inside_decides_for_itself(harness: Harness) {
    let inner_uri = format!("{APP}/inner/callback");
    let world = World::with(harness, |setup| {
        setup.provider = setup.provider.clone().redirect_uri(&inner_uri);
    });
    let inner = usual(&world.provider, &inner_uri)
        .endpoint_prefix("/inner")
        .set(Setting::CookieName, "inner")
        .clock(world.clock());
    let logins = vec![world.login.clone(), inner.build().unwrap()];
    let app = harness.serve(logins, "", world.calls.clone());
    world.browser.route(APP, app);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let landed = tab.get(&callback).await;
    // Who is signed in with the outer one is nobody to the inner one.
    let page = tab.follow(&landed).await;
    assert_eq!(page.status, 303);
    let location = page.header("location").unwrap();
    assert!(location.contains("inner%2Fcallback"), "{location}");
    assert_eq!(world.calls.all(), []);
    let callback = world.approve(location, "jun").await;
    assert_eq!(tab.visit(&callback).await.text(), "user=jun");
    for session in ["__Host-fncy_session", "__Host-inner_session"] {
        assert_eq!(world.cookies(session).len(), 1, "{session}");
    }
}

pub(super) async fn r19_without_the_layer_an_extractor_is_a_500(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.layers = 0;
        setup.is_public = true;
    });
    assert_eq!(status(&world, "/extract").await, 500);
    assert_eq!(status(&world, "/token").await, 500);
    let maybe = status(&world, "/maybe").await;
    let line = match harness {
        Harness::Bare => return assert_eq!(maybe, 200),
        Harness::Tower => {
            assert_eq!(maybe, 500);
            ".layer(FncyLoginLayer::new(login))"
        }
        Harness::Actix => {
            assert_eq!(maybe, 200);
            ".wrap(FncyLogin::new(login))"
        }
        // Its `Option` swallows the error, as actix-web's does.
        Harness::Poem => {
            assert_eq!(maybe, 200);
            ".with(FncyLogin::new(login))"
        }
    };
    let all = "the user was asked for on a route that the FNCY Login layer is not around";
    let lines = world.logged();
    assert!(lines.contains(all) && lines.contains(line), "{lines}");
}

pub(super) async fn r21_a_public_page_is_served_whatever_its_cookies_say(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.is_public = true;
        setup.login = Box::new(|builder| builder.public_path("/maybe"));
    });
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let url = url::Url::parse(&format!("{APP}/maybe")).unwrap();
    let living = tab.get(url.as_str()).await;
    assert_eq!(living.text(), "user=alex");
    assert_eq!(living.header("cache-control"), Some("private, no-cache"));
    let nobody = world.stranger().tab().get(url.as_str()).await;
    assert_eq!(nobody.header("cache-control"), None);

    world.advance(300);
    let asked = world.token_requests();
    let cookies = world.browser.jar().header(&url, Context::SameSite);
    let stale = cookies.unwrap_or_default();
    world.provider.fault(Endpoint::Token, Fault::status(503));
    for (cookie, user) in [(&stale[..], "alex"), (b"__Host-fncy_session=AQ", "-")] {
        let at_once = join_all((0..20).map(|_| world.ask("/maybe", cookie)));
        for answer in at_once.await {
            assert_eq!(answer.status, 200);
            assert_eq!(answer.text(), format!("user={user}"));
            assert_eq!(answer.header("set-cookie"), None);
        }
    }
    assert_eq!(world.token_requests(), asked);
}

pub(super) async fn an_extractor_on_a_public_path_sends_to_sign_in(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_prefix("/"));
    });
    let mut tab = world.tab();
    assert_eq!(tab.fetch(&format!("{APP}/extract")).await.status, 401);
    let page = world
        .visit_and_sign_in(&mut tab, "/extract?a=1", "alex")
        .await;
    assert_eq!(page.url.as_str(), format!("{APP}/extract?a=1"));
    assert_eq!(page.text(), "user=alex");
}
