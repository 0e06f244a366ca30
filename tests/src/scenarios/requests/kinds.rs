//! A page without a session is sent to sign in; any other request gets 401 and starts nothing (rows R1 to R9, R15 to R17,
//! R20, R21, R25).

use serde_json::Value;
use url::Url;

use crate::browser::{RawRequest, RawResponse};
use crate::harness::Harness;
use crate::steps::callback::{login_cookie_name, query};
use crate::world::{APP, World};

const HTML: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn get(target: &str) -> RawRequest {
    RawRequest::new("GET", target).with_header("host", "app.example")
}

fn page(target: &str) -> RawRequest {
    get(target).with_header("accept", HTML)
}

/// The redirect URI is the configured one, whatever the request said.
fn assert_knows_where_it_is(location: &str) {
    assert_eq!(
        query(location, "redirect_uri"),
        format!("{APP}/auth/callback")
    );
    assert!(!location.contains("evil"), "{location}");
}

/// 401 as a program reads it: no login, no cookie.
fn assert_problem(response: &RawResponse, hint: &str) {
    assert_eq!(response.status, 401, "{hint}");
    assert_eq!(response.header("set-cookie"), None, "{hint}");
    assert_eq!(response.header("location"), None, "{hint}");
    assert!(response.header("www-authenticate").is_some(), "{hint}");
    let json: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(json["code"], "sign_in_required", "{hint}");
    assert_eq!(json["status"], 401, "{hint}");
}

pub(super) async fn r01_a_navigation_is_sent_to_the_provider(harness: Harness) {
    let world = World::new(harness);
    let response = world.raw(page("/page")).await;
    assert_eq!(response.status, 303);
    let location = response.header("location").unwrap();
    assert!(location.starts_with(&world.provider.url(fncy_dev_server::Endpoint::Authorize)));
    assert_eq!(query(location, "response_type"), "code");
    assert_eq!(query(location, "client_id"), world.provider.client_id());
    assert_eq!(
        query(location, "redirect_uri"),
        format!("{APP}/auth/callback")
    );
    assert_eq!(
        query(location, "redirect_url"),
        format!("{APP}/auth/callback")
    );
    assert_eq!(query(location, "code_challenge_method"), "S256");
    assert_eq!(query(location, "code_challenge").len(), 43);
    assert_eq!(query(location, "state").len(), 43, "256 bits");
    let cookies: Vec<_> = response.headers_named("set-cookie").collect();
    let [cookie] = cookies.as_slice() else {
        panic!("one cookie, not {}", cookies.len());
    };
    let cookie = String::from_utf8_lossy(cookie);
    assert!(cookie.starts_with("__Host-fncy_login_"), "{cookie}");
    let attributes = "; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600";
    assert!(cookie.ends_with(attributes), "{cookie}");
    let again = world.raw(page("/page")).await;
    let again = again.header("location").unwrap();
    for name in ["state", "code_challenge"] {
        assert_ne!(query(again, name), query(location, name), "{name} is drawn");
    }
}

pub(super) async fn r02_a_program_is_told_where_to_sign_in(harness: Harness) {
    let world = World::new(harness);
    for (name, value) in [
        ("accept", "application/json"),
        ("accept", "*/*"),
        ("sec-fetch-mode", "cors"),
    ] {
        let response = world.raw(get("/api/x").with_header(name, value)).await;
        assert_problem(&response, value);
    }
    for (name, value) in [
        ("sec-fetch-mode", "cors"),
        ("x-requested-with", "XMLHttpRequest"),
    ] {
        let response = world.raw(page("/api/x").with_header(name, value)).await;
        assert_problem(&response, value);
    }
    let from_page = get("/api/x").with_header("referer", format!("{APP}/inbox?x=1"));
    let json: Value = serde_json::from_slice(&world.raw(from_page).await.body).unwrap();
    assert_eq!(json["login_url"], "/auth/login?return_to=%2Finbox%3Fx%3D1");
}

pub(super) async fn r02_an_api_is_for_programs(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| {
            builder
                .api_prefix("/api")
                .require_prefix("/api/admin", |_| false)
        });
    });
    for target in ["/api", "/api/x?a=1", "/%61pi/x"] {
        assert_problem(&world.raw(page(target)).await, target);
    }
    let mut form = page("/api/x");
    form.method = "POST".to_owned();
    assert_problem(&world.raw(form).await, "a form");
    let by_htmx = world.raw(get("/api/x").with_header("hx-request", "true"));
    assert!(by_htmx.await.header("hx-redirect").is_some());
    assert_eq!(world.raw(page("/apiary")).await.status, 303);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let refused = tab.visit(&format!("{APP}/api/admin")).await;
    assert_eq!(refused.status, 403);
    let json: Value = serde_json::from_str(&refused.text()).unwrap();
    assert_eq!(json["code"], "forbidden");
}

pub(super) async fn r05_an_image_starts_no_login(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    for (path, dest) in [("/favicon.ico", "image"), ("/manifest.json", "manifest")] {
        let response = tab.sub_resource(&format!("{APP}{path}"), dest).await;
        assert_problem(&response, dest);
        // Where a browser says no more than that.
        let image = page(path).with_header("sec-fetch-dest", "image");
        assert_problem(&world.raw(image).await, path);
    }
    let callback = world.approve(&location, "alex").await;
    let landed = tab.visit(&callback).await;
    assert_eq!(landed.url.as_str(), format!("{APP}/page"));
}

pub(super) async fn r06_a_prefetch_starts_no_login(harness: Harness) {
    let world = World::new(harness);
    for path in ["/page", "/auth/login?return_to=/page"] {
        for (name, value) in [
            ("sec-purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("purpose", "prefetch"),
            ("next-router-prefetch", "1"),
        ] {
            let response = world.raw(page(path).with_header(name, value)).await;
            assert_problem(&response, value);
        }
    }
}

pub(super) async fn r07_a_posted_form_is_never_replayed(harness: Harness) {
    let world = World::new(harness);
    for (referer, form) in [
        (Some(format!("{APP}/form?x=1")), "/form?x=1"),
        (Some("https://evil.example/form".to_owned()), "/"),
        (None, "/"),
    ] {
        let mut post = RawRequest::new("POST", "/form")
            .with_header("host", "app.example")
            .with_header("accept", HTML)
            .with_header("content-type", "application/x-www-form-urlencoded")
            // Who waits for that much waits for ever: it is never sent.
            .with_header("content-length", "1000000");
        if let Some(referer) = &referer {
            post = post.with_header("referer", referer);
        }
        let response = world.raw(post).await;
        assert_eq!(response.status, 401);
        assert_eq!(response.header("set-cookie"), None);
        assert_eq!(response.header("location"), None);
        for link in [
            "href=\"/auth/login?return_to=%2Fauth%2Fsigned-in\" target=\"_blank\" rel=\"noopener\"",
            &format!("href=\"{form}\""),
        ] {
            assert!(response.text().contains(link), "{}", response.text());
        }
    }
    let link = "/auth/login?return_to=%2Fauth%2Fsigned-in";
    let mut tab = world.tab();
    let page = world.visit_and_sign_in(&mut tab, link, "alex").await;
    assert_eq!(page.url.as_str(), format!("{APP}/auth/signed-in"));
    assert!(world.calls.all().is_empty(), "the form was not sent");
}

pub(super) async fn r08_other_methods_are_refused(harness: Harness) {
    let world = World::new(harness);
    let mut head = page("/page");
    head.method = "HEAD".to_owned();
    let response = world.raw(head).await;
    assert_eq!(response.status, 303);
    assert!(response.body.is_empty());
    let mut head = get("/page");
    head.method = "HEAD".to_owned();
    let response = world.raw(head).await;
    assert_eq!((response.status, response.body.len()), (401, 0));
    for method in ["OPTIONS", "PUT", "DELETE", "PATCH", "CONNECT", "BREW"] {
        let mut request = page("/page");
        request.method = method.to_owned();
        assert_problem(&world.raw(request).await, method);
    }
    for endpoint in ["/auth/login", "/auth/session"] {
        let mut post = page(endpoint);
        post.method = "POST".to_owned();
        let refused = world.raw(post).await;
        assert_eq!(refused.status, 405);
        assert_eq!(refused.header("allow"), Some("GET, HEAD"));
    }
    let mut preflight = page("/page").with_header("origin", "https://other.example");
    preflight.method = "OPTIONS".to_owned();
    let preflight = preflight.with_header("access-control-request-method", "GET");
    assert_problem(&world.raw(preflight).await, "preflight");
}

pub(super) async fn r08_a_preflight_passes_where_that_is_set(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.is_public = true;
        setup.login = Box::new(fncy_login::LoginBuilder::allow_preflight);
    });
    let preflight = RawRequest::new("OPTIONS", "/page")
        .with_header("host", "app.example")
        .with_header("origin", "https://other.example");
    assert_problem(&world.raw(preflight.clone()).await, "no preflight");
    let preflight = preflight.with_header("access-control-request-method", "GET");
    assert_eq!(world.raw(preflight).await.text(), "user=-");
}

pub(super) async fn r25_a_guarded_paths_preflight_is_refused(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.is_public = true;
        setup.login = Box::new(|builder| {
            let builder = builder.allow_preflight().public_prefix("/open");
            builder
                .require_scope_prefix("/admin", "admin")
                .require_prefix("/open/staff", |_| true)
        });
    });
    let preflight = |target: &str| {
        RawRequest::new("OPTIONS", target)
            .with_header("host", "app.example")
            .with_header("origin", "https://other.example")
            .with_header("access-control-request-method", "DELETE")
    };
    for target in [
        "/admin",
        "/admin/users",
        "/%61dmin/users",
        "//admin",
        "/x/../admin",
        "/open/staff",
    ] {
        assert_problem(&world.raw(preflight(target)).await, target);
    }
    for target in ["/page", "/administrator", "/open/x"] {
        assert_eq!(world.raw(preflight(target)).await.text(), "user=-");
    }
}

pub(super) async fn r09_an_upgrade_is_refused_before_it_happens(harness: Harness) {
    let world = World::new(harness);
    let upgrade = page("/socket")
        .with_header("connection", "upgrade")
        .with_header("upgrade", "websocket")
        .with_header("sec-websocket-version", "13")
        .with_header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    assert_problem(&world.raw(upgrade).await, "websocket");
}

pub(super) async fn r15_headers_of_proxies_are_ignored(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.login = Box::new(|builder| builder.public_path("/public"));
    });
    let response = world
        .raw(
            page("/page")
                .with_header("x-forwarded-host", "evil.example")
                .with_header("x-forwarded-proto", "http")
                .with_header("x-forwarded-prefix", "/evil")
                .with_header("x-forwarded-uri", "/public")
                .with_header("forwarded", "host=evil.example;proto=http")
                .with_header("x-original-url", "/public")
                .with_header("x-rewrite-url", "/public"),
        )
        .await;
    assert_eq!(response.status, 303);
    let location = response.header("location").unwrap();
    assert_knows_where_it_is(location);
}

pub(super) async fn r16_the_host_header_is_not_believed(harness: Harness) {
    let world = World::new(harness);
    let evil = RawRequest::new("GET", "/page")
        .with_header("host", "evil.example")
        .with_header("accept", HTML);
    let absolute = RawRequest::new("GET", "http://evil.example/page")
        .with_header("host", "evil.example")
        .with_header("accept", HTML);
    for request in [evil, absolute] {
        let response = world.raw(request).await;
        assert_eq!(response.status, 303);
        let location = response.header("location").unwrap();
        assert_knows_where_it_is(location);
    }
    let twice = page("/page").with_header("host", "evil.example");
    let response = world.raw(twice).await;
    match harness {
        // The server refuses it before we see it.
        Harness::Actix => assert_eq!(response.status, 400),
        Harness::Bare | Harness::Tower | Harness::Poem => {
            let location = response.header("location").unwrap();
            assert_eq!(
                query(location, "redirect_uri"),
                format!("{APP}/auth/callback")
            );
        }
    }
}

pub(super) async fn r17_identity_headers_are_nobody(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.is_public = true;
        setup.login = Box::new(|builder| builder.public_path("/maybe"));
    });
    let mut request = page("/maybe");
    for name in [
        "X-Forwarded-User",
        "x_forwarded_user",
        "X-User",
        "Remote-User",
        "REMOTE_USER",
        "X-Auth-Request-User",
        "Authorization",
    ] {
        request = request.with_header(name, "admin");
    }
    assert_eq!(world.raw(request).await.text(), "user=-");
}

pub(super) async fn r20_a_hundred_logins_leave_five_cookies(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let url = Url::parse(APP).unwrap();
    // Names before and behind those of nearly all logins.
    for name in [
        "__Host-fncy_login_0000000000000000",
        "__Host-fncy_login_ffffffffffffffff",
    ] {
        world
            .browser
            .jar()
            .insert(&url, name.as_bytes(), b"garbage");
    }
    let mut locations = Vec::new();
    for _ in 0..100 {
        locations.push(world.start(&mut tab, "/page?a=1").await);
        world.advance(1);
    }
    let mut jar = world.cookies("__Host-fncy_login");
    let newest = locations[95..].iter();
    let mut newest: Vec<_> = newest
        .map(|location| login_cookie_name(&query(location, "state")))
        .collect();
    jar.sort_unstable();
    newest.sort_unstable();
    assert_eq!(jar, newest, "what doesn't open went first, then the oldest");
    let callback = world.approve(&locations[99], "alex").await;
    assert_eq!(tab.visit(&callback).await.text(), "user=alex");
}

pub(super) async fn r21_what_one_user_sees_is_not_stored(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    let plain = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    assert_eq!(plain.header("cache-control"), Some("private, no-cache"));
    let own = tab.get(&format!("{APP}/own")).await;
    assert_eq!(own.header("cache-control"), Some("max-age=60"));
    assert_eq!(own.header("set-cookie"), Some("own=1"));
}

pub(super) async fn r21_an_error_is_an_answer_of_the_application_too(harness: Harness) {
    let world = World::new(harness);
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let error = tab.get(&format!("{APP}/missing")).await;
    assert_eq!(error.status, 404);
    // In actix-web the error goes on, and middleware outside knows it; it has no headers to set.
    let default = (harness != Harness::Actix).then_some("private, no-cache");
    assert_eq!(error.header("cache-control"), default);
    world.advance(301);
    let error = tab.get(&format!("{APP}/missing")).await;
    assert_eq!(error.status, 404);
    assert_eq!(error.header("cache-control"), Some("private, no-store"));
    // The refreshed session isn't lost with it.
    assert_eq!(error.headers_named("set-cookie").count(), 1);
}

pub(super) async fn a_grpc_call_is_told_by_its_own_status(harness: Harness) {
    let world = World::new(harness);
    let call = |kind: &str| {
        RawRequest::new("POST", "/shop.Orders/List")
            .with_header("host", "app.example")
            .with_header("content-type", kind)
            .with_header("te", "trailers")
    };
    for kind in [
        "application/grpc",
        "Application/gRPC+proto",
        "application/grpc-web",
    ] {
        let told = world.raw(call(kind)).await;
        assert_eq!(told.status, 200, "{kind}");
        assert_eq!(told.header("grpc-status"), Some("16"), "{kind}");
        assert_eq!(told.header("content-type"), Some("application/grpc"));
        assert_eq!(told.header("set-cookie"), None, "{kind}");
        assert_eq!(told.text(), "", "{kind}");
    }
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let with_session = call("application/grpc").with_header("cookie", world.cookie_header());
    let refused = world.raw(with_session.clone()).await;
    assert_eq!(refused.header("grpc-status"), Some("7"), "no Origin");
    let answered = world.raw(with_session.with_header("origin", APP)).await;
    assert_eq!(answered.header("grpc-status"), None);
    assert_eq!(answered.text(), "user=alex");
}

pub(super) async fn htmx_is_sent_to_the_login_endpoint(harness: Harness) {
    let world = World::new(harness);
    for (current, address) in [
        (format!("{APP}/list?page=2"), "%2Flist%3Fpage%3D2"),
        ("https://evil.example/list".to_owned(), "%2F"),
    ] {
        let request = page("/rows")
            .with_header("hx-request", "true")
            .with_header("hx-current-url", current);
        let response = world.raw(request).await;
        assert_problem(&response, "htmx");
        assert_eq!(
            response.header("hx-redirect"),
            Some(format!("/auth/login?return_to={address}").as_str())
        );
    }
}
