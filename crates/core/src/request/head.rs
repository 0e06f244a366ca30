//! The head of a request, which is all that the core reads of it.

use crate::request::placement::Placement;

/// The head of a request, as an adapter shows it to the core.
///
/// The body is not part of it. No decision depends on a body, so the core reads none.
pub trait Head {
    /// The method in upper case, such as `GET`.
    fn method(&self) -> &str;

    /// The path as the browser sent it, before any router has stripped a prefix. It has no query.
    fn path(&self) -> &str;

    /// The rest of the path after a router has stripped a prefix, in the browser's spelling. The default is `None`: no
    /// router has stripped a prefix.
    ///
    /// A rule that protects holds if it matches either path. A page is public only if both paths are. So a rule for
    /// `/admin` also guards `/ko/admin` below `/{lang}`.
    fn stripped_path(&self) -> Option<&str> {
        None
    }

    /// The host and port in the request's target, beside the header `Host`: the `:authority` of HTTP/2, or the
    /// authority of an absolute-form target in HTTP/1.1 (RFC 9112, section 3.2.2). The default is `None`.
    ///
    /// The core reads it only if the application has several redirect URIs, to choose one of them.
    fn authority(&self) -> Option<&str> {
        None
    }

    /// The query, without the question mark.
    fn query(&self) -> Option<&str>;

    /// Every line of a header, in order. `name` is in lower case.
    ///
    /// HTTP/2 splits `Cookie` over several lines, so all lines are needed.
    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]>;

    /// Where the framework's router called the login. The core reads it on requests that the login answers itself.
    ///
    /// The default says that no router was involved.
    fn placement(&self) -> Placement<'_> {
        Placement::default()
    }
}

/// The first line of a header, if it has only visible ASCII and spaces.
pub(crate) fn text<'a, H: Head>(head: &'a H, name: &'static str) -> Option<&'a str> {
    let line = head.lines(name).next()?;
    let line = std::str::from_utf8(line).ok()?.trim_matches([' ', '\t']);
    line.bytes()
        .all(|byte| (b' '..=b'~').contains(&byte))
        .then_some(line)
}

/// The line of a header that has one line. A repeated header may come from two senders, so it is not believed.
pub(crate) fn sole<'a, H: Head>(head: &'a H, name: &'static str) -> Option<&'a str> {
    let is_repeated = head.lines(name).nth(1).is_some();
    text(head, name).filter(|_| !is_repeated)
}

/// The members of a list header, in all of its lines (RFC 9110, section 5.6.1).
pub(crate) fn list<'a, H: Head>(head: &'a H, name: &'static str) -> impl Iterator<Item = &'a str> {
    let lines = head
        .lines(name)
        .filter_map(|line| std::str::from_utf8(line).ok());
    lines.flat_map(|line| line.split(',').map(str::trim))
}

/// Whether a header is present, with any value.
pub(crate) fn has<H: Head>(head: &H, name: &'static str) -> bool {
    head.lines(name).next().is_some()
}
