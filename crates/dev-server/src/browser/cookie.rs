//! The cookie of the provider's own session (RFC 6265): a random ID, the rest stays here.
//!
//! `SameSite=Lax`, since an application on another site sends the browser here with a GET; no
//! `Secure`, since loopback has no TLS. Cookies do not know ports: two of these servers on one host
//! share the cookie, and the later sign-in wins.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use super::Browser;

const NAME: &str = "fncy_dev_session";

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionCookie(String);

impl SessionCookie {
    pub(super) fn new(id: String) -> Self {
        Self(id)
    }

    /// The session of a request; `None` for one this server does not know.
    pub(crate) fn of(headers: &HeaderMap, browser: &Browser) -> Option<Self> {
        let values = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        values
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == NAME)
            .map(|(_, id)| Self(id.to_owned()))
            .find(|session| browser.knows(session))
    }

    pub(crate) fn set_on(&self, response: Response) -> Response {
        add(
            response,
            &format!("{NAME}={}; Path=/; HttpOnly; SameSite=Lax", self.0),
        )
    }

    pub(super) fn removed_from(response: Response) -> Response {
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
