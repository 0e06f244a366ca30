//! The types of actix-web as the types of the login, and back. Nothing here decides.

use std::borrow::Cow;
use std::cell::Ref;
use std::fmt;

use actix_web::dev::{Path, RequestHead as ActixHead, ServiceResponse, Url};
use actix_web::error::ResponseError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{Error, HttpMessage as _, HttpRequest, HttpResponse};
use fncy_login::adapter::{
    DEFAULT_CACHE_CONTROL, Head, HeaderChanges, Placement, Rejection, Reply, ResponsePatch,
};
use fncy_login::{AuthContext, LoginReply};

/// A request's head, as the login reads it. Below a scope actix-web keeps the whole path.
pub(crate) struct RequestHead<'a> {
    head: &'a ActixHead,
    matched: &'a Path<Url>,
}

impl<'a> RequestHead<'a> {
    pub(crate) fn of(request: &'a HttpRequest) -> Self {
        Self {
            head: request.head(),
            matched: request.match_info(),
        }
    }
}

impl Head for RequestHead<'_> {
    fn method(&self) -> &str {
        self.head.method.as_str()
    }

    fn path(&self) -> &str {
        self.head.uri.path()
    }

    /// A scope has it decoded, with the same slashes. A resource leaves an empty path.
    fn stripped_path(&self) -> Option<&str> {
        let (whole, rest) = (self.matched.as_str(), self.matched.unprocessed());
        if rest.len() == whole.len() {
            return None;
        }
        let mut slashes = self.path().rmatch_indices('/').map(|(at, _)| at);
        let last = rest.matches('/').count().checked_sub(1)?;
        Some(&self.path()[slashes.nth(last)?..])
    }

    fn authority(&self) -> Option<&str> {
        Some(self.head.uri.authority()?.as_str())
    }

    fn query(&self) -> Option<&str> {
        self.head.uri.query()
    }

    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        // Each admitted request is asked for these. A constant isn't parsed.
        let lines = match name {
            "cookie" => self.head.headers.get_all(header::COOKIE),
            "upgrade" => self.head.headers.get_all(header::UPGRADE),
            name => self.head.headers.get_all(name),
        };
        lines.map(HeaderValue::as_bytes)
    }

    /// The part of the path that scopes and resources outside have matched. If a pattern has parameters, one request
    /// doesn't show what else it matches.
    fn placement(&self) -> Placement<'_> {
        let (path, rest) = (self.matched.as_str(), self.matched.unprocessed());
        let mount = path.strip_suffix(rest).unwrap_or_default();
        Placement {
            mount: if self.matched.segment_count() == 0 {
                mount
            } else {
                ""
            },
            is_in_route: false,
        }
    }
}

/// The mark that the login leaves in each request that it admits.
pub(crate) fn context(request: &HttpRequest) -> Result<Ref<'_, AuthContext>, Rejection> {
    let context = Ref::filter_map(request.extensions(), |extensions| extensions.get());
    context.map_err(|_| {
        Rejection::missing_layer(
            "call `.wrap(FncyLogin::new(login))` on the App or scope that the route is in, after all other calls of `.wrap` \
             that need the user",
        )
    })
}

/// A response of the application, with the changes of the login.
///
/// An error of middleware inside goes on as it is, so that middleware outside can know it. It is replaced only if a
/// cookie would be lost with it.
pub(crate) fn patched<B>(
    response: Result<ServiceResponse<B>, Error>,
    patch: Option<ResponsePatch>,
) -> Result<ServiceResponse<B>, Error> {
    let Some(patch) = patch else {
        return response;
    };
    match response {
        Ok(mut response) => {
            let headers = response.headers_mut();
            let has_cache_control = headers.contains_key(header::CACHE_CONTROL);
            apply(headers, &patch.header_changes(has_cache_control));
            Ok(response)
        }
        Err(error) => {
            let changes = patch.header_changes(true);
            if changes.cookies.is_empty() {
                return Err(error);
            }
            Err(Patched { error, changes }.into())
        }
    }
}

/// An error of the application, and a session that its response must bring along.
#[derive(Debug)]
struct Patched {
    error: Error,
    changes: HeaderChanges,
}

impl fmt::Display for Patched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl ResponseError for Patched {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.error.error_response();
        apply(response.headers_mut(), &self.changes);
        response
    }
}

fn apply(headers: &mut HeaderMap, changes: &HeaderChanges) {
    if let Some(value) = changes.cache_control {
        headers.insert(header::CACHE_CONTROL, cache_control(value));
    }
    for name in changes.removals {
        headers.remove(*name);
    }
    for line in &changes.cookies {
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
pub(crate) fn response(reply: Reply) -> HttpResponse {
    let mark = LoginReply::from(&reply);
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    for (name, value) in reply.headers {
        match value {
            Cow::Borrowed(value) => {
                builder.append_header((&*name, HeaderValue::from_static(value)))
            }
            Cow::Owned(value) => builder.append_header((&*name, value)),
        };
    }
    let mut response = builder.body(reply.body);
    response.headers_mut().retain(|name, value| {
        value.set_sensitive(*name == header::SET_COOKIE || *name == header::LOCATION);
        true
    });
    response.extensions_mut().insert(mark);
    response
}

/// A refusal by an extractor or a guard.
pub(crate) fn rejection(rejection: &Rejection) -> HttpResponse {
    let missing = || HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR);
    rejection.reply().map_or_else(missing, response)
}
