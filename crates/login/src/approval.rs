//! The application's word on a sign-in: `on_login`.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use fncy_login_core::{Answer, Newcomer, NotThisType, Tokens};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Somebody who has signed in at FNCY, and whom the application may still refuse.
///
/// `Debug` shows the id only.
pub struct NewLogin(Newcomer);

/// What `on_login` says of somebody who is welcome.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Approval(String);

/// What `on_login` says of somebody who is not.
#[derive(Clone, Debug)]
#[must_use]
pub struct Refusal(String);

/// The hook, as a driver keeps it.
pub(crate) type Hook = Arc<
    dyn Fn(NewLogin) -> Pin<Box<dyn Future<Output = Result<Approval, Refusal>> + Send>>
        + Send
        + Sync,
>;

impl NewLogin {
    pub(crate) fn new(newcomer: Newcomer) -> Self {
        Self(newcomer)
    }

    /// The user's id at FNCY.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The granted scopes.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let scopes = self.0.scopes.split(' ');
        scopes.filter(|scope| !scope.is_empty())
    }

    /// All that FNCY says of the user.
    ///
    /// # Errors
    ///
    /// [`NotThisType`], where it is no `T`.
    pub fn user_data<T: DeserializeOwned>(&self) -> Result<T, NotThisType> {
        serde_json::from_str(&self.0.user_data).map_err(|_| NotThisType)
    }

    /// The session's tokens.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }
}

impl fmt::Debug for NewLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewLogin")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

impl Approval {
    /// Welcome, with nothing to add.
    pub fn new() -> Self {
        Self::default()
    }

    /// Welcome, with something to keep in the session: [`User::session_data`](crate::User) reads
    /// it. User, claims and data share a kilobyte: keep a key here, and the rest in a database.
    ///
    /// # Errors
    ///
    /// [`NotThisType`], for a value that JSON can't express.
    pub fn with_data(data: &impl Serialize) -> Result<Self, NotThisType> {
        serde_json::to_string(data)
            .map(Self)
            .map_err(|_| NotThisType)
    }
}

impl Refusal {
    /// Not here, and why: a sentence for the person, who sees it on a page.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// The answer to the core.
pub(crate) fn answer(word: Result<Approval, Refusal>) -> Answer {
    match word {
        Ok(Approval(data)) => Answer::Approved { data },
        Err(Refusal(message)) => Answer::Refused { message },
    }
}
