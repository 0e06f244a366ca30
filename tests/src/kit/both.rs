//! Tests of the kit's clients over both axum and actix-web, and of the errors for a test's author.

use std::time::Duration;

use actix_web::web;
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::{get, post};
use fncy_login::{BearerCheck, LoginBuilder};
use fncy_login_actix as actix;
use fncy_login_testing::{Actix, App, DemoUser, DevServer, Endpoint, Fault, TestError, TestFncy};
use fncy_login_tower as tower;
use serde_json::Value;
use tokio::task::JoinSet;

const MINUTE: Duration = Duration::from_secs(60);

/// A login with a public front page, and with bearer tokens below `/api`.
fn builder(fncy: &TestFncy) -> LoginBuilder {
    let server = fncy.server();
    let check = BearerCheck::introspection(server.introspection_url()).client(server.client_id());
    fncy.login().public_path("/").bearer_prefix("/api", check)
}

fn router(login: LoginBuilder) -> tower::WrappedRouter {
    let inbox = async |user: tower::CurrentUser| user.id().to_owned();
    let token = async |tokens: tower::Tokens| tokens.access_token().to_owned();
    let routes = Router::new()
        .route("/", get(async || "Hello"))
        .route("/inbox", get(inbox))
        .route("/api/inbox", get(inbox))
        .route("/notes", post(async |note: String| note))
        .route("/api/notes", post(async |note: String| note))
        .route("/token", get(token))
        .route("/api/token", get(token));
    tower::FncyLoginLayer::new(login.build().unwrap()).wrap(routes)
}

fn routes(config: &mut web::ServiceConfig) {
    let inbox = async |user: actix::CurrentUser| user.id().to_owned();
    let token = async |tokens: actix::Tokens| tokens.access_token().to_owned();
    config
        .route("/", web::get().to(async || "Hello"))
        .route("/inbox", web::get().to(inbox))
        .route("/api/inbox", web::get().to(inbox))
        .route("/notes", web::post().to(async |note: String| note))
        .route("/api/notes", web::post().to(async |note: String| note))
        .route("/token", web::get().to(token))
        .route("/api/token", web::get().to(token));
}

/// Makes a test for each framework out of a generic function.
macro_rules! over_both {
    ($($test:ident)*) => {
        mod over_axum {
            use super::{TestError, TestFncy, builder, router};

            $(#[tokio::test]
            async fn $test() -> Result<(), TestError> {
                let fncy = TestFncy::start()?;
                let app = router(builder(&fncy));
                super::$test(fncy, app).await
            })*
        }

        mod over_actix {
            use super::{Actix, TestError, TestFncy, actix::FncyLogin, builder, routes};

            $(#[actix_web::test]
            async fn $test() -> Result<(), TestError> {
                let fncy = TestFncy::start()?;
                let login = FncyLogin::new(builder(&fncy).build().unwrap());
                let app = actix_web::App::new().wrap(login).configure(routes);
                let app = actix_web::test::init_service(app).await;
                super::$test(fncy, Actix(&app)).await
            })*
        }
    };
}

over_both! {
    a_visitor_is_answered_by_what_they_ask_for
    a_sign_in_leads_to_where_it_began
    a_form_is_of_the_applications_own_page
    time_refreshes_tokens_and_ends_sessions
    a_fault_is_met_by_the_login
    a_sign_out_is_for_all_tabs
    the_cookie_header_is_the_session
    a_program_shows_a_token
    odd_spellings_are_sent_as_they_are_written
    mistakes_are_sentences
}

async fn a_visitor_is_answered_by_what_they_ask_for<A: App + Clone>(
    fncy: TestFncy,
    app: A,
) -> Result<(), TestError> {
    let visitor = fncy.visitor(app);
    assert_eq!(visitor.get("/").send().await?.text(), "Hello");
    let page = visitor.get("/inbox").send().await?;
    assert_eq!(page.status(), 303);
    assert!(
        page.location()
            .unwrap()
            .starts_with(fncy.server().base_url())
    );
    let refused: Value = visitor.fetch("GET", "/inbox").send().await?.json()?;
    assert_eq!(refused["code"], "sign_in_required");
    let form = visitor.post("/notes").form(&[("a", "b")]).send().await?;
    assert_eq!(form.status(), 401);
    Ok(())
}

async fn a_sign_in_leads_to_where_it_began<A: App + Clone>(
    fncy: TestFncy,
    app: A,
) -> Result<(), TestError> {
    let visitor = fncy.visitor(app);
    let back = visitor.sign_in_at("/inbox?a=1", "haneul").await?;
    assert_eq!(back.location(), Some("/inbox?a=1"));
    let inbox = visitor.get(back.location().unwrap()).send().await?;
    assert_eq!(inbox.text(), "haneul");
    assert_eq!(fncy.server().request_count(Endpoint::Token), 1);
    visitor.sign_in("jun").await?;
    assert_eq!(visitor.get("/inbox").send().await?.text(), "jun");
    Ok(())
}

async fn a_form_is_of_the_applications_own_page<A: App + Clone>(
    fncy: TestFncy,
    app: A,
) -> Result<(), TestError> {
    let alex = fncy.signed_in("alex", app).await?;
    let form = alex.post("/notes").form(&[("text", "a&b c")]);
    assert_eq!(form.send().await?.text(), "text=a%26b+c");
    let script = alex.fetch("POST", "/notes").json(&[1, 2]);
    assert_eq!(script.send().await?.text(), "[1,2]");
    let foreign = alex.post("/notes").header("sec-fetch-site", "cross-site");
    assert_eq!(foreign.send().await?.status(), 403);
    Ok(())
}

async fn time_refreshes_tokens_and_ends_sessions<A: App + Clone>(
    fncy: TestFncy,
    app: A,
) -> Result<(), TestError> {
    let alex = fncy.signed_in("alex", app).await?;
    let first = alex.get("/token").send().await?;
    fncy.advance(5 * MINUTE);
    let second = alex.get("/token").send().await?;
    assert_eq!(second.status(), 200);
    assert_ne!(first.text(), second.text());
    assert_eq!(alex.get("/token").send().await?.text(), second.text());
    assert_eq!(fncy.server().request_count(Endpoint::Token), 2);
    fncy.advance(24 * 60 * MINUTE);
    assert_eq!(alex.get("/token").send().await?.status(), 303);
    Ok(())
}

async fn a_fault_is_met_by_the_login<A: App + Clone>(
    fncy: TestFncy,
    app: A,
) -> Result<(), TestError> {
    let alex = fncy.signed_in("alex", app.clone()).await?;
    fncy.advance(5 * MINUTE);
    fncy.fault(Endpoint::Token, Fault::status(503).once());
    let outage = alex.get("/inbox").send().await?;
    assert_eq!(outage.status(), 503);
    assert!(alex.cookie_header().contains("session"), "signed out");

    fncy.fault(Endpoint::UserData, Fault::status(403).once());
    let error = fncy.signed_in("jun", app).await.unwrap_err().to_string();
    assert!(error.starts_with("jun was not signed in"), "{error}");
    assert!(
        error.contains("user_data_refused") && !error.contains('<'),
        "{error}"
    );
    Ok(())
}

async fn a_sign_out_is_for_all_tabs<A: App + Clone>(
    fncy: TestFncy,
    app: A,
) -> Result<(), TestError> {
    let alex = fncy.signed_in("alex", app.clone()).await?;
    let tab = alex.at(app);
    assert_eq!(tab.get("/inbox").send().await?.status(), 200);
    let stolen = alex.cookie_header();
    assert_eq!(alex.post("/auth/logout").send().await?.status(), 303);
    assert_eq!(tab.get("/inbox").send().await?.status(), 303);
    let copied = tab.get("/inbox").header("cookie", &stolen);
    assert_eq!(copied.send().await?.status(), 303);
    Ok(())
}

async fn the_cookie_header_is_the_session<A: App + Clone>(
    fncy: TestFncy,
    app: A,
) -> Result<(), TestError> {
    let cookies = fncy.signed_in("alex", app.clone()).await?.cookie_header();
    assert!(cookies.starts_with("__Host-fncy_session="), "{cookies}");
    let other = fncy.visitor(app);
    assert_eq!(other.cookie_header(), "");
    let inbox = other.get("/inbox").header("cookie", &cookies);
    assert_eq!(inbox.send().await?.text(), "alex");
    assert_eq!(fncy.origin(), "https://app.example");
    Ok(())
}

async fn a_program_shows_a_token<A: App + Clone>(fncy: TestFncy, app: A) -> Result<(), TestError> {
    let phone = fncy.bearer("alex", app.clone())?;
    assert_eq!(phone.get("/api/inbox").send().await?.text(), "alex");
    let token = fncy.server().issued_secrets().pop().unwrap();
    assert_eq!(phone.get("/api/token").send().await?.text(), token);
    // No browser's header is there, so the guard against other sites would refuse a session.
    let note = phone.post("/api/notes").body("text/plain", "hello");
    assert_eq!(note.send().await?.text(), "hello");
    assert_eq!(phone.cookie_header(), "");
    let tab = phone.at(app.clone());
    assert_eq!(tab.fetch("GET", "/api/inbox").send().await?.text(), "alex");
    fncy.advance(7 * MINUTE);
    let expired = phone.get("/api/inbox").send().await?;
    assert_eq!((expired.status().as_u16(), expired.location()), (401, None));

    let scripts = fncy.server().token_for("jun", "scripts", "profile")?;
    let other = fncy.with_token(&scripts, app.clone());
    assert_eq!(other.get("/api/inbox").send().await?.status(), 401);
    let error = fncy.bearer("ada", app).map(|_| ()).unwrap_err();
    assert!(
        error.to_string().starts_with("FNCY issued no token: "),
        "{error}"
    );
    assert_eq!(fncy.server().request_count(Endpoint::Token), 0);
    Ok(())
}

async fn odd_spellings_are_sent_as_they_are_written<A: App + Clone>(
    fncy: TestFncy,
    app: A,
) -> Result<(), TestError> {
    // No router here resolves a path, so the odd spelling gets a 404.
    let alex = fncy.signed_in("alex", app.clone()).await?;
    for (path, status) in [
        ("/inbox?q=a b&r=\u{b9e5}", 200),
        ("//inbox", 404),
        ("/x/../inbox", 404),
        ("/inbox/.", 404),
        ("/@app.example/inbox", 404),
    ] {
        let answer = alex.get(path).send().await?;
        assert_eq!(answer.status(), status, "{path}");
    }
    let visitor = fncy.visitor(app);
    for (path, status) in [("/", 200), ("//", 303), ("/./", 303)] {
        let answer = visitor.get(path).send().await?;
        assert_eq!(answer.status(), status, "{path}");
    }
    Ok(())
}

async fn mistakes_are_sentences<A: App + Clone>(fncy: TestFncy, app: A) -> Result<(), TestError> {
    let visitor = fncy.visitor(app);
    let error = visitor.sign_in_at("/", "alex").await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("/ was answered with 200 OK and no sign-in began")
    );
    let error = visitor.sign_in("ada").await.unwrap_err();
    assert_eq!(
        format!("{error:?}"),
        "FNCY refused the sign-in: this dev server has no user \"ada\"; use one of alex, haneul, \
         maximiliane, jun"
    );
    let error = visitor
        .get("https://evil.example/")
        .send()
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("not an address of the application, which is at https://app.example")
    );
    let error = visitor
        .get("/")
        .header("a b", "c")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "a b: \"c\" is not a header");
    let error = visitor.fetch("GE T", "/").send().await.unwrap_err();
    assert!(error.to_string().starts_with("\"GE T\" is not a method"));
    let error = visitor.get("/").send().await?.json::<Value>().unwrap_err();
    assert!(error.to_string().starts_with("the answer is \"Hello\""));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_can_go_on_at_once() -> Result<(), TestError> {
    let fncy = TestFncy::start()?;
    let alex = fncy.signed_in("alex", router(fncy.login())).await?;
    fncy.advance(5 * MINUTE);
    let mut sent = JoinSet::new();
    for _ in 0..20 {
        let tab = alex.clone();
        sent.spawn(async move { tab.get("/inbox").send().await });
    }
    for answer in sent.join_all().await {
        assert_eq!(answer?.text(), "alex");
    }
    assert_eq!(fncy.server().request_count(Endpoint::Token), 2);
    Ok(())
}

#[tokio::test]
async fn a_login_that_is_not_there_is_named() -> Result<(), TestError> {
    let fncy = TestFncy::start()?;
    let error = fncy.signed_in("alex", Router::new()).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("is unknown to the application (404): put the login around")
    );

    let other = TestFncy::start()?;
    let error = fncy
        .signed_in("alex", router(other.login()))
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("and not to FNCY, which is at"),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn a_sign_in_that_leads_to_no_session_is_an_error() -> Result<(), TestError> {
    let fncy = TestFncy::start()?;
    let add_slash = async |request: Request, next: Next| {
        let uri = request.uri().clone();
        match uri.query() {
            Some(query) if uri.path() == "/auth/callback" => {
                Redirect::to(&format!("/auth/callback/?{query}")).into_response()
            }
            _ => next.run(request).await,
        }
    };
    let app = router(fncy.login()).layer(from_fn(add_slash));
    let error = fncy.signed_in("alex", app).await.unwrap_err().to_string();
    let start = "alex was not signed in: the callback answered 303 See Other, a redirect to /auth/callback/?code=";
    assert!(error.starts_with(start), "{error}");
    assert!(
        error.contains("and /auth/session answered 401 Unauthorized"),
        "{error}"
    );

    let login = fncy.login().build()?;
    let app = tower::FncyLoginLayer::new(login.clone()).wrap(Router::new());
    let app = app.layer(from_fn(move |request: Request, next: Next| {
        let login = login.clone();
        async move {
            let response = next.run(request).await;
            login.end_all_sessions("alex").await.unwrap();
            response
        }
    }));
    let error = fncy.signed_in("alex", app).await.unwrap_err().to_string();
    assert!(
        error.contains("and /auth/session answered 401 Unauthorized"),
        "{error}"
    );
    Ok(())
}

#[tokio::test]
async fn an_application_may_be_elsewhere_and_have_other_users() -> Result<(), TestError> {
    let fncy = TestFncy::setup()
        .server(DevServer::builder().users(vec![DemoUser::new("ada", "Ada")]))
        .redirect_uri("https://shop.example/sub/login/callback")
        .start()?;
    let routes = Router::new().route("/sub/inbox", get(async || "mail"));
    let login = fncy.login().endpoint_prefix("/login").build().unwrap();
    let app = tower::FncyLoginLayer::new(login).wrap(routes);
    let ada = fncy.signed_in("ada", app).await?;
    assert_eq!(ada.get("/sub/inbox").send().await?.text(), "mail");
    assert!(ada.jar().get("__Host-fncy_session").is_some());

    let error = TestFncy::setup()
        .redirect_uri("shop.example/auth/callback")
        .start();
    assert!(
        error
            .unwrap_err()
            .to_string()
            .ends_with("is not a redirect URI: write a URL")
    );
    Ok(())
}
