//! Events, for metrics and for an audit log.
//!
//! Rule: an event has a kind, and a reason from a fixed list. Its user is the [`Subject`] of the reply.
//!
//! [`Subject`]: crate::reply::subject::Subject

use crate::session::refusal::SessionRefusal;
use crate::values::error_code::ErrorCode;

/// An event of a sign-in, a session or a request, as [`Reply::events`](crate::Reply::events) lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A browser has proved the device key of a session again.
    DeviceProved,
    /// The login refused a request, in place of the application.
    RequestRefused(ErrorCode),
    /// The return address of a sign-in was too long, and lost its query or all of it.
    ReturnAddressCut,
    /// A session was bound to a device key.
    SessionBound,
    /// A request had a session that is not believed.
    SessionRefused(SessionRefusal),
    /// A sign-in failed. The person got a page with this code.
    SignInFailed(ErrorCode),
    /// A sign-in succeeded.
    SignInFinished,
    /// A browser was sent to the authorization server.
    SignInStarted,
    /// A user signed out.
    SignedOut,
}
