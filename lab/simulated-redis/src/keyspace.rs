//! The keys of the server, and when they expire.
//!
//! Rule: a hash or a sorted set without members is no key.

use std::collections::{BTreeMap, BTreeSet};

use crate::refusal::Refusal;
use crate::sorted_set::SortedSet;

/// A hash.
pub(crate) type Hash = BTreeMap<Vec<u8>, Vec<u8>>;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    Text(Vec<u8>),
    Hash(Hash),
    Sorted(SortedSet),
}

/// A type that a key can have.
pub(crate) trait Kind: Default {
    fn of(content: &mut Content) -> Option<&mut Self>;
    fn into_content(self) -> Content;
    fn is_empty(&self) -> bool;
}

#[derive(Clone, Debug)]
struct Entry {
    content: Content,
    expires: Option<i64>,
}

/// Times are milliseconds of the server's clock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keyspace {
    entries: BTreeMap<Vec<u8>, Entry>,
    expiring: BTreeSet<(i64, Vec<u8>)>,
}

impl Keyspace {
    /// Drops the keys whose time was before this one.
    pub(crate) fn expire(&mut self, now: i64) {
        while let Some((expires, key)) = self.expiring.first()
            && *expires < now
        {
            self.entries.remove(key);
            self.expiring.pop_first();
        }
    }

    pub(crate) fn has(&self, key: &[u8]) -> bool {
        self.entries.contains_key(key)
    }

    /// Reads what a key has, or what an empty one of this type has.
    pub(crate) fn read<T: Kind, R>(
        &mut self,
        key: &[u8],
        read: impl FnOnce(&T) -> R,
    ) -> Result<R, Refusal> {
        match self.entries.get_mut(key) {
            Some(entry) => T::of(&mut entry.content)
                .map(|content| read(content))
                .ok_or_else(wrong_type),
            None => Ok(read(&T::default())),
        }
    }

    /// Changes what a key has. A key that is new, or empty after that, is made or dropped.
    pub(crate) fn change<T: Kind, R>(
        &mut self,
        key: &[u8],
        change: impl FnOnce(&mut T) -> R,
    ) -> Result<R, Refusal> {
        let entry = self.entries.entry(key.to_vec()).or_insert_with(|| Entry {
            content: T::default().into_content(),
            expires: None,
        });
        let content = T::of(&mut entry.content).ok_or_else(wrong_type)?;
        let result = change(content);
        if content.is_empty() {
            self.remove(key);
        }
        Ok(result)
    }

    pub(crate) fn set(&mut self, key: &[u8], text: &[u8], expires: Option<i64>) {
        self.remove(key);
        let content = Content::Text(text.to_vec());
        let entry = Entry {
            content,
            expires: None,
        };
        self.entries.insert(key.to_vec(), entry);
        self.set_expiry(key, expires);
    }

    /// Removes a key, and whether it was there.
    pub(crate) fn remove(&mut self, key: &[u8]) -> bool {
        self.set_expiry(key, None);
        self.entries.remove(key).is_some()
    }

    /// When a key expires.
    pub(crate) fn expiry(&self, key: &[u8]) -> Option<i64> {
        self.entries.get(key)?.expires
    }

    /// Changes when a key expires, if it is there.
    pub(crate) fn set_expiry(&mut self, key: &[u8], expires: Option<i64>) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        if let Some(before) = entry.expires {
            self.expiring.remove(&(before, key.to_vec()));
        }
        entry.expires = expires;
        self.expiring.extend(expires.map(|at| (at, key.to_vec())));
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The bytes of all keys and contents, without what a server needs around them.
    pub(crate) fn bytes(&self) -> usize {
        let of_content = |content: &Content| match content {
            Content::Text(text) => text.len(),
            Content::Hash(hash) => hash
                .iter()
                .map(|(name, text)| name.len() + text.len())
                .sum(),
            Content::Sorted(set) => set.bytes(),
        };
        let entries = self.entries.iter();
        entries
            .map(|(key, entry)| key.len() + of_content(&entry.content))
            .sum()
    }
}

impl Kind for Vec<u8> {
    fn of(content: &mut Content) -> Option<&mut Self> {
        match content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    fn into_content(self) -> Content {
        Content::Text(self)
    }

    fn is_empty(&self) -> bool {
        false
    }
}

impl Kind for Hash {
    fn of(content: &mut Content) -> Option<&mut Self> {
        match content {
            Content::Hash(hash) => Some(hash),
            _ => None,
        }
    }

    fn into_content(self) -> Content {
        Content::Hash(self)
    }

    fn is_empty(&self) -> bool {
        Self::is_empty(self)
    }
}

impl Kind for SortedSet {
    fn of(content: &mut Content) -> Option<&mut Self> {
        match content {
            Content::Sorted(set) => Some(set),
            _ => None,
        }
    }

    fn into_content(self) -> Content {
        Content::Sorted(self)
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn wrong_type() -> Refusal {
    Refusal::new(
        "WRONGTYPE",
        "Operation against a key holding the wrong kind of value",
    )
}
