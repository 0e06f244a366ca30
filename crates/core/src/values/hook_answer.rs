//! The answer of an application's hook.

/// The answer of an application's hook about a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookAnswer {
    /// The user may sign in or stay signed in.
    Approved {
        /// JSON that the application keeps in the session, in place of what it kept before.
        data: Option<String>,
    },
    /// The user may not sign in or stay signed in.
    Refused {
        /// The message for the person.
        message: String,
    },
    /// The application can't decide now.
    Undecided,
    /// The hook panicked, or did not answer in time.
    Failed,
}
