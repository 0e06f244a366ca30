//! A router that the login is around: a service that can be served, layered and nested.
//!
//! Rule: it fails closed. It has no method that adds a route, so that each request meets the login first.

use std::convert::{Infallible, identity};
use std::future::{Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use axum::routing::IntoMakeService;
use axum::serve::{IncomingStream, Listener};
use axum::{Router, ServiceExt};
use axum_core::BoxError;
use axum_core::body::Body;
use axum_core::extract::Request;
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use fncy_login::Login;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::future::ResponseFuture;
use crate::service::FncyLoginService;

/// A finished router with the login around it, as [`FncyLoginLayer::wrap`](crate::FncyLoginLayer::wrap) makes it.
///
/// - Serve it: `axum::serve(listener, app)`, or with the client's address,
///   `axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())`.
/// - Add middleware outside the login: `app.layer(layer)`. It runs before routing, so that it finds no
///   `MatchedPath`, and it may rewrite paths, such as `NormalizePathLayer`.
/// - Nest it: `Router::new().nest_service("/sub", app)`.
/// - Add routes outside the login: `Router::new().route("/healthz", …).fallback_service(app)`.
///
/// ```no_run
/// use axum::{Router, routing::get};
/// use fncy_login_tower::{FncyLoginLayer, Login};
/// use tower_http::normalize_path::NormalizePathLayer;
///
/// # async fn serve(login: Login) -> std::io::Result<()> {
/// let router = Router::new().route("/inbox", get(async || "Mail"));
/// let app = FncyLoginLayer::new(login)
///     .wrap(router)
///     .layer(NormalizePathLayer::trim_trailing_slash());
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
/// axum::serve(listener, app).await
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct WrappedRouter<S = AroundRouter> {
    service: S,
}

/// A router with the login around it. The router's body is not boxed again.
#[derive(Clone, Debug)]
pub struct AroundRouter(FncyLoginService<Router>);

/// A layer's service, with its response as axum's.
#[derive(Clone, Debug)]
pub struct Layered<S>(S);

impl WrappedRouter {
    pub(crate) fn new(service: FncyLoginService<Router>) -> Self {
        Self {
            service: AroundRouter(service),
        }
    }

    /// The login around the router, for example to [drain](Login::drain) it.
    #[must_use]
    pub fn login(&self) -> &Login {
        self.service.0.login()
    }
}

impl<S> WrappedRouter<S> {
    /// Adds a layer outside the login: it sees each request before the login does. The last layer is the outermost.
    pub fn layer<L: Layer<Self>>(self, layer: L) -> WrappedRouter<Layered<L::Service>> {
        WrappedRouter {
            service: Layered(layer.layer(self)),
        }
    }
}

impl<S> WrappedRouter<S>
where
    Self: Service<Request>,
{
    /// A make-service for servers that ask for one, such as `axum-server`. `axum::serve` takes the wrapped router itself.
    pub fn into_make_service(self) -> IntoMakeService<Self> {
        <Self as ServiceExt<Request>>::into_make_service(self)
    }

    /// A make-service that gives the client's address to handlers, as axum's `ConnectInfo<C>`.
    pub fn into_make_service_with_connect_info<C>(self) -> IntoMakeServiceWithConnectInfo<Self, C> {
        <Self as ServiceExt<Request>>::into_make_service_with_connect_info(self)
    }
}

/// As axum's `Router`, it takes any request body.
impl<S, B> Service<Request<B>> for WrappedRouter<S>
where
    S: Service<Request, Response = Response>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        self.service.call(request.map(Body::new))
    }
}

impl Service<Request> for AroundRouter {
    type Response = Response;
    type Error = Infallible;
    type Future = WrappedFuture;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        <FncyLoginService<Router> as Service<Request>>::poll_ready(&mut self.0, cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        WrappedFuture {
            future: self.0.call(request),
        }
    }
}

impl<S> Service<Request> for Layered<S>
where
    S: Service<Request>,
    S::Response: IntoResponse,
{
    type Response = Response;
    type Error = S::Error;
    type Future = LayeredFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        LayeredFuture {
            future: self.0.call(request),
        }
    }
}

impl<S: Clone, L: Listener> Service<IncomingStream<'_, L>> for WrappedRouter<S> {
    type Response = Self;
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: IncomingStream<'_, L>) -> Self::Future {
        ready(Ok(self.clone()))
    }
}

pin_project! {
    /// The response of a [`WrappedRouter`].
    #[derive(Debug)]
    pub struct WrappedFuture {
        #[pin]
        future: ResponseFuture<Router, Body>,
    }
}

pin_project! {
    /// The response of a [`WrappedRouter`] with a layer outside.
    #[derive(Debug)]
    pub struct LayeredFuture<F> {
        #[pin]
        future: F,
    }
}

impl Future for WrappedFuture {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().future.poll_with(cx, identity, Body::from)
    }
}

impl<F, R, E> Future for LayeredFuture<F>
where
    F: Future<Output = Result<R, E>>,
    R: IntoResponse,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let response = ready!(self.project().future.poll(cx));
        Poll::Ready(response.map(IntoResponse::into_response))
    }
}
