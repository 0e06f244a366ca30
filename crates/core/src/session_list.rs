//! The entries of users' session lists, sealed for the store.
//!
//! Rules:
//! - The store learns neither the user nor the label. The key of a list is a keyed hash of the user's id.
//! - An entry is bound to its list, so it can't be moved to the list of another user.

use std::fmt;
use std::sync::Arc;

use crate::machine::machine::Machine;
use crate::machine::shared;
use crate::session::session_ref::{SessionId, SessionRef};
use crate::values::codec::{Reader, Writer};
use crate::values::entropy::Entropy;
use crate::values::timestamp::Timestamp;

/// The kind of an entry in the store, to which its seal is bound.
const KIND: &str = "listed";

/// Seals and opens the entries of users' session lists. Cloning is cheap.
#[derive(Clone)]
pub struct SessionList(Arc<Machine>);

/// A session in the list of its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEntry {
    /// The session.
    pub session: SessionRef,
    /// The time at which it ends, if no request is sent before.
    pub over: Timestamp,
    /// The time of the request that wrote the entry.
    pub last_used: Timestamp,
    /// The application's label, or an empty text.
    pub label: String,
}

impl SessionList {
    pub(crate) fn new(machine: &Arc<Machine>) -> Self {
        Self(Arc::clone(machine))
    }

    /// The key of a user's list. It is the same on every instance of an application.
    #[must_use]
    pub fn key_of(&self, user_id: &str) -> [u8; 32] {
        self.0.token_digest.get().of_user(user_id)
    }

    /// Seals an entry of the list with this key.
    #[must_use]
    pub fn seal(&self, key: &[u8; 32], entry: &ListedEntry, entropy: &Entropy) -> String {
        shared::seal(&self.0, KIND, key, &entry.encode(), entropy)
    }

    /// Opens what [`SessionList::seal`] made for the same list.
    #[must_use]
    pub fn open(&self, key: &[u8; 32], text: &[u8]) -> Option<ListedEntry> {
        shared::open(&self.0, KIND, key, text, ListedEntry::decode)
    }
}

impl ListedEntry {
    fn encode(&self) -> Vec<u8> {
        Writer::with_capacity(128)
            .raw(self.session.id().as_bytes())
            .raw(&self.session.generation().to_be_bytes())
            .number(self.session.issued().as_unix())
            .number(self.session.ends().as_unix())
            .number(self.over.as_unix())
            .number(self.last_used.as_unix())
            .text(&self.label)
            .into_bytes()
    }

    fn decode(body: &[u8]) -> Option<Self> {
        let mut body = Reader::new(body);
        let id = SessionId::from_bytes(*body.array()?);
        let generation = u32::from_be_bytes(*body.array()?);
        let entry = Self {
            session: SessionRef::new(id, generation, body.time()?, body.time()?),
            over: body.time()?,
            last_used: body.time()?,
            label: body.text()?.to_owned(),
        };
        body.is_empty().then_some(entry)
    }
}

impl fmt::Debug for SessionList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionList").finish_non_exhaustive()
    }
}
