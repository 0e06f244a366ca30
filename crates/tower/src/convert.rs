//! Nouns of `http` and nouns of the machine, and nothing that decides.

use fncy_login::{Additions, AuthContext, Finish, Head, Placement, Reply};
use http::{Extensions, HeaderMap, HeaderValue, Method, Request, Response, Uri, header};

/// A request's head, as the machine reads it.
pub(crate) struct RequestHead<'a> {
    method: &'a Method,
    uri: &'a Uri,
    stripped: Option<&'a Uri>,
    headers: &'a HeaderMap,
    extensions: &'a Extensions,
}

impl<'a> RequestHead<'a> {
    pub(crate) fn of<B>(request: &'a Request<B>) -> Self {
        Self::new(
            request.method(),
            request.uri(),
            request.headers(),
            request.extensions(),
        )
    }

    /// What is beneath `nest` sees a stripped path; axum keeps the browser's in the extensions.
    pub(crate) fn new(
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

    /// The address as the browser sent it.
    #[cfg(feature = "axum")]
    pub(crate) fn uri(&self) -> &'a Uri {
        self.uri
    }
}

/// Elsewhere it is not looked at: where a layer has rewritten the path, the new one leads to a handler.
#[cfg(feature = "axum")]
fn original_uri(extensions: &Extensions) -> Option<&Uri> {
    extensions.get::<axum::extract::NestedPath>()?;
    Some(&extensions.get::<axum::extract::OriginalUri>()?.0)
}

#[cfg(not(feature = "axum"))]
fn original_uri(_: &Extensions) -> Option<&Uri> {
    None
}

/// axum sets both on the way to a route, and `wrap` is none.
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
        // Every request is asked for this one: as a name, it isn't parsed again.
        let lines = match name {
            "cookie" => self.headers.get_all(header::COOKIE),
            name => self.headers.get_all(name),
        };
        lines.into_iter().map(HeaderValue::as_bytes)
    }

    fn placement(&self) -> Placement<'_> {
        placement(self.extensions)
    }
}

/// A request that the application gets. Its cookies are marked: a layer inside that logs headers shows none.
pub(crate) fn admit<B>(request: &mut Request<B>, context: AuthContext) {
    request.extensions_mut().insert(context);
    for (name, value) in request.headers_mut() {
        if name == header::COOKIE {
            value.set_sensitive(true);
        }
    }
}

/// An answer of the application, with what the login adds.
pub(crate) fn finished<R>(mut response: Response<R>, finish: Option<Finish>) -> Response<R> {
    let headers = response.headers_mut();
    let is_set = headers.contains_key(header::CACHE_CONTROL);
    let additions = finish.map_or_else(Additions::default, |finish| finish.additions(is_set));
    if let Some(value) = additions.cache_control {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
    for name in additions.removals {
        headers.remove(*name);
    }
    let lines = additions.cookies.into_iter();
    // Ours are ASCII: nothing is dropped here.
    for mut line in lines.flat_map(HeaderValue::try_from) {
        line.set_sensitive(true);
        headers.append(header::SET_COOKIE, line);
    }
    response
}

/// A reply of ours. One that HTTP can't carry, which none of ours is, becomes an empty 500.
///
/// `Debug` shows neither its cookies nor where it leads: it is what extractors reject with, and such answers are
/// logged.
pub(crate) fn response(reply: Reply) -> Response<String> {
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        builder = builder.header(&*name, value);
    }
    let mut response = builder.body(reply.body).unwrap_or_else(|error| {
        tracing::error!(%error, "a reply could not be written");
        let mut response = Response::new(String::new());
        *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    });
    for (name, value) in response.headers_mut() {
        value.set_sensitive(*name == header::SET_COOKIE || *name == header::LOCATION);
    }
    response
}
