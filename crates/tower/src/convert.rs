//! The types of `http` as the types of the login, and back. Nothing here decides.

use std::borrow::Cow;

use fncy_login::adapter::{
    DEFAULT_CACHE_CONTROL, Head, Placement, Rejection, Reply, ResponsePatch,
};
use fncy_login::{AuthContext, LoginReply};
use http::header::HeaderName;
use http::request::Parts;
use http::{
    Extensions, HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header,
};

/// A request's head, as the machine reads it.
pub(crate) struct RequestHead<'a> {
    method: &'a Method,
    uri: &'a Uri,
    stripped: Option<&'a Uri>,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
}

impl<'a> RequestHead<'a> {
    pub(crate) fn new<B>(request: &'a Request<B>) -> Self {
        let (method, uri) = (request.method(), request.uri());
        Self::from_fields(method, uri, request.headers(), request.extensions())
    }

    pub(crate) fn of(parts: &'a Parts) -> Self {
        Self::from_fields(&parts.method, &parts.uri, &parts.headers, &parts.extensions)
    }

    /// Below `nest` a service sees a stripped path; axum keeps the browser's in the extensions.
    fn from_fields(
        method: &'a Method,
        uri: &'a Uri,
        headers: &'a HeaderMap,
        extensions: &'a Extensions,
    ) -> Self {
        let original = original_uri(extensions);
        Self {
            method,
            uri: original.unwrap_or(uri),
            stripped: original.map(|_| uri),
            headers,
            extensions,
        }
    }
}

/// The browser's path, below `nest` alone: where a layer has rewritten the path, the new one leads to a handler.
#[cfg(feature = "axum")]
fn original_uri(extensions: &Extensions) -> Option<&Uri> {
    extensions.get::<axum::extract::NestedPath>()?;
    Some(&extensions.get::<axum::extract::OriginalUri>()?.0)
}

#[cfg(not(feature = "axum"))]
fn original_uri(_: &Extensions) -> Option<&Uri> {
    None
}

/// axum sets both on the way to a route. A wrapped router is none.
#[cfg(feature = "axum")]
fn placement(extensions: &Extensions) -> Placement<'_> {
    let mount = extensions.get::<axum::extract::NestedPath>();
    let mount = mount.map_or("", |path| path.as_str());
    Placement {
        mount: if mount.contains('{') { "" } else { mount },
        is_in_route: extensions.get::<axum::extract::MatchedPath>().is_some(),
    }
}

#[cfg(not(feature = "axum"))]
fn placement(_: &Extensions) -> Placement<'_> {
    Placement::default()
}

impl Head for RequestHead<'_> {
    fn method(&self) -> &str {
        self.method.as_str()
    }

    fn path(&self) -> &str {
        self.uri.path()
    }

    fn stripped_path(&self) -> Option<&str> {
        self.stripped.map(Uri::path)
    }

    fn authority(&self) -> Option<&str> {
        Some(self.uri.authority()?.as_str())
    }

    fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        // Each admitted request is asked for these. A constant isn't parsed.
        let lines = match name {
            "cookie" => self.headers.get_all(header::COOKIE),
            "upgrade" => self.headers.get_all(header::UPGRADE),
            name => self.headers.get_all(name),
        };
        lines.into_iter().map(HeaderValue::as_bytes)
    }

    fn placement(&self) -> Placement<'_> {
        placement(self.extensions)
    }
}

/// The mark that the login leaves in each request that it admits.
pub(crate) fn context(extensions: &Extensions) -> Result<&AuthContext, Rejection> {
    extensions.get().ok_or_else(|| {
        Rejection::missing_layer(
            "call `.layer(FncyLoginLayer::new(login))` after adding the route, or wrap the finished router with \
             `FncyLoginLayer::wrap`",
        )
    })
}

/// Prepares a request for the application. Its cookies and its token are marked, so that no layer inside logs them.
pub(crate) fn admit<B>(request: &mut Request<B>, context: AuthContext) {
    request.extensions_mut().insert(context);
    for (name, value) in request.headers_mut() {
        if name == header::COOKIE || name == header::AUTHORIZATION {
            value.set_sensitive(true);
        }
    }
}

/// Makes the login's changes to the application's response.
pub(crate) fn apply(patch: ResponsePatch, headers: &mut HeaderMap) {
    let changes = patch.header_changes(headers.contains_key(header::CACHE_CONTROL));
    if let Some(value) = changes.cache_control {
        headers.insert(header::CACHE_CONTROL, cache_control(value));
    }
    for name in changes.removals {
        headers.remove(*name);
    }
    for line in changes.cookies {
        // Cookies of the login are ASCII, so that none is dropped.
        if let Ok(mut line) = HeaderValue::try_from(line) {
            line.set_sensitive(true);
            headers.append(header::SET_COOKIE, line);
        }
    }
}

/// Nearly each response has the default. A constant isn't checked.
fn cache_control(value: &'static str) -> HeaderValue {
    static DEFAULT: HeaderValue = HeaderValue::from_static(DEFAULT_CACHE_CONTROL);
    if value == DEFAULT_CACHE_CONTROL {
        DEFAULT.clone()
    } else {
        HeaderValue::from_static(value)
    }
}

/// A reply of the login. If HTTP can't carry it, which no reply is known for, it is an empty 500.
///
/// Its cookies and its `location` are marked, so that no log shows them.
pub(crate) fn response(reply: Reply) -> Response<String> {
    let mark = LoginReply::from(&reply);
    written(reply).map_or_else(
        |error| {
            tracing::error!(%error, "a reply could not be written");
            internal_server_error()
        },
        |mut response| {
            response.extensions_mut().insert(mark);
            response
        },
    )
}

fn written(reply: Reply) -> Result<Response<String>, http::Error> {
    let mut response = Response::new(reply.body);
    *response.status_mut() = StatusCode::from_u16(reply.status)?;
    for (name, value) in reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes())?;
        let mut value = match value {
            Cow::Borrowed(value) => HeaderValue::from_static(value),
            Cow::Owned(value) => HeaderValue::try_from(value)?,
        };
        value.set_sensitive(name == header::SET_COOKIE || name == header::LOCATION);
        response.headers_mut().append(name, value);
    }
    Ok(response)
}

/// A refusal by an extractor or a guard.
pub(crate) fn rejection(rejection: &Rejection) -> Response<String> {
    rejection
        .reply()
        .map_or_else(internal_server_error, response)
}

fn internal_server_error() -> Response<String> {
    let mut response = Response::new(String::new());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
