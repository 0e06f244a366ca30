//! What stands on a link or a button, or before a code.

/// What stands on a link or a button, or before a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    SignIn,
    SignInNewTab,
    AllowAccess,
    AnotherAccount,
    Confirm,
    Continue,
    TryAgain,
    Back,
    SignOut,
    Stay,
    Code,
    Reference,
}
