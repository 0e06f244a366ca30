//! What the machine reads of a request: its head, and never its body.

use crate::request::placement::Placement;

/// The head of a request, as an adapter shows it to the machine.
///
/// The body is not part of it: no decision about login depends on a body, so none is ever read.
pub trait Head {
    /// The method in upper case, such as `GET`.
    fn method(&self) -> &str;

    /// The path as the browser sent it, before any router stripped a prefix; without the query.
    fn path(&self) -> &str;

    /// What a router has left of the path, in the browser's spelling, where it has stripped a prefix. `None`, the
    /// default, is right where no router has stripped one.
    ///
    /// What protects is judged on both paths, and a page is public only if both are. So a rule for `/admin` guards
    /// `/ko/admin` below `/{lang}`.
    fn stripped_path(&self) -> Option<&str> {
        None
    }

    /// Host and port that the request's target names, beside the header `Host`: of HTTP/2 its `:authority`, of
    /// HTTP/1.1 what an absolute-form target has (RFC 9112, section 3.2.2). `None`, the default, where it has none.
    ///
    /// It is read only where the application has several redirect URIs, to choose among them.
    fn authority(&self) -> Option<&str> {
        None
    }

    /// The query without its question mark.
    fn query(&self) -> Option<&str>;

    /// Every line of a header, in order. HTTP/2 splits `Cookie` over several lines, so none may be
    /// left out. `name` is in lower case.
    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]>;

    /// What the framework's router did with the request before it reached the login. The default says
    /// that it did nothing. It is read on requests that the login answers itself.
    fn placement(&self) -> Placement<'_> {
        Placement::default()
    }
}

/// The first line of a header, if it is visible ASCII or spaces.
pub(crate) fn text<'a, H: Head>(head: &'a H, name: &'static str) -> Option<&'a str> {
    let line = head.lines(name).next()?;
    let line = std::str::from_utf8(line).ok()?.trim_matches([' ', '\t']);
    line.bytes()
        .all(|byte| (b' '..=b'~').contains(&byte))
        .then_some(line)
}

/// The only line of a header: what is said twice may have been said by two, and is not believed.
pub(crate) fn sole<'a, H: Head>(head: &'a H, name: &'static str) -> Option<&'a str> {
    let is_repeated = head.lines(name).nth(1).is_some();
    text(head, name).filter(|_| !is_repeated)
}

/// The members of a header that is a list (RFC 9110, section 5.6.1), of all its lines.
pub(crate) fn list<'a, H: Head>(head: &'a H, name: &'static str) -> impl Iterator<Item = &'a str> {
    let lines = head
        .lines(name)
        .filter_map(|line| std::str::from_utf8(line).ok());
    lines.flat_map(|line| line.split(',').map(str::trim))
}

/// Whether a header is there at all, whatever it says.
pub(crate) fn has<H: Head>(head: &H, name: &'static str) -> bool {
    head.lines(name).next().is_some()
}
