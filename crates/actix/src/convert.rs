//! Nouns of actix-web and nouns of the machine, and nothing that decides.

use std::fmt;

use actix_web::dev::{Path, RequestHead as ActixHead, ServiceResponse, Url};
use actix_web::error::ResponseError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{Error, HttpRequest, HttpResponse};
use fncy_login::{Additions, Finish, Head, Placement, Reply};

/// A request's head, as the machine reads it. actix-web keeps the whole path beneath a scope.
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

    /// A scope has it decoded, with the same slashes. What a resource leaves is empty.
    fn stripped_path(&self) -> Option<&str> {
        let (whole, rest) = (self.matched.as_str(), self.matched.unprocessed());
        let mut slashes = self.path().rmatch_indices('/').map(|(at, _)| at);
        let last = rest.matches('/').count().checked_sub(1)?;
        let start = slashes.nth(last).filter(|_| rest.len() < whole.len())?;
        Some(&self.path()[start..])
    }

    fn authority(&self) -> Option<&str> {
        Some(self.head.uri.authority()?.as_str())
    }

    fn query(&self) -> Option<&str> {
        self.head.uri.query()
    }

    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        // Every request is asked for this one: as a name, it isn't parsed again.
        let lines = match name {
            "cookie" => self.head.headers.get_all(header::COOKIE),
            name => self.head.headers.get_all(name),
        };
        lines.map(HeaderValue::as_bytes)
    }

    /// The part of the path that scopes and resources outside have matched. It can't be told from one request
    /// what a pattern with parameters matches beside it.
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

/// An answer of the application, with what the login adds.
///
/// An error of middleware inside goes on as it is, so that middleware outside can know it: one of ours takes its
/// place only where a cookie would be lost with it.
pub(crate) fn finished<B>(
    answer: Result<ServiceResponse<B>, Error>,
    finish: Option<Finish>,
) -> Result<ServiceResponse<B>, Error> {
    let Some(finish) = finish else {
        return answer;
    };
    match answer {
        Ok(mut response) => {
            let headers = response.headers_mut();
            let has_cache_control = headers.contains_key(header::CACHE_CONTROL);
            add(headers, &finish.additions(has_cache_control));
            Ok(response)
        }
        Err(error) => {
            let additions = finish.additions(true);
            if additions.cookies.is_empty() {
                return Err(error);
            }
            Err(Finished { error, additions }.into())
        }
    }
}

/// An error of the application, and a session that its answer must bring along.
#[derive(Debug)]
struct Finished {
    error: Error,
    additions: Additions,
}

impl fmt::Display for Finished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl ResponseError for Finished {
    fn status_code(&self) -> StatusCode {
        self.error.as_response_error().status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = self.error.error_response();
        add(response.headers_mut(), &self.additions);
        response
    }
}

fn add(headers: &mut HeaderMap, additions: &Additions) {
    if let Some(value) = additions.cache_control {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
    }
    for name in additions.removals {
        headers.remove(*name);
    }
    for line in &additions.cookies {
        // Ours are ASCII: nothing is dropped here.
        if let Ok(mut line) = HeaderValue::try_from(line) {
            line.set_sensitive(true);
            headers.append(header::SET_COOKIE, line);
        }
    }
}

/// A reply of ours. One that HTTP can't carry, which none of ours is, becomes an empty 500.
pub(crate) fn response(reply: Reply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    for (name, value) in reply.headers {
        builder.append_header((&*name, value));
    }
    let mut response = builder.body(reply.body);
    // No logger shows its cookies, nor where it leads.
    response.headers_mut().retain(|name, value| {
        value.set_sensitive(*name == header::SET_COOKIE || *name == header::LOCATION);
        true
    });
    response
}
