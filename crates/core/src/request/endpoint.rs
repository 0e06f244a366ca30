//! The endpoints of the login, and their paths below the prefix.

/// The endpoints of the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `{prefix}/login`, which starts a sign-in, whatever the session is.
    Login,
    /// The redirect URI's path, which takes the provider's codes.
    Callback,
    /// `{prefix}/logout`, which ends sessions.
    Logout,
    /// `{prefix}/session`, which says who is signed in.
    Session,
    /// `{prefix}/sign-in.js`, with which a page signs in and stays as it is.
    Script,
    /// `{prefix}/signed-in`, the page on which a sign-in in another tab or a popup ends.
    SignedIn,
    /// `{prefix}/device/register`, at which a browser binds a session to a device key.
    DeviceRegister,
    /// `{prefix}/device/refresh`, at which a browser proves its device key again.
    DeviceRefresh,
}

impl Endpoint {
    /// The endpoints below the prefix. The redirect URI says where the callback is.
    const NAMED: [(&'static str, Self); 7] = [
        ("/login", Self::Login),
        ("/logout", Self::Logout),
        ("/session", Self::Session),
        ("/sign-in.js", Self::Script),
        ("/signed-in", Self::SignedIn),
        ("/device/register", Self::DeviceRegister),
        ("/device/refresh", Self::DeviceRefresh),
    ];

    pub(super) fn named(name: &str) -> Option<Self> {
        let (_, endpoint) = Self::NAMED.into_iter().find(|(path, _)| *path == name)?;
        Some(endpoint)
    }

    /// Whether it is there only if sessions are bound to device keys.
    pub(crate) fn is_of_devices(self) -> bool {
        matches!(self, Self::DeviceRegister | Self::DeviceRefresh)
    }

    /// Its path below the prefix. `None` for the callback.
    pub(super) fn name(self) -> Option<&'static str> {
        let (name, _) = Self::NAMED.into_iter().find(|(_, named)| *named == self)?;
        Some(name)
    }
}
