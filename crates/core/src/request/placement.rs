//! Where a framework's router has put the login.

/// Where the login is in an application, as far as one request shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placement<'a> {
    /// The path that the part of the application is mounted at which the login is around, such as `/sub`.
    /// Empty where the login is around all of it, and where the path has parameters.
    pub mount: &'a str,
    /// Whether the router had found a route of the application before it called the login. The login may be
    /// around routes alone then, and its endpoints are no routes.
    pub is_in_route: bool,
}
