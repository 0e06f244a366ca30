//! Nouns of poem and nouns of the machine, and nothing that decides.

use fncy_login::{Finish, Head, Reply};
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use poem::{PathPattern, Request, Response};

/// A request's head, as the machine reads it.
pub(crate) struct RequestHead<'a> {
    pub(crate) method: &'a Method,
    pub(crate) uri: &'a Uri,
    pub(crate) stripped: Option<&'a Uri>,
    pub(crate) headers: &'a HeaderMap,
}

impl<'a> RequestHead<'a> {
    /// A route strips its prefix, and poem keeps the browser's path. Outside of routes that is not
    /// looked at: where middleware has rewritten the path, the new one leads to a handler.
    pub(crate) fn of(request: &'a Request) -> Self {
        let routed = request.data::<PathPattern>();
        Self {
            method: request.method(),
            uri: routed.map_or(request.uri(), |_| request.original_uri()),
            stripped: routed.map(|_| request.uri()),
            headers: request.headers(),
        }
    }
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
        self.headers.get_all(name).iter().map(HeaderValue::as_bytes)
    }
}

/// An answer of the application, with what the login adds.
pub(crate) fn finished(mut response: Response, finish: Finish) -> Response {
    let headers = response.headers_mut();
    let additions = finish.additions(headers.contains_key(header::CACHE_CONTROL));
    if let Some(value) = additions.cache_control {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
    for name in additions.removals {
        headers.remove(*name);
    }
    for line in additions.cookies {
        // Ours are ASCII: nothing is dropped here.
        if let Ok(line) = HeaderValue::try_from(line) {
            headers.append(header::SET_COOKIE, line);
        }
    }
    response
}

/// A reply of ours.
pub(crate) fn response(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = Response::builder().status(status);
    for (name, value) in reply.headers {
        builder = builder.header(&*name, value);
    }
    builder.body(reply.body)
}
