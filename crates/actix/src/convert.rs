//! Nouns of actix-web and nouns of the machine, and nothing that decides.

use actix_web::dev::{RequestHead as ActixHead, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{Error, HttpResponse};
use fncy_login::{Finish, Head, Reply};

/// A request's head, as the machine reads it. actix-web keeps the whole path beneath a scope.
pub(crate) struct RequestHead<'a>(&'a ActixHead);

impl<'a> RequestHead<'a> {
    pub(crate) fn of(head: &'a ActixHead) -> Self {
        Self(head)
    }
}

impl Head for RequestHead<'_> {
    fn method(&self) -> &str {
        self.0.method.as_str()
    }

    fn path(&self) -> &str {
        self.0.uri.path()
    }

    fn query(&self) -> Option<&str> {
        self.0.uri.query()
    }

    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        // Every request is asked for this one: as a name, it isn't parsed again.
        let lines = match name {
            "cookie" => self.0.headers.get_all(header::COOKIE),
            name => self.0.headers.get_all(name),
        };
        lines.map(HeaderValue::as_bytes)
    }
}

/// An answer of the application, with what the login adds.
pub(crate) fn finished<B>(
    answer: Result<ServiceResponse<B>, Error>,
    finish: Option<Finish>,
) -> Result<ServiceResponse<B>, Error> {
    match (answer, finish) {
        (answer, None) => answer,
        (Ok(mut response), Some(finish)) => {
            add(response.headers_mut(), finish);
            Ok(response)
        }
        // Of middleware inside: a renewed session must not be lost with it.
        (Err(error), Some(finish)) => {
            let mut response = error.error_response();
            add(response.headers_mut(), finish);
            Err(InternalError::from_response(error, response).into())
        }
    }
}

fn add(headers: &mut HeaderMap, finish: Finish) {
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
}

/// A reply of ours. One that HTTP can't carry, which none of ours is, becomes an empty 500.
pub(crate) fn response(reply: Reply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    for (name, value) in reply.headers {
        builder.append_header((&*name, value));
    }
    builder.body(reply.body)
}
