//! The application's word on a sign-in and on a refresh: `on_login`, `on_refresh`.

use std::fmt;

use fncy_login_core::{Candidate, DataError, RefreshCandidate, SessionTokens};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Somebody who has signed in at FNCY, and whom the application may still refuse.
///
/// `Debug` shows the id only.
pub struct NewLogin(Candidate);

/// A session whose tokens were refreshed, and that the application may still end.
///
/// `Debug` shows the user's id only.
pub struct RefreshedLogin(RefreshCandidate);

/// What a hook says of somebody who is welcome.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Approval(pub(crate) Option<String>);

/// What a hook says of somebody who is not.
///
/// User data that is not of the expected type is a refusal as well, so that `?` works in a hook:
///
/// ```
/// # use fncy_login::{Approval, NewLogin, Refusal};
/// async fn members_only(login: NewLogin) -> Result<Approval, Refusal> {
///     let data: serde_json::Value = login.user_data()?;
///     match data["member"].as_bool() {
///         Some(true) => Ok(Approval::new()),
///         _ => Err(Refusal::new("This site is for members.")),
///     }
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Refusal(pub(crate) Why);

#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// With a sentence for the person.
    NotThisUser(String),
    NotNow,
}

impl NewLogin {
    pub(crate) fn new(candidate: Candidate) -> Self {
        Self(candidate)
    }

    /// The user's id at FNCY.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The user's name, as [`User::name`](crate::User::name) will have it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The user's email address, as [`User::email`](crate::User::email) will have it. It says nothing of
    /// who may read it.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
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
    /// [`DataError`], where it is no `T`.
    pub fn user_data<T: DeserializeOwned>(&self) -> Result<T, DataError> {
        serde_json::from_str(&self.0.user_data).map_err(|_| DataError)
    }

    /// The session's tokens.
    #[must_use]
    pub fn tokens(&self) -> &SessionTokens {
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

impl RefreshedLogin {
    pub(crate) fn new(candidate: RefreshCandidate) -> Self {
        Self(candidate)
    }

    /// The user's id at FNCY, which is still the same.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// All that FNCY says of the user, where it was read again: every five minutes at most.
    ///
    /// # Errors
    ///
    /// [`DataError`], where it is no `T`.
    pub fn user_data<T: DeserializeOwned>(&self) -> Result<Option<T>, DataError> {
        read(self.0.user_data.as_deref().unwrap_or_default())
    }

    /// What the application has added to the session.
    ///
    /// # Errors
    ///
    /// [`DataError`], where it is no `T`.
    pub fn session_data<T: DeserializeOwned>(&self) -> Result<Option<T>, DataError> {
        read(&self.0.session_data)
    }

    /// The new tokens.
    #[must_use]
    pub fn tokens(&self) -> &SessionTokens {
        &self.0.tokens
    }
}

fn read<T: DeserializeOwned>(json: &str) -> Result<Option<T>, DataError> {
    if json.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(json).map(Some).map_err(|_| DataError)
}

impl fmt::Debug for RefreshedLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefreshedLogin")
            .field("id", &self.0.id)
            .finish_non_exhaustive()
    }
}

impl Approval {
    /// Welcome, with nothing to add: what a session has, it keeps.
    pub fn new() -> Self {
        Self::default()
    }

    /// Welcome, with something to keep in the session, in place of what was there:
    /// [`User::session_data`](crate::User::session_data) reads it.
    ///
    /// The user, the kept claims and this share a kilobyte, since every request opens them: keep a key
    /// here, and the rest in a database. More than that fails the sign-in with a `session_too_large`
    /// page. From [`LoginBuilder::on_refresh`](crate::LoginBuilder::on_refresh), that page comes when the old access
    /// token has expired.
    ///
    /// # Errors
    ///
    /// [`DataError`], for a value that JSON can't express.
    pub fn with_data(data: &impl Serialize) -> Result<Self, DataError> {
        serde_json::to_string(data)
            .map(|data| Self(Some(data)))
            .map_err(|_| DataError)
    }
}

impl Refusal {
    /// Not here, and why: a sentence for the person, who sees it on the page of a failed sign-in.
    /// After a refresh there is no such page: the person is asked to sign in again.
    pub fn new(message: impl Into<String>) -> Self {
        Self(Why::NotThisUser(message.into()))
    }

    /// Not now: whoever decides can't be asked, such as a database that is down. Nobody is let in for it,
    /// and nobody is put out:
    ///
    /// - From [`LoginBuilder::on_login`](crate::LoginBuilder::on_login), the person sees a page that says so (503,
    ///   `login_undecided`), and can try again.
    /// - From [`LoginBuilder::on_refresh`](crate::LoginBuilder::on_refresh), the session and its new tokens are kept, and the
    ///   hook is asked again with the next request after five seconds. Until it decides, a request whose old
    ///   access token has expired is a 503 (`provider_unavailable`).
    ///
    /// ```
    /// # use fncy_login::{Approval, NewLogin, Refusal};
    /// # async fn is_member(id: &str) -> Result<bool, std::io::Error> { Ok(!id.is_empty()) }
    /// async fn members_only(login: NewLogin) -> Result<Approval, Refusal> {
    ///     match is_member(login.id()).await {
    ///         Ok(true) => Ok(Approval::new()),
    ///         Ok(false) => Err(Refusal::new("This site is for members.")),
    ///         Err(_) => Err(Refusal::not_now()),
    ///     }
    /// }
    /// ```
    pub fn not_now() -> Self {
        Self(Why::NotNow)
    }
}

/// What can't be read is no reason to let somebody in. The sentence is for the person, who can't mend it.
impl From<DataError> for Refusal {
    fn from(_: DataError) -> Self {
        Self::new("Your account could not be read.")
    }
}
