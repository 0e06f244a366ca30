//! Nouns of actix-web and nouns of the machine, and nothing that decides.

use actix_web::HttpResponse;
use actix_web::dev::RequestHead as ActixHead;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderValue;
use fncy_login::{Head, Reply};

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
        self.0.headers.get_all(name).map(HeaderValue::as_bytes)
    }
}

/// A reply of ours. One that HTTP can't carry, which none of ours is, becomes an empty 500.
pub(crate) fn response(reply: Reply) -> HttpResponse {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    for header in reply.headers {
        builder.append_header(header);
    }
    builder.body(reply.body)
}
