//! The refresh of a session's tokens (RFC 6749, section 6): the second machine.
//!
//! ```text
//!  Exchanging --token answer--> ReadingUserAgain --user data--> ApprovingRefresh --hook's answer--> RefreshedTokens
//!      |   \                       |         \                        |    \
//!      |    \--- not due ----------|----------\--- no hook ---------->|     \--> EndedRefresh
//!      v                           v
//!  NotRefreshed              EndedRefresh
//! ```
//!
//! The refresh runs apart from any request, since many requests may wait for the same one. Each of them is a
//! [`Refreshing`]. It takes the refreshed tokens or the failure, and becomes an admission or a reply.
//!
//! Rules:
//! - Requests share the provider's answer, never a cookie: each session seals the tokens under its own id.
//! - If an answer has no refresh token, the old one stays in use.
//! - Failures split three ways, by their meaning for the session: it is over, it can wait, or the operator must act.
//!
//! [`Refreshing`]: refreshing::Refreshing

pub(crate) mod approving;
pub(crate) mod exchanging;
pub(crate) mod failure;
pub(crate) mod machine;
pub(crate) mod reading_user;
pub(crate) mod refreshed_tokens;
pub(crate) mod refreshing;
pub(crate) mod request;
