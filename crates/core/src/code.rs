//! The one table from what went wrong to a stable code and a status; `words` has what people read.
//!
//! Rule: a code never changes its meaning once released.

/// Why a request was answered by us and not by the application.
///
/// ```
/// use fncy_login_core::Code;
///
/// assert_eq!(Code::AccessDenied.as_str(), "access_denied");
/// assert_eq!(Code::AccessDenied.status(), 403);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// The person said no at the authorization server (RFC 6749, section 4.1.2.1).
    AccessDenied,
    /// The authorization server refused the client itself (RFC 6749, section 5.2): the operator's
    /// settings are wrong.
    ClientRejected,
    /// A request from another site tried to change something.
    CrossSite,
    /// The user may not do this.
    Forbidden,
    /// Something that should not be able to happen.
    Internal,
    /// The authorization server answered with a callback that no server sends.
    InvalidCallback,
    /// The authorization server's answer could not be understood.
    InvalidResponse,
    /// No cookie of any login came back with the callback.
    LoginCookieMissing,
    /// The login is too old, already used, or not this browser's.
    LoginExpired,
    /// The application refused the user.
    LoginRefused,
    /// Sign-ins succeed, but the session doesn't come back.
    LoginLoop,
    /// The endpoint has no such method (RFC 9110, section 15.5.6).
    MethodNotAllowed,
    /// The authorization server refused the request (RFC 6749, sections 4.1.2.1 and 5.2).
    ProviderRefused,
    /// The authorization server could not be reached, or said that it is overloaded.
    ProviderUnavailable,
    /// The session would not fit into cookies that browsers keep.
    SessionTooLarge,
    /// Nobody can say at the moment whether the session was ended.
    SessionUnverified,
    /// There is no session.
    SignInRequired,
    /// The access token had expired when it arrived.
    TokenExpired,
    /// A page asks for tokens that the application throws away (`sign_in_only`).
    TokensDiscarded,
    /// The access token has expired, on a path where nothing renews it.
    TokensExpired,
    /// The session's tokens are damaged or incomplete.
    TokensUnusable,
    /// The user data could not be read with the access token.
    UserDataRefused,
    /// The user data have no user id where one is looked for.
    UserIdMissing,
    /// The callback belongs to another authorization server's login.
    WrongProvider,
    /// `iss` is not the expected issuer (RFC 9207, section 2.4).
    WrongIssuer,
}

impl Code {
    /// The stable code that a page and a log line show.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.row().1
    }

    const fn row(self) -> (&'static str, u16) {
        match self {
            Self::AccessDenied => ("access_denied", 403),
            Self::ClientRejected => ("client_rejected", 500),
            Self::CrossSite => ("cross_site", 403),
            Self::Forbidden => ("forbidden", 403),
            Self::Internal => ("internal", 500),
            Self::InvalidCallback => ("invalid_callback", 400),
            Self::InvalidResponse => ("invalid_response", 502),
            Self::LoginCookieMissing => ("login_cookie_missing", 400),
            Self::LoginExpired => ("login_expired", 400),
            Self::LoginRefused => ("login_refused", 403),
            Self::LoginLoop => ("login_loop", 400),
            Self::MethodNotAllowed => ("method_not_allowed", 405),
            Self::ProviderRefused => ("provider_refused", 502),
            Self::ProviderUnavailable => ("provider_unavailable", 503),
            Self::SessionTooLarge => ("session_too_large", 500),
            Self::SessionUnverified => ("session_unverified", 503),
            Self::SignInRequired => ("sign_in_required", 401),
            Self::TokenExpired => ("token_expired", 502),
            Self::TokensDiscarded => ("tokens_discarded", 500),
            Self::TokensExpired => ("tokens_expired", 401),
            Self::TokensUnusable => ("tokens_unusable", 401),
            Self::UserDataRefused => ("user_data_refused", 502),
            Self::UserIdMissing => ("user_id_missing", 502),
            Self::WrongProvider => ("wrong_provider", 400),
            Self::WrongIssuer => ("wrong_issuer", 400),
        }
    }
}
