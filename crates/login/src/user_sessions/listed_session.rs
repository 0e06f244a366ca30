//! A session in the list of its user.

use std::fmt;
use std::str::FromStr;

use fncy_login_core::{ListedEntry, SessionId, Timestamp, User};

/// A session in the list of its user, as [`Login::sessions_of`](crate::Login::sessions_of) returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedSession(pub(crate) ListedEntry);

/// The id of a session in a list, for a form or an address.
///
/// It is no secret: it opens nothing, and [`Login::end_listed_session`](crate::Login::end_listed_session) also asks for
/// the user. `Display` writes it, and [`str::parse`] reads it.
///
/// ```
/// use fncy_login::sessions::ListedSessionId;
///
/// let id: ListedSessionId = "0123456789abcdef0123456789abcdef".parse()?;
/// assert_eq!(id.to_string(), "0123456789abcdef0123456789abcdef");
/// assert!("0123".parse::<ListedSessionId>().is_err());
/// # Ok::<_, fncy_login::sessions::ListedSessionIdError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListedSessionId(pub(crate) SessionId);

/// A text that is not the id of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedSessionIdError;

impl ListedSession {
    /// The id, for a form that ends this session.
    #[must_use]
    pub fn id(&self) -> ListedSessionId {
        ListedSessionId(self.0.session.id())
    }

    /// Whether it is the session of this user's request: "this device".
    #[must_use]
    pub fn is(&self, user: &User) -> bool {
        self.0.session.id() == user.session().id()
    }

    /// The time of the sign-in that began the session.
    ///
    /// [`User::signed_in_at`] is later if the person has signed in again since, and kept the session.
    #[must_use]
    pub fn signed_in_at(&self) -> Timestamp {
        self.0.session.issued()
    }

    /// The time of the last request that changed the session's cookie.
    ///
    /// It is coarse, so that no request waits for the list: the last use may be later by a tenth of the idle timeout, or by
    /// the life of an access token if that is less.
    #[must_use]
    pub fn last_used(&self) -> Timestamp {
        self.0.last_used
    }

    /// The application's label for the session, as its last refresh had it.
    ///
    /// If it comes from a header such as `User-Agent`, the client chose it freely. Escape it.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        Some(&*self.0.label).filter(|label| !label.is_empty())
    }
}

impl fmt::Display for ListedSessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.0.as_bytes().iter();
        bytes.try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for ListedSessionId {
    type Err = ListedSessionIdError;

    fn from_str(text: &str) -> Result<Self, ListedSessionIdError> {
        let is_hex = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| is_hex);
        let number = number.ok_or(ListedSessionIdError)?;
        Ok(Self(SessionId::from_bytes(number.to_be_bytes())))
    }
}

impl fmt::Display for ListedSessionIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text is not the id of a session")
    }
}

impl std::error::Error for ListedSessionIdError {}
