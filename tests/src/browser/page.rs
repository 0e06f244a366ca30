//! A page: a response in a tab, with its URL, its forms and its links.

use std::ops::Deref;

use url::Url;

use super::html::{self, Form, Link};
use super::referrer::ReferrerPolicy;
use super::request::{Initiator, Request};
use super::wire::RawResponse;

/// A response and the URL it came from; its status, headers and body are those of the
/// [`RawResponse`].
#[derive(Clone, Debug)]
pub struct Page {
    /// The URL of the request, with its fragment.
    pub url: Url,
    response: RawResponse,
    request: Request,
}

impl Deref for Page {
    type Target = RawResponse;

    fn deref(&self) -> &RawResponse {
        &self.response
    }
}

impl Page {
    pub(crate) fn new(request: Request, response: RawResponse) -> Self {
        Self {
            url: request.url.clone(),
            response,
            request,
        }
    }

    /// The URL that it redirects to.
    pub fn location(&self) -> Option<Url> {
        self.redirect().map(|next| next.url)
    }

    /// The value of a parameter in the page's URL.
    pub fn query(&self, name: &str) -> Option<String> {
        self.url
            .query_pairs()
            .find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    }

    /// The form of a selector: `form` for the first form, `#id`, or the `action` as written.
    pub fn form(&self, selector: &str) -> Form {
        html::forms(&self.text())
            .into_iter()
            .find(|form| form.is(selector))
            .unwrap_or_else(|| panic!("no form {selector:?} at {}: {}", self.url, self.text()))
    }

    /// The links.
    pub fn links(&self) -> Vec<Link> {
        html::links(&self.text())
    }

    pub(crate) fn redirect(&self) -> Option<Request> {
        self.request.redirected(&self.response)
    }

    pub(crate) fn initiator(&self) -> Initiator {
        Initiator {
            url: self.url.clone(),
            policy: ReferrerPolicy::of(&self.response).unwrap_or_default(),
        }
    }
}
