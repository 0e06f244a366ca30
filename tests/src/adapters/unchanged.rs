//! For a signed-in user, answers are the same as without the login, byte for byte, except for documented headers.
//!
//! Each framework serves the same answers with and without the login, and the bytes on the wire are compared: the head
//! as a set of lines, since the order of headers has no meaning, and the body with its chunks.
//!
//! - A live session adds `Cache-Control: private, no-cache` if the application sets none.
//! - A refreshed session sets `Cache-Control: private, no-store` and one `Set-Cookie`. It removes the headers that
//!   shared caches obey before `Cache-Control`.

use std::collections::HashSet;
use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use fncy_login::Login;
use futures_util::stream::iter;
use http_body_util::StreamBody;
use hyper::body::Frame;
use poem::EndpointExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower_http::compression::CompressionLayer;

use crate::browser::Backend;
use crate::harness::{Harness, OWN_HEADERS, serve_configured, serve_endpoint, serve_router};
use crate::world::World;

type Headers = &'static [(&'static str, &'static str)];

/// An answer of the application, for any framework.
struct Answer {
    status: u16,
    headers: Headers,
    content: Content,
}

enum Content {
    None,
    Text(String),
    Stream([&'static str; 3]),
}

/// Requests with different kinds of answers.
const REQUESTS: [(&str, &str, Headers); 19] = [
    ("GET", "/text", &[]),
    ("HEAD", "/text", &[]),
    ("POST", "/text", &[("origin", "https://app.example")]),
    ("GET", "/empty", &[]),
    ("GET", "/large", &[]),
    ("GET", "/stream", &[]),
    ("HEAD", "/stream", &[]),
    ("GET", "/file", &[]),
    ("GET", "/file", &[("if-none-match", "\"v1\"")]),
    ("GET", "/file", &[("range", "bytes=2-5")]),
    ("GET", "/file", &[("range", "bytes=90-")]),
    ("GET", "/redirect", &[]),
    ("GET", "/cookies", &[]),
    ("GET", "/own", &[]),
    ("GET", "/nowhere", &[]),
    // An error of the framework, and trailers and compression if the framework has them.
    ("GET", "/error", &[]),
    ("GET", "/trailers", &[("te", "trailers")]),
    ("GET", "/compressed", &[("accept-encoding", "gzip")]),
    (
        "GET",
        "/socket",
        &[
            ("origin", "https://app.example"),
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ],
    ),
];

fn answer<'a>(path: &str, header: impl Fn(&str) -> Option<&'a str>) -> Answer {
    const FILE: Headers = &[("etag", "\"v1\""), ("accept-ranges", "bytes")];
    let text = |text: &str| Content::Text(text.to_owned());
    let (status, headers, content): (_, Headers, _) = match path {
        "/text" => (200, &[("content-type", "text/plain")], text("hello")),
        "/empty" => (204, &[], Content::None),
        "/large" => (200, &[], Content::Text("0123456789abcdef".repeat(65_536))),
        "/stream" => (200, &[], Content::Stream(["one", "two", "three"])),
        "/file" if header("if-none-match").is_some() => (304, FILE, Content::None),
        "/file" => match header("range") {
            Some("bytes=2-5") => (206, &[("content-range", "bytes 2-5/10")], text("2345")),
            Some(_) => (416, &[("content-range", "bytes */10")], Content::None),
            None => (200, FILE, text("0123456789")),
        },
        "/redirect" => (303, &[("location", "/text?a=1")], Content::None),
        "/cookies" => (
            200,
            &[("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2")],
            text("two"),
        ),
        "/own" => (200, &OWN_HEADERS, text("own")),
        "/socket" => (
            101,
            &[
                ("connection", "upgrade"),
                ("upgrade", "websocket"),
                ("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ],
            Content::None,
        ),
        _ => (404, &[("x-missing", "1")], text("nothing is here")),
    };
    Answer {
        status,
        headers,
        content,
    }
}

mod on_axum {
    use axum::body::{Body, Bytes};
    use axum::extract::Request;
    use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};

    use super::{
        Answer, CompressionLayer, Content, Frame, Infallible, Router, StreamBody, answer, get, iter,
    };

    pub(super) fn application() -> Router {
        let compressed = Router::new()
            .route("/compressed", get(async || "hello ".repeat(1_000)))
            .layer(CompressionLayer::new().gzip(true));
        Router::new()
            .route(
                "/error",
                get(async || Err::<(), _>(StatusCode::IM_A_TEAPOT)),
            )
            .route("/trailers", get(trailers))
            .merge(compressed)
            .fallback(anything)
    }

    async fn trailers() -> Response<Body> {
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", HeaderValue::from_static("5"));
        let frames = [Frame::data(Bytes::from("hello")), Frame::trailers(trailers)];
        let body = StreamBody::new(iter(frames.map(Ok::<_, Infallible>)));
        let response = Response::builder().header("trailer", "x-sum");
        response.body(Body::new(body)).unwrap()
    }

    async fn anything(request: Request) -> Response<Body> {
        let header = |name: &str| request.headers().get(name)?.to_str().ok();
        let Answer {
            status,
            headers,
            content,
        } = answer(request.uri().path(), header);
        let response = Response::builder().status(status);
        let response = headers.iter().fold(response, |response, (name, value)| {
            response.header(*name, *value)
        });
        let body = match content {
            Content::None => Body::empty(),
            Content::Text(text) => Body::from(text),
            Content::Stream(chunks) => Body::from_stream(iter(chunks.map(Ok::<_, Infallible>))),
        };
        response.body(body).unwrap()
    }
}

mod on_actix {
    use actix_web::body::BoxBody;
    use actix_web::dev::{ServiceRequest, ServiceResponse};
    use actix_web::error::ErrorImATeapot;
    use actix_web::http::StatusCode;
    use actix_web::middleware::{Next, from_fn};
    use actix_web::{HttpRequest, HttpResponse, Scope, web};

    use super::{Answer, Content, Infallible, answer, iter};

    pub(super) fn application() -> Scope {
        web::scope("")
            .service(web::resource("/error").wrap(from_fn(fails)))
            .default_service(web::to(anything))
    }

    /// An error of middleware, which is not yet a response when it reaches the login.
    async fn fails(_: ServiceRequest, _: Next<BoxBody>) -> actix_web::Result<ServiceResponse> {
        Err(ErrorImATeapot("an error of middleware"))
    }

    async fn anything(request: HttpRequest) -> HttpResponse {
        let header = |name: &str| request.headers().get(name)?.to_str().ok();
        let Answer {
            status,
            headers,
            content,
        } = answer(request.path(), header);
        let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap());
        for (name, value) in headers {
            match *name {
                "connection" => response.upgrade("websocket"),
                "upgrade" => &mut response,
                name => response.append_header((name, *value)),
            };
        }
        match content {
            Content::None => response.finish(),
            Content::Text(text) => response.body(text),
            Content::Stream(chunks) => {
                let chunks = chunks.map(|chunk| Ok::<_, Infallible>(web::Bytes::from(chunk)));
                response.streaming(iter(chunks))
            }
        }
    }
}

mod on_poem {
    use poem::error::MethodNotAllowedError;
    use poem::http::StatusCode;
    use poem::{Body, Request, Response, Route, get, handler};

    use super::{Answer, Content, answer, iter};

    pub(super) fn application() -> Route {
        Route::new().at("/error", get(fails)).at("*", anything)
    }

    #[handler]
    fn fails() -> poem::Result<()> {
        Err(MethodNotAllowedError.into())
    }

    #[handler]
    async fn anything(request: &Request) -> Response {
        let Answer {
            status,
            headers,
            content,
        } = answer(request.uri().path(), |name| request.header(name));
        let response = Response::builder().status(StatusCode::from_u16(status).unwrap());
        let response = headers.iter().fold(response, |response, (name, value)| {
            response.header(*name, *value)
        });
        match content {
            Content::None => response.finish(),
            Content::Text(text) => response.body(text),
            Content::Stream(chunks) => {
                let chunks = chunks.map(Ok::<_, std::io::Error>);
                response.body(Body::from_bytes_stream(iter(chunks)))
            }
        }
    }
}

/// A served application. It stops when the value is dropped.
struct Served(
    SocketAddr,
    #[expect(dead_code, reason = "it ends with it")] Arc<dyn Backend>,
);

fn served(serve: impl FnOnce(TcpListener) -> Arc<dyn Backend>) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    Served(address, serve(listener))
}

/// An answer: the lines of the head without the date, and the bytes after it.
async fn exchange(
    to: &Served,
    (method, target, headers): (&str, &str, Headers),
    cookies: &[u8],
) -> (Vec<String>, Vec<u8>) {
    let mut stream = TcpStream::connect(to.0).await.unwrap();
    let mut request = format!("{method} {target} HTTP/1.1\r\nhost: app.example\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    let is_upgrade = target == "/socket";
    if !is_upgrade {
        request += "connection: close\r\n";
    }
    let bytes = [request.as_bytes(), b"cookie: ", cookies, b"\r\n\r\n"].concat();
    stream.write_all(&bytes).await.unwrap();
    let mut read = Vec::new();
    if is_upgrade {
        // The test doesn't speak the other protocol.
        let head = async {
            while !read.ends_with(b"\r\n\r\n") && stream.read_buf(&mut read).await.unwrap() > 0 {}
        };
        timeout(Duration::from_secs(5), head).await.unwrap();
    } else {
        let all = stream.read_to_end(&mut read);
        timeout(Duration::from_secs(5), all).await.unwrap().unwrap();
    }
    let end = read
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .unwrap();
    let head = String::from_utf8(read[..end].to_vec()).unwrap();
    let mut lines: Vec<_> = head.split("\r\n").map(str::to_owned).collect();
    lines.retain(|line| !line.starts_with("date: "));
    lines.sort_unstable();
    (lines, read.split_off(end + 4))
}

/// Removes the line with this prefix, and returns it.
fn take(lines: &mut Vec<String>, start: &str) -> Vec<String> {
    lines
        .extract_if(.., |line| line.starts_with(start))
        .collect()
}

async fn answers_are_the_same(framework: &str, world: &World, bare: &Served, ours: &Served) {
    let cookies = world.cookie_header();
    let mut seen: HashSet<String> = HashSet::new();
    for is_refreshed in [false, true] {
        if is_refreshed {
            world.advance_server(301);
        }
        for request in REQUESTS {
            let at = format!("{framework}, refreshed: {is_refreshed}, {request:?}");
            let (mut lines, body) = exchange(bare, request, b"").await;
            let (mut with, with_body) = exchange(ours, request, &cookies).await;
            assert!(body == with_body, "{at}: the body");
            seen.extend(lines.iter().cloned());
            seen.extend(
                body.ends_with(b"x-sum: 5\r\n\r\n")
                    .then(|| "trailers".to_owned()),
            );
            if is_refreshed {
                let sets = take(&mut with, "set-cookie: __Host-fncy_session=");
                assert_eq!(sets.len(), 1, "{at}");
                assert_eq!(
                    take(&mut with, "cache-control: "),
                    ["cache-control: private, no-store"],
                    "{at}"
                );
                for (name, _) in OWN_HEADERS.iter().filter(|(name, _)| *name != "set-cookie") {
                    take(&mut lines, &format!("{name}: "));
                }
            } else if !lines.iter().any(|line| line.starts_with("cache-control: ")) {
                let added = take(&mut with, "cache-control: ");
                // In actix-web, an error of middleware passes unchanged, since it has no headers yet.
                let is_error = framework == "actix-web" && request.1 == "/error";
                let expected: &[&str] = if is_error {
                    &[]
                } else {
                    &["cache-control: private, no-cache"]
                };
                assert_eq!(added, expected, "{at}");
            }
            assert_eq!(lines, with, "{at}: the head");
        }
    }
    for status in [101, 200, 204, 206, 303, 304, 404, 416] {
        let line = format!("HTTP/1.1 {status} ");
        let is_seen = seen.iter().any(|seen| seen.starts_with(&line));
        assert!(is_seen, "{framework} answered no {status}");
    }
    for special in [
        "transfer-encoding: chunked",
        "trailers",
        "content-encoding: gzip",
    ] {
        let is_everywhere = special.starts_with("transfer");
        assert_eq!(
            seen.contains(special),
            is_everywhere || framework == "axum",
            "{special}"
        );
    }
}

async fn compare(
    framework: &str,
    bare: impl FnOnce(TcpListener) -> Arc<dyn Backend>,
    ours: impl FnOnce(TcpListener, Login) -> Arc<dyn Backend>,
) {
    let world = World::new(Harness::Bare);
    world.visit_and_sign_in(&mut world.tab(), "/", "alex").await;
    let login = world.login.clone();
    let (bare, ours) = (served(bare), served(|listener| ours(listener, login)));
    answers_are_the_same(framework, &world, &bare, &ours).await;
}

#[tokio::test]
async fn axum_wrapped_answers_the_same_byte_for_byte() {
    compare(
        "axum",
        |listener| serve_router(listener, on_axum::application()),
        |listener, login| {
            let layer = fncy_login_tower::FncyLoginLayer::new(login);
            serve_router(listener, layer.wrap(on_axum::application()))
        },
    )
    .await;
}

#[tokio::test]
async fn axum_layered_answers_the_same_byte_for_byte() {
    compare(
        "axum",
        |listener| serve_router(listener, on_axum::application()),
        |listener, login| {
            let layer = fncy_login_tower::FncyLoginLayer::new(login);
            serve_router(listener, on_axum::application().layer(layer))
        },
    )
    .await;
}

#[tokio::test]
async fn actix_web_answers_the_same_byte_for_byte() {
    compare(
        "actix-web",
        |listener| {
            serve_configured(listener, |config| {
                config.service(on_actix::application());
            })
        },
        |listener, login| {
            let layer = fncy_login_actix::FncyLogin::new(login);
            serve_configured(listener, move |config| {
                config.service(on_actix::application().wrap(layer.clone()));
            })
        },
    )
    .await;
}

#[tokio::test]
async fn poem_answers_the_same_byte_for_byte() {
    compare(
        "poem",
        |listener| serve_endpoint(listener, on_poem::application()),
        |listener, login| {
            let layer = poem_adapter::FncyLogin::new(login);
            serve_endpoint(listener, on_poem::application().with(layer))
        },
    )
    .await;
}
