//! The paths of a request: the one that the browser sent, and the rest after a router has stripped a prefix.
//!
//! Rules:
//! - A rule that protects holds if it matches either path. A page is public only if both paths are.
//! - The rest is the application's own path, below the base of the redirect URI. If the application is nested at
//!   exactly that base, both paths are the same.

use std::borrow::Cow;

use crate::request::head::Head;
use crate::request::site::Site;

/// The paths of a request.
pub(crate) struct RequestPaths<'a> {
    /// The path as the browser sent it.
    pub(crate) sent: Cow<'a, str>,
    /// The site's base and the rest after a router has stripped a prefix. `None` if that is the same path.
    inner: Option<Cow<'a, str>>,
}

impl<'a> RequestPaths<'a> {
    pub(crate) fn of<H: Head>(head: &'a H, site: &Site) -> Self {
        let sent = site.browser_path(head.path());
        let inner = head.stripped_path().filter(|stripped| {
            *stripped != head.path() && site.rest_below_base(&sent) != Some(stripped)
        });
        Self {
            inner: inner.map(|stripped| site.below_base(stripped)),
            sent,
        }
    }

    /// What a function finds for each of the paths.
    pub(crate) fn both<T>(&self, find: impl Fn(&str) -> Option<T>) -> [Option<T>; 2] {
        [find(&self.sent), self.inner.as_deref().and_then(find)]
    }

    pub(crate) fn all(&self, holds: impl Fn(&str) -> bool) -> bool {
        holds(&self.sent) && self.inner.as_deref().is_none_or(holds)
    }

    pub(crate) fn any(&self, holds: impl Fn(&str) -> bool) -> bool {
        holds(&self.sent) || self.inner.as_deref().is_some_and(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::RequestPaths;
    use crate::request::head::Head;
    use crate::request::site::Site;

    /// A path, and the rest after a router has stripped a prefix.
    struct Nested(&'static str, Option<&'static str>);

    impl Head for Nested {
        fn method(&self) -> &str {
            "GET"
        }

        fn path(&self) -> &str {
            self.0
        }

        fn stripped_path(&self) -> Option<&str> {
            self.1
        }

        fn query(&self) -> Option<&str> {
            None
        }

        fn lines<'a>(&'a self, _: &'static str) -> impl Iterator<Item = &'a [u8]> {
            std::iter::empty()
        }
    }

    #[test]
    fn an_equal_inner_path_is_left_out() {
        let site = |stripped| {
            Site::new("https://app.example/en/auth/callback", "/auth", stripped).unwrap()
        };
        for (is_stripped, path, left, inner) in [
            (false, "/en/x", None, None),
            (false, "/en/x", Some("/x"), None),
            (false, "/en/x", Some("/en/x"), None),
            (false, "/ko/x", Some("/x"), Some("/en/x")),
            (false, "/en/a/x", Some("/x"), Some("/en/x")),
            (true, "/ko/x", Some("/x"), Some("/en/x")),
            (true, "/x", Some("/x"), None),
        ] {
            let (request, site) = (Nested(path, left), site(is_stripped));
            let paths = RequestPaths::of(&request, &site);
            assert_eq!(paths.inner.as_deref(), inner, "{path} {left:?}");
        }
    }
}
