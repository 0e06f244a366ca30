//! The answers of a guard's check that waits.

use std::fmt::Display;

/// The answer of a guard that waits: `bool`, or a `Result` with it.
///
/// `true` admits the user, and `false` gives 403. An error says that the check can't decide, for example because the
/// database is down: the request gets 503 (`guard_undecided`), and the error is in the log. So its `Display` must have
/// no secret.
///
/// ```
/// # use fncy_login::User;
/// # struct Db;
/// # impl Db { async fn role_of(&self, _: &str) -> std::io::Result<Option<String>> { Ok(None) } }
/// async fn is_editor(db: &Db, user: User) -> Result<bool, std::io::Error> {
///     let role = db.role_of(user.id()).await?;
///     Ok(role.as_deref() == Some("editor"))
/// }
/// ```
pub trait GuardAnswer {
    /// Whether the user is admitted, or else why that can't be decided.
    ///
    /// # Errors
    ///
    /// The cause, for the log.
    fn decided(self) -> Result<bool, String>;
}

impl GuardAnswer for bool {
    fn decided(self) -> Result<bool, String> {
        Ok(self)
    }
}

impl<E: Display> GuardAnswer for Result<bool, E> {
    fn decided(self) -> Result<bool, String> {
        self.map_err(|error| error.to_string())
    }
}
