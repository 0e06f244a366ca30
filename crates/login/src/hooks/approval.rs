//! What the hooks `on_login` and `on_refresh` get, and what they answer.

use std::fmt;

use fncy_login_core::{Candidate, DataError, RefreshCandidate, SessionTokens};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::hooks::request_context::RequestContext;

/// A user who has signed in at FNCY, for [`LoginBuilder::on_login`](crate::LoginBuilder::on_login).
///
/// `Debug` shows the id only.
pub struct NewLogin(Candidate, RequestContext);

/// A session whose tokens were refreshed, for [`LoginBuilder::on_refresh`](crate::LoginBuilder::on_refresh).
///
/// `Debug` shows the user's id only.
pub struct RefreshedLogin(RefreshCandidate, RequestContext);

/// The answer of a hook that accepts the user.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Approval(pub(crate) Option<String>);

/// The answer of a hook that refuses the user.
///
/// A [`DataError`] becomes a refusal, so that `?` works in a hook:
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
#[doc(alias("deny", "block user"))]
#[derive(Clone, Debug)]
#[must_use]
pub struct Refusal(pub(crate) Why);

#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// The user is refused, with a sentence for the person.
    NotThisUser(String),
    NotNow,
}

impl NewLogin {
    pub(crate) fn new(candidate: Candidate, request: RequestContext) -> Self {
        Self(candidate, request)
    }

    /// The user's id at FNCY.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The user's name, as [`User::name`](crate::User::name) will return it.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The user's email address, as [`User::email`](crate::User::email) will have it. It is no proof that the user reads
    /// mail there.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.0.email.as_deref()
    }

    /// The granted scopes.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let scopes = self.0.scopes.split(' ');
        scopes.filter(|scope| !scope.is_empty())
    }

    /// FNCY's user data, all of it.
    ///
    /// # Errors
    ///
    /// [`DataError`] if the data are not of type `T`.
    pub fn user_data<T: DeserializeOwned>(&self) -> Result<T, DataError> {
        serde_json::from_str(&self.0.user_data).map_err(|_| DataError)
    }

    /// Whether the person is signed in already, and the sign-in keeps the session: it was for more scopes, or for a recent
    /// sign-in.
    ///
    /// The session then keeps its data, and the data of the [`Approval`] are not used. A refusal leaves the session as it
    /// was.
    #[must_use]
    pub fn keeps_session(&self) -> bool {
        self.0.keeps_session
    }

    /// The session's tokens.
    #[must_use]
    pub fn tokens(&self) -> &SessionTokens {
        &self.0.tokens
    }

    /// The request of the callback, with the address that the sign-in returns to.
    #[must_use]
    pub fn request(&self) -> &RequestContext {
        &self.1
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
    pub(crate) fn new(candidate: RefreshCandidate, request: RequestContext) -> Self {
        Self(candidate, request)
    }

    /// The user's id at FNCY, which is the same as before the refresh.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// FNCY's user data, if they were read again with this refresh: every five minutes at most.
    ///
    /// # Errors
    ///
    /// [`DataError`] if the data are not of type `T`.
    pub fn user_data<T: DeserializeOwned>(&self) -> Result<Option<T>, DataError> {
        read(self.0.user_data.as_deref().unwrap_or_default())
    }

    /// The data that the application has added to the session.
    ///
    /// # Errors
    ///
    /// [`DataError`] if the data are not of type `T`.
    pub fn session_data<T: DeserializeOwned>(&self) -> Result<Option<T>, DataError> {
        read(&self.0.session_data)
    }

    /// The new tokens.
    #[must_use]
    pub fn tokens(&self) -> &SessionTokens {
        &self.0.tokens
    }

    /// The request that started the refresh. Other requests, perhaps of other tabs, may wait for the same refresh.
    #[must_use]
    pub fn request(&self) -> &RequestContext {
        &self.1
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
    /// Accepts the user. A refreshed session keeps its data.
    ///
    /// A new sign-in of the user who is signed in carries the session's data over to the new session.
    pub fn new() -> Self {
        Self::default()
    }

    /// Accepts the user and keeps data in the session, in place of earlier data.
    ///
    /// This also holds for a new sign-in of the user who is signed in. A sign-in that keeps its session, for more scopes or
    /// a recent sign-in, keeps the session's own data instead.
    ///
    /// [`User::session_data`](crate::User::session_data) reads them. User, kept claims and data share a kilobyte, since each
    /// request opens them: keep a key here, and the rest in a database. With more data the sign-in fails
    /// (`session_too_large`). From [`LoginBuilder::on_refresh`](crate::LoginBuilder::on_refresh) it fails when the old access
    /// token has expired.
    ///
    /// # Errors
    ///
    /// [`DataError`] if JSON can't express the value.
    pub fn with_data(data: &impl Serialize) -> Result<Self, DataError> {
        serde_json::to_string(data)
            .map(|data| Self(Some(data)))
            .map_err(|_| DataError)
    }
}

impl Refusal {
    /// Refuses the user. The message is a sentence for the person, on the page of the failed sign-in.
    ///
    /// After a refresh there is no such page: the person is sent to sign in.
    pub fn new(message: impl Into<String>) -> Self {
        Self(Why::NotThisUser(message.into()))
    }

    /// Leaves the decision open, for a hook whose database is down.
    ///
    /// - From [`LoginBuilder::on_login`](crate::LoginBuilder::on_login), the user is not signed in. A page says so (503,
    ///   `login_undecided`), and the person can try again.
    /// - From [`LoginBuilder::on_refresh`](crate::LoginBuilder::on_refresh), the session keeps its new tokens. The next request
    ///   after five seconds calls the hook again. Until the hook decides, a request whose old access token has expired gets
    ///   503 (`provider_unavailable`).
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

/// Data that can't be read let no user in.
impl From<DataError> for Refusal {
    fn from(_: DataError) -> Self {
        Self::new("Your account could not be read.")
    }
}
