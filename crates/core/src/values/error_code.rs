//! The one table from what went wrong to a stable code and a status; `words` has what people read.
//!
//! Rule: a code never changes its meaning once released.

use std::fmt;

/// Declares the codes once: name, text, HTTP status.
macro_rules! codes {
    ($($(#[doc = $about:literal])* $variant:ident = $text:literal, $status:literal;)*) => {
        /// Why a request was answered by us and not by the application.
        ///
        /// ```
        /// # use fncy_login_core::ErrorCode;
        /// assert_eq!(ErrorCode::AccessDenied.as_str(), "access_denied");
        /// assert_eq!(ErrorCode::AccessDenied.status(), 403);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[doc = $about])* $variant,)*
        }

        impl ErrorCode {
            /// All of them, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable code that a page and a log line show.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }
        }
    };
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

codes! {
    /// The person said no at the authorization server (RFC 6749, section 4.1.2.1).
    AccessDenied = "access_denied", 403;
    /// The authorization server refused the client itself (RFC 6749, section 5.2): the operator's
    /// settings are wrong.
    ClientRejected = "client_rejected", 500;
    /// A request from another site tried to change something.
    CrossSite = "cross_site", 403;
    /// The user may not do this.
    Forbidden = "forbidden", 403;
    /// Something that should not be able to happen.
    Internal = "internal", 500;
    /// The authorization server answered with a callback that no server sends.
    InvalidCallback = "invalid_callback", 400;
    /// The authorization server's answer could not be understood.
    InvalidResponse = "invalid_response", 502;
    /// No cookie of any login came back with the callback.
    LoginCookieMissing = "login_cookie_missing", 400;
    /// The login is too old, already used, or not this browser's.
    LoginExpired = "login_expired", 400;
    /// Sign-ins succeed, but the session doesn't come back.
    LoginLoop = "login_loop", 400;
    /// The application refused the user.
    LoginRefused = "login_refused", 403;
    /// The application could not say whether it takes the user.
    LoginUndecided = "login_undecided", 503;
    /// The endpoint has no such method (RFC 9110, section 15.5.6).
    MethodNotAllowed = "method_not_allowed", 405;
    /// The authorization server refused the request (RFC 6749, sections 4.1.2.1 and 5.2).
    ProviderRefused = "provider_refused", 502;
    /// The authorization server could not be reached, or said that it is overloaded.
    ProviderUnavailable = "provider_unavailable", 503;
    /// The session would not fit into cookies that browsers keep.
    SessionTooLarge = "session_too_large", 500;
    /// Nobody can say at the moment whether the session was ended.
    SessionUnverified = "session_unverified", 503;
    /// The authorization server did not let the person in, for a reason that no standard names.
    SignInDeclined = "sign_in_declined", 403;
    /// There is no session.
    SignInRequired = "sign_in_required", 401;
    /// The authorization server sent the browser back with an error, and without the `state` of any login.
    StateMissing = "state_missing", 400;
    /// The access token had expired when it arrived.
    TokenExpired = "token_expired", 502;
    /// A page asks for tokens that the application throws away (`sign_in_only`).
    TokensDiscarded = "tokens_discarded", 500;
    /// The access token has expired, on a path where nothing refreshes it.
    TokensExpired = "tokens_expired", 401;
    /// The session's tokens are damaged or incomplete.
    TokensUnusable = "tokens_unusable", 401;
    /// The user data could not be read with the access token.
    UserDataRefused = "user_data_refused", 502;
    /// The user data have no user id where one is looked for.
    UserIdMissing = "user_id_missing", 502;
    /// `iss` is not the expected issuer (RFC 9207, section 2.4).
    WrongIssuer = "wrong_issuer", 400;
    /// The callback belongs to another authorization server's login.
    WrongProvider = "wrong_provider", 400;
}
