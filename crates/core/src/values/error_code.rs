//! The table of error codes, with the HTTP status of each. `reply/words` has the texts of the pages.
//!
//! Rule: after a release, a code never changes its meaning.

use std::fmt;

/// Declares each code once: name, text, HTTP status.
macro_rules! codes {
    ($($(#[doc = $about:literal])* $variant:ident = $text:literal, $status:literal;)*) => {
        /// The reason for which the login refused a request or a sign-in.
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
            /// All codes, in alphabetical order.
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
    /// The person refused consent at the authorization server (RFC 6749, section 4.1.2.1).
    AccessDenied = "access_denied", 403;
    /// The authorization server did not say when the person signed in, and the setting requires it.
    AuthTimeMissing = "auth_time_missing", 502;
    /// The authorization server refused the client itself (RFC 6749, section 5.2). The operator's settings are wrong.
    ClientRejected = "client_rejected", 500;
    /// An unsafe request came from another site (CSRF).
    CrossSite = "cross_site", 403;
    /// The session is bound to no device key, and the path requires it.
    DeviceBindingRequired = "device_binding_required", 403;
    /// A browser's proof of its device key is not valid.
    DeviceProofRefused = "device_proof_refused", 400;
    /// The browser could not prove the device key of its session at the moment.
    DeviceUnproven = "device_unproven", 503;
    /// The user lacks what the path or a guard requires.
    Forbidden = "forbidden", 403;
    /// A guard of the application could not decide whether it admits the user.
    GuardUndecided = "guard_undecided", 503;
    /// The user lacks a scope (RFC 6750, section 3.1).
    InsufficientScope = "insufficient_scope", 403;
    /// The request needs a more recent sign-in (RFC 9470, section 3).
    InsufficientUserAuthentication = "insufficient_user_authentication", 401;
    /// An error inside the login, such as missing entropy, or a hook that panicked.
    Internal = "internal", 500;
    /// The callback has parameters that no authorization server sends.
    InvalidCallback = "invalid_callback", 400;
    /// The request shows a bearer token in a way that is not valid (RFC 6750, section 3.1).
    InvalidRequest = "invalid_request", 400;
    /// The authorization server's answer could not be read.
    InvalidResponse = "invalid_response", 502;
    /// The bearer token is not valid here (RFC 6750, section 3.1).
    InvalidToken = "invalid_token", 401;
    /// The callback came without the cookie of any sign-in.
    LoginCookieMissing = "login_cookie_missing", 400;
    /// The sign-in is too old, was finished before, or belongs to another browser.
    LoginExpired = "login_expired", 400;
    /// Sign-ins succeed, but the browser does not send the session back.
    LoginLoop = "login_loop", 400;
    /// The application refused the user.
    LoginRefused = "login_refused", 403;
    /// The application could not decide whether it accepts the user.
    LoginUndecided = "login_undecided", 503;
    /// The endpoint does not support the method (RFC 9110, section 15.5.6).
    MethodNotAllowed = "method_not_allowed", 405;
    /// Another user signed in than the one whose session the sign-in keeps.
    OtherUser = "other_user", 403;
    /// The authorization server refused the request (RFC 6749, sections 4.1.2.1 and 5.2).
    ProviderRefused = "provider_refused", 502;
    /// The authorization server could not be reached, or is overloaded.
    ProviderUnavailable = "provider_unavailable", 503;
    /// A handler needs a session, and the request has a bearer token.
    SessionRequired = "session_required", 403;
    /// The session does not fit into cookies that browsers keep.
    SessionTooLarge = "session_too_large", 500;
    /// The store can't be asked whether the session was revoked.
    SessionUnverified = "session_unverified", 503;
    /// The authorization server did not let the person in, for a reason that is in no standard.
    SignInDeclined = "sign_in_declined", 403;
    /// The person did not sign in again, or not recently enough.
    SignInNotRecent = "sign_in_not_recent", 403;
    /// The request has no session.
    SignInRequired = "sign_in_required", 401;
    /// The authorization server sent the browser back with an error and without a `state`.
    StateMissing = "state_missing", 400;
    /// The store of the application's instances can't be asked, and a sign-in or a refresh needs it.
    StoreUnavailable = "store_unavailable", 503;
    /// The access token had expired before it arrived.
    TokenExpired = "token_expired", 502;
    /// A handler asks for tokens that the application discards (`sign_in_only`).
    TokensDiscarded = "tokens_discarded", 500;
    /// The access token has expired, on a public path, where no session is refreshed.
    TokensExpired = "tokens_expired", 401;
    /// The session's tokens are damaged or incomplete.
    TokensUnusable = "tokens_unusable", 401;
    /// The address asks for a sign-in that the application does not offer.
    UnknownIntent = "unknown_intent", 400;
    /// The user data could not be read.
    UserDataRefused = "user_data_refused", 502;
    /// The user data has no user id at the configured place.
    UserIdMissing = "user_id_missing", 502;
    /// `iss` is not the expected issuer (RFC 9207, section 2.4).
    WrongIssuer = "wrong_issuer", 400;
    /// The callback belongs to a sign-in at another authorization server.
    WrongProvider = "wrong_provider", 400;
}
