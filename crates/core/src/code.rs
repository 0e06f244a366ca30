//! The one table from what went wrong to a status, a stable code and words for a person.
//!
//! Rules: a code never changes its meaning once released; the words say what happened and what to
//! do, name no internals, and reflect no input.

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

/// What a person reads.
pub(crate) struct Words {
    pub(crate) title: &'static str,
    pub(crate) text: &'static str,
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

    pub(crate) const fn words(self) -> Words {
        let (_, _, title, text) = self.row();
        Words { title, text }
    }

    const fn row(self) -> (&'static str, u16, &'static str, &'static str) {
        match self {
            Self::AccessDenied => (
                "access_denied",
                403,
                "You are not signed in",
                "Access was not granted, so you are not signed in. You can try again at any time.",
            ),
            Self::ClientRejected => (
                "client_rejected",
                500,
                "Sign-in is not set up correctly",
                "The sign-in service does not recognise this site. Please tell the people who run it.",
            ),
            Self::CrossSite => (
                "cross_site",
                403,
                "Request from another site",
                "This did not come from this site's own pages, so nothing was done.",
            ),
            Self::Forbidden => (
                "forbidden",
                403,
                "You may not open this",
                "You are signed in, but this needs more than your account has.",
            ),
            Self::Internal => (
                "internal",
                500,
                "Something went wrong",
                "An unexpected error stopped the sign-in. Please try again.",
            ),
            Self::InvalidCallback => (
                "invalid_callback",
                400,
                "This sign-in link is not valid",
                "The address is incomplete or was changed on its way. Please sign in again.",
            ),
            Self::InvalidResponse => (
                "invalid_response",
                502,
                "The sign-in service gave an unreadable answer",
                "This is not your fault. Please try again in a moment.",
            ),
            Self::LoginCookieMissing => (
                "login_cookie_missing",
                400,
                "Your browser did not keep the sign-in",
                "Nothing here remembers that you started to sign in. Cookies may be blocked, or you started under another address of this site. Allow cookies, then sign in again from here.",
            ),
            Self::LoginExpired => (
                "login_expired",
                400,
                "This sign-in link has expired",
                "It was used already, or too much time went by. Please sign in again.",
            ),
            Self::LoginRefused => (
                "login_refused",
                403,
                "You can't sign in here",
                "This site does not accept your account.",
            ),
            Self::LoginLoop => (
                "login_loop",
                400,
                "You signed in, but the session did not stay",
                "Your browser or something on the way drops this site's session cookie. Cookies may be blocked, the connection may not be secure, or the device's clock may be wrong.",
            ),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                405,
                "This address does not work that way",
                "The request used a method that this address does not have.",
            ),
            Self::ProviderRefused => (
                "provider_refused",
                502,
                "The sign-in service refused the request",
                "It did not accept what this site asked for. If trying again does not help, please tell the people who run this site.",
            ),
            Self::ProviderUnavailable => (
                "provider_unavailable",
                503,
                "The sign-in service is not available",
                "It did not answer, or it is overloaded. Please try again in a moment.",
            ),
            Self::SessionTooLarge => (
                "session_too_large",
                500,
                "Your session is too large to keep",
                "The sign-in worked, but what came back does not fit into your browser's cookies. Please tell the people who run this site.",
            ),
            Self::SessionUnverified => (
                "session_unverified",
                503,
                "Your session can't be checked at the moment",
                "You are still signed in, and nothing is lost. Please try again in a moment.",
            ),
            Self::SignInRequired => (
                "sign_in_required",
                401,
                "Please sign in",
                "This needs you to be signed in. Nothing was stored or changed.",
            ),
            Self::TokenExpired => (
                "token_expired",
                502,
                "The sign-in had expired when it arrived",
                "The sign-in service gave an access that is no longer valid. Please try again.",
            ),
            Self::TokensDiscarded => (
                "tokens_discarded",
                500,
                "This page is not set up correctly",
                "It needs access to your account that this site does not keep. Please tell the people who run it.",
            ),
            Self::TokensExpired => (
                "tokens_expired",
                401,
                "Your access has expired",
                "This page can't renew it. Please open a page of this site that needs you to be signed in.",
            ),
            Self::TokensUnusable => (
                "tokens_unusable",
                401,
                "Your session is damaged",
                "It was incomplete, so it was ended. Please sign in again.",
            ),
            Self::UserDataRefused => (
                "user_data_refused",
                502,
                "The sign-in service did not say who you are",
                "The sign-in worked, but your user data could not be read. Please try again in a moment.",
            ),
            Self::UserIdMissing => (
                "user_id_missing",
                502,
                "The sign-in service did not say who you are",
                "Your user data came without an identifier. Please tell the people who run this site.",
            ),
            Self::WrongProvider => (
                "wrong_provider",
                400,
                "This sign-in link belongs to another sign-in service",
                "It was not started with the service that answered. Please sign in again.",
            ),
            Self::WrongIssuer => (
                "wrong_issuer",
                400,
                "Another service answered",
                "The answer did not come from the sign-in service of this site, so it was not used.",
            ),
        }
    }
}
