//! The cookie of the provider's own session (RFC 6265): a random ID.
//!
//! * It is `SameSite=Lax`, because an application on another site sends the browser here with a GET.
//! * It isn't `Secure`, because loopback has no TLS.
//! * Cookies ignore ports. Two development servers on one host share the cookie, and the later
//!   sign-in wins.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

const NAME: &str = "fncy_dev_session";

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionCookie(String);

impl SessionCookie {
    pub(crate) fn new(id: String) -> Self {
        Self(id)
    }

    /// All session cookies of a request.
    pub(crate) fn all(headers: &HeaderMap) -> impl Iterator<Item = Self> {
        let lines = headers.get_all(COOKIE).into_iter();
        lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == NAME)
            .map(|(_, id)| Self(id.to_owned()))
    }

    pub(crate) fn set_on(&self, response: Response) -> Response {
        add(
            response,
            &format!("{NAME}={}; Path=/; HttpOnly; SameSite=Lax", self.0),
        )
    }

    pub(crate) fn remove_from(response: Response) -> Response {
        add(
            response,
            &format!("{NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
        )
    }
}

fn add(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}
