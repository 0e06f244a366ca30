//! What extractors and guards refuse with, as errors of actix-web.
//!
//! Rules: an error answers each time that it is asked; what is shown of it holds nothing of the request, whose
//! query and headers have secrets in them.

use std::fmt;

use actix_web::error::ResponseError;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use fncy_login::{AuthContext, Reply};

use crate::convert::{RequestHead, response};

/// Why a handler isn't called.
pub(crate) enum Rejection {
    /// Nobody is signed in. What the visitor gets is made only when it is sent: an `Option` of an extractor
    /// never asks.
    NoUser(AuthContext, HttpRequest),
    /// What it is, and an answer that is known already.
    Told(&'static str, Box<Reply>),
    /// The login is not round the route.
    NoLayer,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoUser(..) => "nobody is signed in",
            Self::Told(what, _) => what,
            Self::NoLayer => "FncyLogin is missing",
        })
    }
}

/// As [`fmt::Display`], since loggers write it.
impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl ResponseError for Rejection {
    fn status_code(&self) -> StatusCode {
        self.error_response().status()
    }

    fn error_response(&self) -> HttpResponse {
        match self {
            Self::NoUser(context, request) => {
                response(context.challenge(&RequestHead::of(request)))
            }
            Self::Told(_, reply) => response(Reply::clone(reply)),
            Self::NoLayer => HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }
}
