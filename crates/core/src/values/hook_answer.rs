//! What a hook of the application answers.

/// What a hook of the application answers about a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookAnswer {
    /// The user may sign in, or stay signed in.
    Approved {
        /// What the application adds to the session, in place of what it added before: JSON.
        data: Option<String>,
    },
    /// The user may not.
    Refused {
        /// What the person is told.
        message: String,
    },
    /// The application can't decide now.
    Undecided,
    /// The hook panicked, or did not answer in time.
    Failed,
}
