//! What happened, for whoever counts.
//!
//! Rule: an event is a kind, with a reason of ours; never who it was, nor an address.

use crate::session::refusal::SessionRefusal;
use crate::values::error_code::ErrorCode;

/// Something that happened to a login, a session or a request, as
/// [`Reply::events`](crate::Reply::events) lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A request was answered here in place of the application.
    RequestRefused(ErrorCode),
    /// The address that a sign-in is to end at was too long, and lost its query, or all of it.
    ReturnAddressCut,
    /// A session's cookie was shown, and not believed.
    SessionRefused(SessionRefusal),
    /// A sign-in ended on a page that says why.
    SignInFailed(ErrorCode),
    /// A sign-in ended in a session.
    SignInFinished,
    /// A browser was sent to the authorization server.
    SignInStarted,
    /// A session was ended by its user.
    SignedOut,
}
