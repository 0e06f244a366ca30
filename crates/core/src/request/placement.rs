//! The place of the login in a framework's router.

/// The place of the login in an application, as far as one request shows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placement<'a> {
    /// The mount path of the part of the application that the login is around, such as `/sub`. It is empty if the login
    /// is around the whole application, or if the path has parameters.
    pub mount: &'a str,
    /// Whether the router had matched a route before it called the login. In that case the login may be around routes
    /// only, and its endpoints are no routes.
    pub is_in_route: bool,
}
