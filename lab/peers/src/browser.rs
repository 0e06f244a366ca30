//! What a browser does to sign in: it follows links, and keeps cookies.

use actix_http::Request as ActixRequest;
use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::test::TestRequest;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use fncy_login_benches::frameworks::{self, AXUM};
use fncy_login_benches::interleave::Case;
use fncy_login_benches::sample::set;
use tower::ServiceExt as _;

/// Where an application's own sign-in is.
pub(crate) const LOGIN: &str = "/login";

/// What an application answered.
pub(crate) struct Answer {
    /// The `Cookie` header from now on.
    pub(crate) cookies: String,
    /// Where it sends the browser, if anywhere.
    pub(crate) location: Option<String>,
}

/// A router that was signed in to at [`LOGIN`], beside axum on its own.
pub(crate) async fn axum_case(name: &str, app: Router) -> Case {
    let cookies = axum(&app, LOGIN, "").await.cookies;
    frameworks::axum(name, app, &cookies).beyond(AXUM)
}

/// Asks a router.
pub(crate) async fn axum(app: &Router, path: &str, cookies: &str) -> Answer {
    let request = Request::get(path).header("cookie", cookies);
    let request = request.body(Body::empty()).unwrap();
    let answer = app.clone().oneshot(request).await.unwrap();
    read(answer.headers(), cookies)
}

/// Asks an actix-web application.
pub(crate) async fn actix<S, B>(app: &S, path: &str, cookies: &str) -> Answer
where
    S: Service<ActixRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    let request = TestRequest::get().uri(path);
    let request = request.insert_header(("cookie", cookies));
    let headers = match app.call(request.to_request()).await {
        Ok(answer) => answer.headers().clone(),
        Err(error) => error.error_response().headers().clone(),
    };
    let mut read_as = HeaderMap::new();
    for (name, value) in &headers {
        let name: axum::http::HeaderName = name.as_str().parse().unwrap();
        read_as.append(name, value.to_str().unwrap().parse().unwrap());
    }
    read(&read_as, cookies)
}

fn read(headers: &HeaderMap, cookies: &str) -> Answer {
    let lines = headers.get_all("set-cookie").iter();
    let set = set(lines.map(|line| line.to_str().unwrap()));
    Answer {
        cookies: if set.is_empty() {
            cookies.to_owned()
        } else {
            set
        },
        location: headers
            .get("location")
            .map(|location| location.to_str().unwrap().to_owned()),
    }
}
