//! What a page is about.

use crate::values::error_code::ErrorCode;

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageSubject {
    /// Why there is no page of the application.
    Refusal(ErrorCode),
    /// A form was posted without a session. It can be sent again after a sign-in in another tab.
    FormNotSent,
    /// A sign-in in a popup or another tab has ended.
    SignedIn,
    /// Whether to sign out.
    SignOut,
    /// The person has signed out, or was not signed in.
    SignedOut,
    /// A sign-out goes on to the authorization server.
    SigningOut,
}
