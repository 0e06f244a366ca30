//! FNCY's API for the scripts of one's own pages: `/api/fncy/…` is passed on with the user's access token.
//!
//! For a single-page application that reads or writes something at FNCY. The token stays in the server, where no script can
//! steal it. `FncyApi` attaches it, refreshes it after a 401, and sends the request once more.
//!
//! Rules:
//! - Lists say which headers go which way. So no cookie, no `Authorization` of the browser and no header of a connection
//!   reaches FNCY, and FNCY sets no cookie here.
//! - An answer of FNCY runs no script on this origin, even if the answer is a page.
//! - The login refuses a `POST` of another site (CSRF), as for every path.
//! - A body is held in memory: at most 2 MB of a request (axum's limit), and 1 MiB of an answer
//!   (`LoginBuilder::api_answer_limit`).

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use fncy_login_tower::{
    AuthRejection, ConfigError, CurrentUser, FncyApi, FncyLoginLayer, LoginBuilder, WrappedRouter,
};
use maud::html;

use crate::page::{page, style};
use crate::services::origin;

/// Requests below this path are passed on to FNCY.
const PREFIX: &str = "/api/fncy";

/// The headers of the browser that FNCY gets.
const TO_FNCY: [HeaderName; 6] = [
    ACCEPT,
    ACCEPT_LANGUAGE,
    CONTENT_TYPE,
    IF_MATCH,
    IF_MODIFIED_SINCE,
    IF_NONE_MATCH,
];

/// The headers of FNCY that the browser gets. `Cache-Control` is the login's, since the answer is one user's.
const TO_BROWSER: [HeaderName; 5] = [
    CONTENT_LANGUAGE,
    CONTENT_TYPE,
    ETAG,
    LAST_MODIFIED,
    RETRY_AFTER,
];

/// The application: a page, and the requests that are passed on. `example` is an address of FNCY's API, which the page links to.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn app(login: LoginBuilder, example: Uri) -> Result<WrappedRouter, ConfigError> {
    let login = login
        .public_path("/site.css")
        .api_origin(origin(&example))
        .api_prefix(PREFIX)
        .build()?;
    // Without TRACE, which could show the token to a script.
    let methods = get(pass_on)
        .post(pass_on)
        .put(pass_on)
        .patch(pass_on)
        .delete(pass_on);
    let routes = Router::new()
        .route("/", get(home))
        .route("/site.css", get(style))
        .route("/api/fncy/{*path}", methods)
        .with_state(example);
    Ok(FncyLoginLayer::new(login).wrap(routes))
}

async fn home(State(example): State<Uri>, user: CurrentUser) -> Html<String> {
    let path = example.path();
    let main = html! {
        p.lead { "Scripts of this page ask FNCY below " code { (PREFIX) } "." }
        p { a.button href={ (PREFIX) (path) } { "What FNCY says at " (path) } }
    };
    Html(page("FNCY's API for scripts", Some(&user), &main))
}

async fn pass_on(
    State(example): State<Uri>,
    api: FncyApi,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, AuthRejection> {
    let target = uri.path_and_query().map_or("", |target| target.as_str());
    let target = target.strip_prefix(PREFIX).unwrap_or_default();
    let request = Request::builder()
        .method(method)
        .uri(format!("{}{target}", origin(&example)));
    let Ok(mut request) = request.body(body.to_vec()) else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    *request.headers_mut() = only(&TO_FNCY, &headers);
    let (answer, body) = api.send(request).await?.into_parts();
    let mut headers = only(&TO_BROWSER, &answer.headers);
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    Ok((answer.status, headers, body).into_response())
}

/// The headers that a list names.
fn only(names: &[HeaderName], headers: &HeaderMap) -> HeaderMap {
    let named = headers.iter().filter(|(name, _)| names.contains(name));
    named
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use axum::body::Bytes;
    use axum::extract::State;
    use axum::http::{HeaderMap, Method, StatusCode, Uri};
    use axum::response::{IntoResponse, Response};
    use fncy_login_testing::{TestError, TestFncy};
    use tokio::net::TcpListener;

    use super::app;

    /// What FNCY got: the method, the target, the headers and the body.
    type Asked = (Method, Uri, HeaderMap, Bytes);

    /// A stand-in for FNCY's API. It takes a token once, and refuses it from then on.
    #[derive(Clone, Default)]
    struct Api {
        asked: Arc<Mutex<Vec<Asked>>>,
        used: Arc<Mutex<HashSet<Vec<u8>>>>,
    }

    impl Api {
        /// The address of an API that runs.
        async fn start(&self) -> Uri {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = format!("http://{}/me", listener.local_addr().unwrap());
            let app = Router::new().fallback(answer).with_state(self.clone());
            tokio::spawn(async { axum::serve(listener, app).await });
            address.parse().unwrap()
        }

        fn asked(&self) -> Vec<Asked> {
            self.asked.lock().unwrap().clone()
        }
    }

    async fn answer(
        State(api): State<Api>,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        let token = headers["authorization"].as_bytes().to_vec();
        api.asked.lock().unwrap().push((method, uri, headers, body));
        if !api.used.lock().unwrap().insert(token) {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let headers = [
            ("content-type", "text/html"),
            ("cache-control", "public, max-age=60"),
            ("set-cookie", "__Host-fncy_session=stolen"),
            ("location", "https://elsewhere.example/"),
        ];
        (StatusCode::CREATED, headers, "<script>1</script>").into_response()
    }

    #[tokio::test]
    async fn headers_go_by_lists_in_both_directions() -> Result<(), TestError> {
        let (fncy, api) = (TestFncy::start()?, Api::default());
        let app = app(fncy.login(), api.start().await)?;
        let alex = fncy.signed_in("alex", app).await?;
        let request = alex.fetch("PUT", "/api/fncy/orders/7?a=b%20c");
        let request = request
            .header("authorization", "Bearer of-the-browser")
            .header("accept", "application/json")
            .header("connection", "x-inner")
            .header("x-inner", "1")
            .header("te", "trailers")
            .header("x-forwarded-for", "192.0.2.1");
        let answer = request.body("text/plain", "seven").send().await?;

        let asked = api.asked();
        let [(method, uri, headers, body)] = asked.as_slice() else {
            panic!("{asked:?}");
        };
        assert_eq!((method.as_str(), &**body), ("PUT", &b"seven"[..]));
        assert_eq!(uri, "/orders/7?a=b%20c");
        let mut names: Vec<_> = headers.keys().map(|name| name.as_str()).collect();
        names.sort_unstable();
        let expected = [
            "accept",
            "accept-encoding",
            "authorization",
            "content-length",
            "content-type",
            "host",
            "user-agent",
        ];
        assert_eq!(names, expected);
        assert_ne!(headers["authorization"], "Bearer of-the-browser");

        assert_eq!(answer.status(), 201);
        assert_eq!(answer.header("content-type"), Some("text/html"));
        assert_eq!(answer.header("content-security-policy"), Some("sandbox"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
        for name in ["set-cookie", "location"] {
            assert_eq!(answer.header(name), None);
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_refused_token_is_refreshed_and_the_body_is_sent_again() -> Result<(), TestError> {
        let (fncy, api) = (TestFncy::start()?, Api::default());
        let app = app(fncy.login(), api.start().await)?;
        let alex = fncy.signed_in("alex", app).await?;
        for _ in 0..2 {
            let order = alex.post("/api/fncy/orders").body("text/plain", "tea");
            assert_eq!(order.send().await?.status(), 201);
        }
        let asked = api.asked();
        assert_eq!(asked.len(), 3);
        assert!(asked.iter().all(|(.., body)| body == "tea"));
        Ok(())
    }

    #[tokio::test]
    async fn another_site_and_a_visitor_reach_nothing() -> Result<(), TestError> {
        let (fncy, api) = (TestFncy::start()?, Api::default());
        let app = app(fncy.login(), api.start().await)?;
        let visitor = fncy.visitor(app.clone());
        assert_eq!(visitor.get("/api/fncy/me").send().await?.status(), 401);
        let alex = fncy.signed_in("alex", app).await?;
        let post = alex.post("/api/fncy/orders");
        let post = post.header("sec-fetch-site", "cross-site");
        assert_eq!(post.send().await?.status(), 403);
        let trace = alex.fetch("TRACE", "/api/fncy/me").send().await?;
        assert!(trace.status().is_client_error(), "{}", trace.status());
        assert_eq!(api.asked().len(), 0);
        Ok(())
    }
}
