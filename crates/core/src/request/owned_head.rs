//! A copy of a request's head, for a request that waits.
//!
//! Rule: the copy has only what the core reads, so that a waiting request takes little memory.

use std::fmt;

use crate::request::head::Head;
use crate::values::device_draft;

/// The headers that the core reads. In a test build, a copy panics if another header is asked for.
const READ: [&str; 26] = [
    "accept",
    "accept-language",
    "access-control-request-method",
    "authorization",
    "connection",
    "content-type",
    "cookie",
    "host",
    "hx-current-url",
    "hx-request",
    "next-router-prefetch",
    "origin",
    "purpose",
    "referer",
    "sec-fetch-dest",
    "sec-fetch-mode",
    "sec-fetch-site",
    "sec-purpose",
    "sec-websocket-key",
    device_draft::BINDING,
    device_draft::PROOF,
    device_draft::SKIPPED,
    "upgrade",
    "x-inertia",
    "x-moz",
    "x-requested-with",
];

/// A copy of a request's head, for a request that waits for the provider or the store.
///
/// A [`Head`] borrows from the framework's request, which may be gone by then. The copy has only what the core reads.
pub struct OwnedHead {
    method: String,
    path: String,
    stripped_path: Option<String>,
    authority: Option<String>,
    query: Option<String>,
    lines: Vec<(&'static str, Vec<u8>)>,
}

impl OwnedHead {
    /// Copies the parts of a head that the core reads.
    pub fn of<H: Head>(head: &H) -> Self {
        let lines = READ.iter().flat_map(|name| {
            let lines = head.lines(name);
            lines.map(|line| (*name, line.to_vec()))
        });
        Self {
            method: head.method().to_owned(),
            path: head.path().to_owned(),
            stripped_path: head.stripped_path().map(str::to_owned),
            authority: head.authority().map(str::to_owned),
            query: head.query().map(str::to_owned),
            lines: lines.collect(),
        }
    }
}

impl Head for OwnedHead {
    fn method(&self) -> &str {
        &self.method
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn stripped_path(&self) -> Option<&str> {
        self.stripped_path.as_deref()
    }

    fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        debug_assert!(READ.contains(&name), "a copy of a head has no {name}");
        let lines = self.lines.iter().filter(move |(own, _)| *own == name);
        lines.map(|(_, line)| line.as_slice())
    }
}

/// Shows the method and the path. The query and the headers hold secrets.
impl fmt::Debug for OwnedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedHead")
            .field("method", &self.method)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
