//! All ways to build a router: nest, merge in both orders, late routes, fallbacks.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use fncy_login_tower::{AuthRejection, CurrentUser, Deny, FncyLoginLayer};
use http::{Request, Response, StatusCode};
use tower::util::MapRequestLayer;
use tower::{Layer as _, Service, ServiceExt as _};

use super::login;
use crate::world::ThreadLogs;

async fn home() -> &'static str {
    "home"
}

fn router(path: &str) -> Router {
    Router::new().route(path, get(home))
}

/// A router, or a wrapped router.
trait Application:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone
{
}

impl<S> Application for S where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone
{
}

async fn ask(app: &impl Application, path: &str) -> Response<Body> {
    let request = Request::get(path)
        .header("accept", "text/html")
        .body(Body::empty())
        .unwrap();
    app.clone().oneshot(request).await.unwrap()
}

/// The result of a request without a session: `sign in` for a redirect to the provider.
async fn gate(app: &impl Application, path: &str) -> &'static str {
    let response = ask(app, path).await;
    match response.status() {
        StatusCode::SEE_OTHER => "sign in",
        StatusCode::OK => "open",
        StatusCode::NOT_FOUND => "nothing",
        status => panic!("{path}: {status}"),
    }
}

#[tokio::test]
async fn a_layer_covers_what_was_there_before_it() {
    let (login, _provider) = login("", |builder| builder);
    let app = router("/before")
        .layer(FncyLoginLayer::new(login))
        .route("/late", get(home));
    assert_eq!(gate(&app, "/before").await, "sign in");
    assert_eq!(gate(&app, "/nowhere").await, "sign in");
    assert_eq!(gate(&app, "/auth/login").await, "sign in");
    assert_eq!(gate(&app, "/late").await, "open");
}

#[tokio::test]
async fn wrap_covers_everything_in_any_order() {
    let (login, _provider) = login("", |builder| builder);
    let wrap = |router| FncyLoginLayer::new(login.clone()).wrap(router);
    let nested = router("/").nest("/sub", router("/page"));
    let merged = router("/").merge(router("/sub/page"));
    let the_other_way = router("/sub/page").merge(router("/"));
    let with_fallback = router("/sub/page").fallback(home);
    for app in [nested, merged, the_other_way, with_fallback] {
        let app = wrap(app);
        for path in ["/", "/sub/page", "/late", "/auth/login", "/auth/session/x"] {
            assert_eq!(gate(&app, path).await, "sign in", "{path}");
        }
        assert_eq!(ask(&app, "/auth/session").await.status(), 401);
    }
}

#[tokio::test]
async fn a_wrapped_router_can_be_nested_or_be_a_fallback() {
    let (login, _provider) = login("/sub", |builder| builder);
    let inner = FncyLoginLayer::new(login).wrap(router("/page"));
    let nested = router("/").nest_service("/sub", inner.clone());
    let fallback = router("/").fallback_service(Router::new().nest_service("/sub", inner));
    for app in [nested, fallback] {
        assert_eq!(gate(&app, "/").await, "open");
        assert_eq!(gate(&app, "/sub/page").await, "sign in");
        assert_eq!(gate(&app, "/sub/auth/login").await, "sign in");
        let location = ask(&app, "/sub/page?a=1").await;
        let location = location.headers()["location"].to_str().unwrap();
        assert!(location.contains("%2Fsub%2Fauth%2Fcallback"), "{location}");
    }
}

#[tokio::test]
async fn a_wrapped_router_that_is_nested_as_a_service_has_both_front_pages() {
    let (login, _provider) = login("/sub", |builder| builder.public_path("/"));
    let site = router("/").route("/page", get(home));
    let wrapped = FncyLoginLayer::new(login).wrap(site);
    let app = router("/healthz").nest_service("/sub", wrapped);
    for path in ["/sub", "/sub/", "/healthz"] {
        assert_eq!(gate(&app, path).await, "open", "{path}");
    }
    assert_eq!(gate(&app, "/sub/page").await, "sign in");
    assert_eq!(gate(&app, "/nowhere").await, "nothing");
}

#[tokio::test]
async fn a_later_fallback_and_a_route_layer_need_a_wrap_for_our_endpoints() {
    let (login, _provider) = login("", |builder| builder);
    let layer = FncyLoginLayer::new(login);
    let late = router("/page").layer(layer.clone()).fallback(home);
    let of_routes = router("/page").route_layer(layer.clone());
    for (app, without_us) in [(late, "open"), (of_routes, "nothing")] {
        assert_eq!(gate(&app, "/page").await, "sign in");
        assert_eq!(gate(&app, "/auth/login").await, without_us);
        assert_eq!(
            gate(&layer.clone().wrap(app), "/auth/login").await,
            "sign in"
        );
    }
}

#[tokio::test]
async fn a_layer_beneath_nest_needs_a_wrap_for_its_endpoints() {
    let (login, _provider) = login("/sub", |builder| builder);
    let inner = router("/page").layer(FncyLoginLayer::new(login.clone()));
    let app = router("/").nest("/sub", inner);
    assert_eq!(gate(&app, "/sub/page").await, "sign in");
    assert_eq!(
        gate(&app, "/sub/auth/login").await,
        "nothing",
        "axum drops the fallback"
    );
    let app = FncyLoginLayer::new(login).wrap(app);
    assert_eq!(gate(&app, "/sub/auth/login").await, "sign in");
}

#[tokio::test]
async fn part_of_an_application_is_protected_by_its_path() {
    let (login, _provider) = login("", |builder| builder.protected_prefix("/admin"));
    let app = FncyLoginLayer::new(login).wrap(router("/").route("/admin/{page}", get(home)));
    assert_eq!(gate(&app, "/").await, "open");
    assert_eq!(gate(&app, "/admin/users").await, "sign in");
    assert_eq!(gate(&app, "/nowhere").await, "nothing");
}

#[tokio::test]
async fn a_rewritten_path_is_judged_as_the_router_takes_it() {
    let (login, _provider) = login("", |builder| builder.protected_prefix("/admin"));
    let to_admin = MapRequestLayer::new(|mut request: Request<Body>| {
        *request.uri_mut() = "/admin".parse().unwrap();
        request
    });
    let app = FncyLoginLayer::new(login)
        .wrap(router("/admin"))
        .layer(to_admin);
    assert_eq!(gate(&app, "/en").await, "sign in");
}

#[tokio::test]
async fn r19_a_path_that_is_rewritten_between_two_layers_is_judged_again() {
    let (login, _provider) = login("", |builder| builder.protected_prefix("/admin"));
    let to_admin = MapRequestLayer::new(|mut request: Request<Body>| {
        *request.uri_mut() = "/admin".parse().unwrap();
        request
    });
    let layer = FncyLoginLayer::new(login);
    let inner = layer.clone().wrap(router("/admin")).layer(to_admin);
    let app = Router::new().fallback_service(layer.layer(inner));
    assert_eq!(gate(&app, "/en").await, "sign in");
}

#[tokio::test]
async fn r25_a_rule_holds_at_each_of_two_mounts() {
    let (login, _provider) = login("/a", |builder| builder.protected_prefix("/admin"));
    let site = router("/admin").route("/page", get(home));
    let wrapped = FncyLoginLayer::new(login).wrap(site);
    let app = Router::new()
        .nest_service("/a", wrapped.clone())
        .nest_service("/b", wrapped);
    for mount in ["/a", "/b"] {
        assert_eq!(gate(&app, &format!("{mount}/page")).await, "open");
        assert_eq!(gate(&app, &format!("{mount}/admin")).await, "sign in");
    }
}

#[tokio::test]
async fn handlers_with_a_state_of_their_own_still_fit() {
    async fn handler(_: CurrentUser, state: axum::extract::State<u8>) -> String {
        state.to_string()
    }
    let (login, _provider) = login("", |builder| builder);
    let app = Router::new()
        .route("/", get(handler))
        .layer(FncyLoginLayer::new(login))
        .with_state(7_u8);
    assert_eq!(gate(&app, "/").await, "sign in");
}

#[tokio::test]
async fn a_sub_path_that_a_proxy_strips_is_put_back() {
    let (login, _provider) = login("/sub", |builder| {
        builder.set(fncy_login::Setting::BaseStripped, "1")
    });
    let app = FncyLoginLayer::new(login).wrap(router("/page"));
    assert_eq!(gate(&app, "/auth/login").await, "sign in");
    let request = Request::post("/page")
        .header("accept", "text/html")
        .header("referer", "https://app.example/sub/page?x=1")
        .body(Body::empty())
        .unwrap();
    let refused = app.clone().oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(refused.into_body(), 65_536)
        .await
        .unwrap();
    let body = String::from_utf8_lossy(&body).into_owned();
    for link in [
        "href=\"/sub/auth/login?return_to=%2Fsub%2Fauth%2Fsigned-in\"",
        "href=\"/sub/page?x=1\"",
    ] {
        assert!(body.contains(link), "{body}");
    }
}

/// The log lines about a layer's place, after a browser has sent requests without a callback in between.
async fn told_of(
    login_base: &str,
    place: impl Fn(FncyLoginLayer) -> Router,
    path: &str,
) -> Vec<String> {
    let (login, _provider) = login(login_base, |builder| builder.endpoint_prefix("/auth"));
    let logs = ThreadLogs::start();
    let app = place(FncyLoginLayer::new(login));
    let first = ask(&app, path).await;
    assert_eq!(first.status(), StatusCode::SEE_OTHER, "{path}");
    let cookie = first.headers()["set-cookie"].to_str().unwrap();
    for _ in 0..3 {
        let request = Request::get(path)
            .header("accept", "text/html")
            .header("cookie", cookie.split(';').next().unwrap())
            .body(Body::empty())
            .unwrap();
        let again = app.clone().oneshot(request).await.unwrap();
        assert_eq!(again.status(), StatusCode::SEE_OTHER);
    }
    logs.with("redirect_uri=")
        .into_iter()
        .filter(|line| !line.contains("login: ready"))
        .collect()
}

#[tokio::test]
async fn r27_a_layer_that_leaves_our_endpoints_out_is_told_once() {
    type Place = fn(FncyLoginLayer) -> Router;
    let places: [(&str, Place, &str, &str); 4] = [
        (
            "",
            |layer| router("/page").route_layer(layer),
            "/page",
            "call `wrap` on the finished router",
        ),
        (
            "",
            |layer| router("/page").layer(layer).fallback(home),
            "/page",
            "call `wrap` on the finished router",
        ),
        (
            "/sub",
            |layer| Router::new().nest("/sub", router("/page").layer(layer)),
            "/sub/page",
            "a router with the layer was nested",
        ),
        (
            "",
            |layer| Router::new().nest_service("/sub", layer.wrap(router("/page"))),
            "/sub/page",
            "the redirect URI is outside the part of the application",
        ),
    ];
    for (base, place, path, line) in places {
        let told = told_of(base, place, path).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert!(told[0].contains(line), "{told:?}");
    }
}

#[tokio::test]
async fn r27_a_layer_in_its_place_is_not_told() {
    type Place = fn(FncyLoginLayer) -> Router;
    let places: [(&str, Place, &str); 4] = [
        (
            "",
            |layer| Router::new().fallback_service(layer.wrap(router("/page"))),
            "/page",
        ),
        ("", |layer| router("/page").layer(layer), "/nowhere"),
        (
            "/sub",
            |layer| Router::new().nest_service("/sub", layer.wrap(router("/page"))),
            "/sub/page",
        ),
        (
            "/en",
            |layer| Router::new().nest_service("/{lang}", layer.wrap(router("/page"))),
            "/en/page",
        ),
    ];
    for (base, place, path) in places {
        assert_eq!(told_of(base, place, path).await, [""; 0], "{path}");
    }
}

#[tokio::test]
async fn a_layer_whose_fallback_was_asked_for_is_not_told() {
    let told = told_of("", |layer| router("/page").layer(layer), "/page");
    // After requests for pages and one for `/auth/login`, the login knows that its endpoints are reached.
    assert_eq!(told.await.len(), 1, "nothing but a route was asked for");
    let (login, _provider) = login("", |builder| builder);
    let logs = ThreadLogs::start();
    let app = router("/page").layer(FncyLoginLayer::new(login));
    ask(&app, "/favicon.ico").await;
    for _ in 0..2 {
        let request =
            Request::get("/page").header("cookie", "__Host-fncy_login_0123456789abcdef=x");
        app.clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
    }
    assert_eq!(logs.with("use `wrap`"), [""; 0]);
}

#[tokio::test]
async fn a_log_inside_shows_no_cookie() {
    async fn shown(request: Request<Body>) -> String {
        format!("{:?}", request.headers())
    }
    let (login, _provider) = login("", |builder| builder.public_path("/"));
    let app = FncyLoginLayer::new(login).wrap(Router::new().route("/", get(shown)));
    let request = Request::get("/")
        .header("cookie", "a=hunter1")
        .header("cookie", "b=hunter2");
    let response = app
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let shown = axum::body::to_bytes(response.into_body(), 4096)
        .await
        .unwrap();
    assert_eq!(shown, r#"{"cookie": Sensitive, "cookie": Sensitive}"#);
}

#[tokio::test]
async fn a_guard_of_the_applications_own_refuses_as_we_do() {
    async fn closed(deny: Deny) -> Result<(), AuthRejection> {
        Err(deny.forbidden())
    }
    async fn anonymous(deny: Deny) -> AuthRejection {
        deny.unauthorized()
    }
    let (login, _provider) = login("", |builder| builder.public_prefix("/"));
    let site = Router::new()
        .route("/closed", get(closed))
        .route("/anonymous", get(anonymous));
    let app = Router::new().nest_service("/sub", FncyLoginLayer::new(login).wrap(site));
    for (path, accept, status, holds) in [
        ("/sub/closed", "text/html", 403, "<code>forbidden</code>"),
        ("/sub/closed", "*/*", 403, r#""code":"forbidden""#),
        ("/sub/anonymous", "text/html", 303, ""),
        ("/sub/anonymous", "*/*", 401, r#""code":"sign_in_required""#),
    ] {
        let request = Request::get(path).header("accept", accept);
        let response = app
            .clone()
            .oneshot(request.body(Body::empty()).unwrap())
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{path}");
        let body = axum::body::to_bytes(response.into_body(), 65_536)
            .await
            .unwrap();
        assert!(String::from_utf8_lossy(&body).contains(holds), "{path}");
    }
    let without = Router::new().route("/closed", get(closed));
    assert_eq!(ask(&without, "/closed").await.status(), 500);
}
