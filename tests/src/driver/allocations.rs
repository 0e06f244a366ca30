//! The allocations of a signed-in request, without the application's own. The counts are exact, and don't depend on the
//! machine's load.
//!
//! If a commit changes a count on purpose, it changes the figure here and says why.

use std::convert::Infallible;

use actix_web::dev::Service as _;
use actix_web::{App, test as actix, web};
use allocation_counter::measure;
use axum::Router;
use axum::body::Body;
use axum::routing::get;
use fncy_login::adapter::{Decision, Verdict};
use futures_util::FutureExt as _;
use http::{Request, Response};
use tower::{Layer as _, Service, ServiceExt as _};

use crate::browser::{Context, RawRequest};
use crate::harness::{Harness, RawHead};
use crate::steps::bearer::{accept, by_introspection, token_of, with_token};
use crate::steps::device_key::{binding, bound};
use crate::world::{APP, World};

/// A login, and the cookies of a signed-in user.
async fn signed_in() -> (World, String) {
    let world = World::new(Harness::Bare);
    world.visit_and_sign_in(&mut world.tab(), "/", "alex").await;
    let url = url::Url::parse(APP).unwrap();
    let cookies = world.browser.jar().header(&url, Context::SameSite).unwrap();
    (world, String::from_utf8(cookies).unwrap())
}

#[tokio::test]
async fn a_decision_allocates_once() {
    let (world, cookies) = signed_in().await;
    let request = RawRequest::new("GET", "/").with_header("cookie", cookies);
    let head = RawHead::of(&request);
    let decide = || {
        let decision = world.login.decide(&head, None);
        assert!(matches!(decision, Decision::Now(Verdict::Admit { .. })));
    };
    decide();
    assert_eq!(measure(decide).count_total, 1);
}

/// The same for a session that is bound to a device key, beside its device cookie.
#[tokio::test]
async fn a_bound_session_allocates_no_more() {
    let world = binding(Harness::Bare);
    let mut bound = bound(&world).await;
    assert_eq!(bound.text("/").await, "user=alex");
    let request = RawRequest::new("GET", "/").with_header("cookie", bound.copy());
    let head = RawHead::of(&request);
    let decide = || {
        let decision = world.login.decide(&head, None);
        let Decision::Now(Verdict::Admit { context, .. }) = decision else {
            unreachable!("the session is bound");
        };
        assert!(context.user().unwrap().is_device_bound());
    };
    decide();
    assert_eq!(measure(decide).count_total, 1);
}

/// The same for a bearer token that was asked about before.
#[tokio::test]
async fn a_known_token_allocates_nothing() {
    let world = World::new(Harness::Bare);
    let login = accept(&world, by_introspection(&world), |login| login);
    let request = with_token("/", &token_of(&world, "alex").await);
    assert_eq!(world.raw(request.clone()).await.status, 200);
    let head = RawHead::of(&request);
    let decide = || {
        let decision = login.decide(&head, None);
        assert!(matches!(decision, Decision::Now(Verdict::Admit { .. })));
    };
    assert_eq!(measure(decide).count_total, 0);
}

#[tokio::test]
async fn a_refused_cookie_allocates_nothing() {
    let (_, cookies) = signed_in().await;
    let world = World::with(Harness::Bare, |setup| {
        setup.login = Box::new(|builder| builder.public_path("/"));
        setup.is_public = true;
    });
    let allocates = |cookies: &str| {
        let request = RawRequest::new("GET", "/").with_header("cookie", cookies);
        let head = RawHead::of(&request);
        measure(|| {
            let Decision::Now(Verdict::Admit { context, .. }) = world.login.decide(&head, None)
            else {
                unreachable!("the page is public");
            };
            assert!(context.user().is_none());
        })
        .count_total
    };
    let (name, value) = cookies.split_once("_session=").unwrap();
    let named = |value: &str| format!("{name}_session={value}");
    let none = allocates("a=b");
    for refused in [
        named(&value.replacen('.', "A.", 1)),
        named(&format!("AQAAAA{}", &value[6..])),
        named(&"A".repeat(64 * 1024)),
        vec![named("A"); 1_000].join("; "),
        vec!["a=b"; 10_000].join("; "),
    ] {
        assert_eq!(allocates(&refused), none, "{}", &refused[..40]);
    }
}

#[tokio::test]
async fn a_redirect_and_a_401_allocate_little() {
    let world = World::new(Harness::Bare);
    let allocates = |status, name, value: &str| {
        let request = RawRequest::new("GET", "/").with_header(name, value);
        let head = RawHead::of(&request);
        let decide = || {
            let Decision::Now(Verdict::Reply(reply)) = world.login.decide(&head, None) else {
                unreachable!("no user is signed in");
            };
            assert_eq!(reply.status, status);
        };
        decide();
        measure(decide).count_total
    };
    assert_eq!(
        (
            allocates(303, "accept", "text/html"),
            allocates(401, "accept", "*/*"),
            allocates(401, "cookie", "__Host-fncy_session=x"),
        ),
        (18, 11, 16)
    );
}

/// The allocations of one request to a router, after a first one.
fn axum_allocates<S, B>(app: &S, cookies: &str) -> u64
where
    S: Service<Request<Body>, Response = Response<B>, Error = Infallible> + Clone,
{
    let ask = || {
        let request = Request::get("/").header("cookie", cookies);
        let answer = app.clone().oneshot(request.body(Body::empty()).unwrap());
        let answer = answer.now_or_never().expect("nothing is waited for");
        assert_eq!(answer.unwrap().status(), 200);
    };
    ask();
    measure(ask).count_total
}

#[tokio::test]
async fn axum_allocates_eight_more_by_layer_three_as_a_service_and_two_by_wrap() {
    use fncy_login_tower::{CurrentUser, FncyLoginLayer};

    async fn bare() -> &'static str {
        "hello"
    }
    async fn greets(user: CurrentUser) -> &'static str {
        assert_eq!(user.id(), "alex");
        "hello"
    }
    let (world, cookies) = signed_in().await;
    let bare = axum_allocates(&Router::new().route("/", get(bare)), &cookies);
    let router = Router::new().route("/", get(greets));
    let layer = FncyLoginLayer::new(world.login.clone());
    let layered = axum_allocates(&router.clone().layer(layer.clone()), &cookies);
    let service = axum_allocates(&layer.layer(router.clone()), &cookies);
    let wrapped = axum_allocates(&layer.wrap(router), &cookies);
    let added = [layered, service, wrapped].map(|all| all - bare);
    assert_eq!(added, [8, 3, 2]);
}

#[test]
fn actix_allocates_two_more() {
    use fncy_login_actix::{CurrentUser, FncyLogin};

    async fn bare() -> &'static str {
        "hello"
    }
    async fn greets(user: CurrentUser) -> &'static str {
        assert_eq!(user.id(), "alex");
        "hello"
    }
    actix_web::rt::System::new().block_on(async {
        let (world, cookies) = signed_in().await;
        let request = || {
            let request = actix::TestRequest::get().uri("/");
            request.insert_header(("cookie", cookies.as_str()))
        };
        macro_rules! allocates {
            ($app:expr) => {{
                let app = actix::init_service($app).await;
                let ask = |request| {
                    let answer = app.call(request).now_or_never();
                    let answer = answer.expect("nothing is waited for");
                    assert_eq!(answer.unwrap().status(), 200);
                };
                ask(request().to_request());
                let request = request().to_request();
                measure(|| ask(request)).count_total
            }};
        }
        let bare = allocates!(App::new().route("/", web::get().to(bare)));
        let layer = FncyLogin::new(world.login.clone());
        let wrapped = allocates!(App::new().wrap(layer).route("/", web::get().to(greets)));
        assert_eq!(wrapped - bare, 2);
    });
}
