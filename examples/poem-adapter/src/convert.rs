//! The types of poem as the types of the login, and back. Nothing here decides.

use fncy_login::adapter::{Head, Rejection, Reply, ResponsePatch};
use fncy_login::{AuthContext, LoginReply};
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use poem::{PathPattern, Request, Response};

/// A request's head, as the login reads it.
pub(crate) struct RequestHead<'a> {
    method: &'a Method,
    uri: &'a Uri,
    stripped: Option<&'a Uri>,
    headers: &'a HeaderMap,
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

/// The mark that the login leaves in each request that it admits.
pub(crate) fn context(request: &Request) -> Result<&AuthContext, Rejection> {
    let advice = "put `.with(FncyLogin::new(login))` on the Route, after all that needs the user";
    request
        .data()
        .ok_or_else(|| Rejection::missing_layer(advice))
}

/// A response of the application, with the changes of the login.
pub(crate) fn patched(mut response: Response, patch: ResponsePatch) -> Response {
    let headers = response.headers_mut();
    let changes = patch.header_changes(headers.contains_key(header::CACHE_CONTROL));
    if let Some(value) = changes.cache_control {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
    for name in changes.removals {
        headers.remove(*name);
    }
    for line in changes.cookies {
        // Cookies of the login are ASCII, so that none is dropped.
        if let Ok(line) = HeaderValue::try_from(line) {
            headers.append(header::SET_COOKIE, line);
        }
    }
    response
}

/// A reply of the login.
pub(crate) fn response(reply: Reply) -> Response {
    let mark = LoginReply::from(&reply);
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = Response::builder().status(status).extension(mark);
    for (name, value) in reply.headers {
        builder = builder.header(&*name, &*value);
    }
    builder.body(reply.body)
}

/// The response of a rejection, or an empty 500.
pub(crate) fn rejection(rejection: &Rejection) -> Response {
    let missing = || StatusCode::INTERNAL_SERVER_ERROR.into();
    rejection.reply().map_or_else(missing, response)
}
