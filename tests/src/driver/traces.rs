//! Spans as OpenTelemetry exports them, and the trace that goes on to FNCY (row XR16).
//!
//! A subscriber holds for a thread, so each test runs on one.

use fncy_dev_server::{Endpoint, Fault};
use fncy_login::Setting;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{SpanKind, Status, TracerProvider as _};
use opentelemetry_http::HeaderInjector;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tracing::Span;
use tracing::subscriber::{DefaultGuard, set_default};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::harness::Harness;
use crate::steps::api::Api;
use crate::world::{APP, World};

/// The spans of this thread, as OpenTelemetry exports them.
struct Exported {
    exporter: InMemorySpanExporter,
    _provider: SdkTracerProvider,
    _default: DefaultGuard,
}

impl Exported {
    fn start() -> Self {
        let exporter = InMemorySpanExporter::default();
        let provider = SdkTracerProvider::builder();
        let provider = provider.with_simple_exporter(exporter.clone()).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        Self {
            exporter,
            _provider: provider,
            _default: set_default(tracing_subscriber::registry().with(layer)),
        }
    }

    fn spans(&self) -> Vec<SpanData> {
        self.exporter.get_finished_spans().unwrap()
    }

    /// The first span with this attribute that has ended.
    fn span(&self, name: &str, value: &str) -> SpanData {
        let mut spans = self.spans().into_iter();
        let found = spans.find(|span| attribute(span, name) == value);
        found.unwrap_or_else(|| panic!("no span has {name}={value}: {:#?}", self.spans()))
    }
}

/// An attribute as text. It is empty if the span has none of this name.
fn attribute(span: &SpanData, name: &str) -> String {
    let mut attributes = span.attributes.iter();
    let found = attributes.find(|attribute| attribute.key.as_str() == name);
    found
        .map(|found| found.value.to_string())
        .unwrap_or_default()
}

/// A world whose login carries its trace on.
fn traced() -> World {
    World::with(Harness::Bare, |setup| {
        setup.login = Box::new(|builder| {
            builder.trace_context(|headers| {
                let context = Span::current().context();
                let propagator = TraceContextPropagator::new();
                propagator.inject_context(&context, &mut HeaderInjector(headers));
            })
        });
    })
}

/// What FNCY reads in `traceparent` (W3C Trace Context, section 3.2).
fn traceparent(span: &SpanData) -> String {
    let context = &span.span_context;
    format!("00-{}-{}-01", context.trace_id(), context.span_id())
}

#[tokio::test]
async fn xr16_requests_to_fncy_have_the_attributes_of_http_clients_and_their_own_trace() {
    let exported = Exported::start();
    let world = traced();
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    world.advance(301);
    assert_eq!(tab.get(&format!("{APP}/page")).await.status, 200);
    let base = url::Url::parse(world.provider.base_url()).unwrap();
    let port = base.port().unwrap().to_string();
    for (exchange, method, path, endpoint, number, outer) in [
        (
            "redeem",
            "POST",
            "/v1/oauth2/token",
            Endpoint::Token,
            0,
            "fncy_login.sign_in",
        ),
        (
            "user_data",
            "GET",
            "/v1/user",
            Endpoint::UserData,
            0,
            "fncy_login.sign_in",
        ),
        (
            "refresh",
            "POST",
            "/v1/oauth2/token",
            Endpoint::Token,
            1,
            "fncy_login.refresh",
        ),
    ] {
        let span = exported.span("exchange", exchange);
        assert_eq!((&*span.name, &span.span_kind), (method, &SpanKind::Client));
        assert_eq!(span.status, Status::Unset);
        for (name, value) in [
            ("http.request.method", method),
            ("http.response.status_code", "200"),
            ("server.address", "127.0.0.1"),
            ("server.port", &port),
            ("url.full", &format!("{}{path}", world.provider.base_url())),
            ("error.type", ""),
            ("outcome", "2xx"),
        ] {
            assert_eq!(attribute(&span, name), value, "{exchange}: {name}");
        }
        let mut spans = exported.spans().into_iter();
        let parent = spans.find(|outer| outer.span_context.span_id() == span.parent_span_id);
        let parent = parent.unwrap();
        assert_eq!(parent.name, outer);
        assert_eq!(
            (&parent.span_kind, &parent.status),
            (&SpanKind::Internal, &Status::Unset)
        );
        let asked = &world.provider.requests(endpoint)[number];
        assert_eq!(asked.traceparent, Some(traceparent(&span)), "{exchange}");
    }
    let exported = format!("{:?}", exported.spans());
    for secret in world.provider.issued_secrets() {
        assert!(!exported.contains(&secret), "{secret}");
    }
}

#[tokio::test]
async fn xr16_a_failed_exchange_and_a_failed_sign_in_are_errors() {
    let exported = Exported::start();
    let world = traced();
    let mut tab = world.tab();
    world
        .provider
        .fault(Endpoint::Token, Fault::status(503).once());
    let page = world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    assert_eq!(page.status, 503, "{}", page.text());
    for (name, value, error) in [
        ("exchange", "redeem", "503"),
        ("outcome", "provider_unavailable", "provider_unavailable"),
    ] {
        let span = exported.span(name, value);
        assert!(matches!(span.status, Status::Error { .. }), "{span:?}");
        assert_eq!(attribute(&span, "error.type"), error);
    }
    let location = world.start(&mut tab, "/page").await;
    let cancelled = world.cancel(&location, "alex").await;
    assert_eq!(tab.get(&cancelled).await.status, 403);
    world
        .provider
        .fault(Endpoint::Token, Fault::lost_response().once());
    let page = tab.visit(&format!("{APP}/page")).await;
    assert_eq!(page.status, 503, "{}", page.text());
    let span = exported.span("error.type", "interrupted");
    assert_eq!(
        attribute(&span, "http.response.status_code"),
        "",
        "no answer"
    );
}

#[tokio::test]
async fn xr16_no_span_has_a_query_or_the_path_of_a_handlers_call() {
    let exported = Exported::start();
    let api = Api::start();
    let world = api.world(Harness::Bare, |builder| builder);
    let address = format!("{}/v1/oauth2/token", world.provider.base_url());
    let login = world.usual().api_origin(api.origin());
    let login = login.set(Setting::TokenUrl, format!("{address}?key=k-of-token"));
    world.serve(login.build().unwrap());
    let mut tab = world.tab();
    world.visit_and_sign_in(&mut tab, "/page", "alex").await;
    let called = api.step("get", "/orders-of-alex?key=k-of-api");
    assert_eq!(tab.get(&format!("{APP}{called}")).await.status, 200);
    let redeem = exported.span("exchange", "redeem");
    assert_eq!(attribute(&redeem, "url.full"), address);
    let call = exported.span("exchange", "api");
    assert_eq!(attribute(&call, "server.address"), "127.0.0.1");
    let shown = format!("{:?}", exported.spans());
    for hidden in ["k-of-token", "k-of-api", "orders-of-alex"] {
        assert!(!shown.contains(hidden), "{hidden}: {shown}");
    }
}
