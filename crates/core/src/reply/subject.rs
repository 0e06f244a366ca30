//! The user and the session that a reply is about, for its events.

use crate::session::session_ref::SessionId;
use crate::session::user::User;

/// The user and the session that events are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The user's id.
    pub user_id: String,
    /// The session, if there is one.
    pub session: Option<SessionId>,
}

impl From<&User> for Subject {
    fn from(user: &User) -> Self {
        Self {
            user_id: user.id().to_owned(),
            session: Some(user.session().id()),
        }
    }
}
