//! One request as a browser builds it, and the next request of its chain after a redirect.
//!
//! - `Sec-Fetch-*` are sent to potentially trustworthy URLs only. `Sec-Fetch-Site` depends on every URL of the chain,
//!   and is `none` if a person typed the first URL (W3C Fetch Metadata, section 2).
//! - For cookies, a chain through another site is cross-site, as in Firefox. Chromium considers only the page where the
//!   chain began, so it sends `Strict` cookies in cases where this model doesn't.
//! - `Origin` is sent with CORS requests to other origins and with every unsafe method. After a redirect from one
//!   foreign origin to another it is `null` (Fetch, section 3.2).
//! - `Accept-Encoding` is not sent, since this client can't decompress.

use fncy_login_testing::cookies::Context;
use url::Url;

use super::referrer::ReferrerPolicy;
use super::site;
use super::wire::{Headers, RawRequest, RawResponse};

const ACCEPT_PAGE: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,\
                           image/avif,image/webp,image/apng,*/*;q=0.8";
const ACCEPT_IMAGE: &str = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 \
                          (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// The page, or the script on it, that sends a request.
#[derive(Clone, Debug)]
pub(crate) struct Initiator {
    pub(crate) url: Url,
    pub(crate) policy: ReferrerPolicy,
}

/// The purpose of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The page of a tab.
    Navigation,
    /// A page that a tab may show next.
    Prefetch,
    /// A script's `fetch`, with credentials.
    Fetch,
    /// A part of a page, by its `Sec-Fetch-Dest`.
    Part(String),
}

impl Purpose {
    fn is_document(&self) -> bool {
        self.is_top_level() || matches!(self, Self::Part(dest) if dest == "iframe")
    }

    fn is_top_level(&self) -> bool {
        matches!(self, Self::Navigation | Self::Prefetch)
    }

    fn mode(&self) -> &'static str {
        match self {
            Self::Fetch => "cors",
            _ if self.is_document() => "navigate",
            _ => "no-cors",
        }
    }

    fn destination(&self) -> &str {
        match self {
            Self::Navigation | Self::Prefetch => "document",
            Self::Fetch => "empty",
            Self::Part(destination) => destination,
        }
    }

    fn accept(&self) -> &'static str {
        match self.destination() {
            "document" | "iframe" => ACCEPT_PAGE,
            "image" => ACCEPT_IMAGE,
            "style" => "text/css,*/*;q=0.1",
            _ => "*/*",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) purpose: Purpose,
    pub(crate) method: String,
    pub(crate) url: Url,
    /// The headers that the page adds: a content type, a script's own headers.
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
    initiator: Option<Initiator>,
    /// The URLs that redirected to this one, oldest first.
    earlier: Vec<Url>,
}

impl Request {
    pub(crate) fn new(purpose: Purpose, url: Url, initiator: Option<Initiator>) -> Self {
        Self {
            purpose,
            method: "GET".to_owned(),
            url,
            headers: Headers::new(),
            body: Vec::new(),
            initiator,
            earlier: Vec::new(),
        }
    }

    /// The number of redirects before this request.
    pub(crate) fn redirects(&self) -> usize {
        self.earlier.len()
    }

    /// The request that a redirect asks for (Fetch section 4.4).
    pub(crate) fn redirected(&self, response: &RawResponse) -> Option<Self> {
        if !matches!(response.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let mut url = self.url.join(response.header("location")?).ok()?;
        if url.fragment().is_none() {
            url.set_fragment(self.url.fragment());
        }
        let mut next = self.clone();
        next.earlier.push(std::mem::replace(&mut next.url, url));
        let drops_body = match response.status {
            301 | 302 => self.method == "POST",
            303 => !matches!(self.method.as_str(), "GET" | "HEAD"),
            _ => false,
        };
        if drops_body {
            next.method = "GET".to_owned();
            next.body.clear();
            next.headers
                .retain(|(name, _)| !name.to_ascii_lowercase().starts_with("content-"));
        }
        if let (Some(initiator), Some(policy)) = (&mut next.initiator, ReferrerPolicy::of(response))
        {
            initiator.policy = policy;
        }
        Some(next)
    }

    /// The context, which decides the cookies that it sends and stores.
    pub(crate) fn context(&self) -> Context {
        let from = self.initiator.iter().map(|initiator| &initiator.url);
        if from
            .chain(&self.earlier)
            .all(|url| site::same_site(url, &self.url))
        {
            Context::SameSite
        } else if !self.purpose.is_top_level() {
            Context::CrossSiteSubrequest
        } else if self.is_safe() {
            Context::CrossSiteNavigation
        } else {
            Context::CrossSitePost
        }
    }

    pub(crate) fn to_raw(&self, cookie: Option<Vec<u8>>) -> RawRequest {
        let mut target = self.url.path().to_owned();
        if let Some(query) = self.url.query() {
            target = format!("{target}?{query}");
        }
        let host = self.url.host_str().unwrap_or_default();
        let host = self
            .url
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let mut raw = RawRequest::new(&self.method, &target)
            .with_header("Host", host)
            .with_header("User-Agent", USER_AGENT)
            .with_header("Accept", self.purpose.accept())
            .with_header("Accept-Language", "en-GB,en;q=0.9");
        if self.purpose.is_document() {
            raw = raw.with_header("Upgrade-Insecure-Requests", "1");
        }
        if self.purpose == Purpose::Prefetch {
            raw = raw.with_header("Sec-Purpose", "prefetch");
        }
        if site::is_potentially_trustworthy(&self.url) {
            raw = raw
                .with_header("Sec-Fetch-Site", self.sec_fetch_site())
                .with_header("Sec-Fetch-Mode", self.purpose.mode())
                .with_header("Sec-Fetch-Dest", self.purpose.destination());
            if self.purpose == Purpose::Navigation {
                raw = raw.with_header("Sec-Fetch-User", "?1");
            }
        }
        if let Some(origin) = self.origin() {
            raw = raw.with_header("Origin", origin);
        }
        if let Some(referer) = self.referer() {
            raw = raw.with_header("Referer", referer);
        }
        // A script's own `Accept` replaces the browser's.
        raw.headers.retain(|(name, _)| {
            !self
                .headers
                .iter()
                .any(|(own, _)| own.eq_ignore_ascii_case(name))
        });
        raw.headers.extend(self.headers.iter().cloned());
        if let Some(cookie) = cookie {
            raw = raw.with_header("Cookie", cookie);
        }
        if self.body.is_empty() && self.method != "GET" && self.method != "HEAD" {
            raw = raw.with_header("Content-Length", "0");
        }
        raw.with_body(self.body.clone())
    }

    fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "OPTIONS")
    }

    fn sec_fetch_site(&self) -> &'static str {
        let Some(Initiator { url: from, .. }) = &self.initiator else {
            return "none";
        };
        let mut chain = self.earlier.iter().chain([&self.url]);
        if chain.clone().all(|url| site::same_origin(from, url)) {
            "same-origin"
        } else if chain.all(|url| site::same_site(from, url)) {
            "same-site"
        } else {
            "cross-site"
        }
    }

    fn origin(&self) -> Option<String> {
        let Initiator { url: from, policy } = self.initiator.as_ref()?;
        let safe = matches!(self.method.as_str(), "GET" | "HEAD");
        let cors = self.purpose == Purpose::Fetch;
        let foreign = self
            .earlier
            .iter()
            .chain([&self.url])
            .any(|url| !site::same_origin(from, url));
        if safe && !(cors && foreign) {
            return None;
        }
        let hidden = self.is_tainted(from) || !cors && policy.hides_origin(from, &self.url);
        Some(if hidden {
            "null".to_owned()
        } else {
            from.origin().ascii_serialization()
        })
    }

    /// Whether a foreign origin redirected it to another foreign origin.
    fn is_tainted(&self, from: &Url) -> bool {
        let targets = self.earlier.iter().skip(1).chain([&self.url]);
        self.earlier.iter().zip(targets).any(|(source, target)| {
            !site::same_origin(source, target) && !site::same_origin(source, from)
        })
    }

    fn referer(&self) -> Option<String> {
        let Initiator { url: from, policy } = self.initiator.as_ref()?;
        policy.referer(from, &self.url)
    }
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
