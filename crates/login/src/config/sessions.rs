//! The builder's choices about sessions: how long they last, and what their cookies are.

use std::time::Duration;

#[cfg(feature = "device-bound")]
use fncy_login_core::DeviceBinding;
use fncy_login_core::Protection;

use crate::config::builder::LoginBuilder;

impl LoginBuilder {
    /// The longest time from a sign-in to the end of its session, from a minute to 30 days. The default is 7 days.
    ///
    /// A stolen cookie can't be used for longer.
    #[doc(alias("session timeout", "remember me", "max age", "absolute timeout"))]
    #[doc(alias("expiry", "ttl", "max_age"))]
    pub fn session_lifetime(mut self, life: Duration) -> Self {
        self.choices.lifetimes.session = life.as_secs();
        self
    }

    /// The longest time that a session lasts without a request, from a minute to 30 days. The default is a day.
    ///
    /// The session ends at [`session_lifetime`](Self::session_lifetime) at the latest. A request restarts the time, if
    /// a tenth of it has passed. These requests don't:
    ///
    /// - a prefetch, an upgrade such as a WebSocket, and an event stream
    /// - `/auth/session`
    /// - a path of [`background_path`](Self::background_path)
    /// - on a public path, a request that is not a page that a person opens
    /// - on a public path, a request after the access token has expired, since no token is refreshed there
    #[doc(alias("idle timeout", "session timeout", "inactivity timeout"))]
    #[doc(alias("sliding expiration", "expiry", "ttl"))]
    pub fn idle_timeout(mut self, life: Duration) -> Self {
        self.choices.lifetimes.idle = life.as_secs();
        self
    }

    /// Binds each session to a key that the browser keeps on its device, if the browser can
    /// ([Device Bound Session Credentials](https://w3c.github.io/webappsec-dbsc/)). **Experimental**: the draft still changes,
    /// and so may this method in a minor release.
    ///
    /// After a sign-in the login offers the browser to register a key. From then on a request also needs the device cookie,
    /// which lives five minutes. To get the next one, the browser signs a challenge by itself. So a copy of all cookies works
    /// for minutes only. Copies from before the registration are revoked.
    ///
    /// Browsers that don't support it work as before: their sessions stay unbound.
    /// [`require_device_bound_prefix`](Self::require_device_bound_prefix) is for paths where that isn't enough. Browsers
    /// register over https only. It is off by default, since few browsers have it, and since each bound session asks for one
    /// more request in five minutes. [The guide](crate::manual::guides::device_bound) says what it protects from.
    #[cfg(feature = "device-bound")]
    #[doc(alias("dbsc", "token binding", "cookie theft", "infostealer"))]
    pub fn device_bound(mut self) -> Self {
        self.choices.device_binding = DeviceBinding::Offered;
        self
    }

    /// Signs the user, claims and data in the session cookie, and does not encrypt them.
    ///
    /// The holder of the cookie, such as an edge worker, can then read them. Tokens stay encrypted. The default is
    /// encryption. Sessions of both kinds are read, so that a change signs no user out.
    pub fn signed_cookies(mut self) -> Self {
        self.choices.protection = Protection::Signed;
        self
    }

    /// Discards the tokens at the sign-in, for an application that does not call FNCY for its users.
    ///
    /// The session then lasts as long as [`session_lifetime`](Self::session_lifetime) and
    /// [`idle_timeout`](Self::idle_timeout) say, its cookie is small, and FNCY is not asked again. If
    /// [`revocation_url`](Self::revocation_url) is set, the tokens are revoked. It can't be combined with
    /// [`on_refresh`](Self::on_refresh).
    ///
    /// By default a session keeps its tokens. If FNCY no longer refreshes them, it opens no protected path: a user who is
    /// blocked at FNCY is signed out here at the next refresh.
    pub fn sign_in_only(mut self) -> Self {
        self.choices.sign_in_only = true;
        self
    }
}
