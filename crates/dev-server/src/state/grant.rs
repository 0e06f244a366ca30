//! What a user has allowed a client.

use crate::state::signed_in::SignedIn;

/// A grant of the client credentials grant type has no user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    pub(crate) user: Option<SignedIn>,
    pub(crate) scope: Vec<String>,
}
