//! References: each leads from a refusal that a person reports to its line in the log.
//!
//! Rules:
//! - A reference is a keyed hash of a count. It is new for each reply, and says nothing of the request, the user or the
//!   number of replies.
//! - It is not a secret, and gives no access.
//! - It has no vowel, so it spells no word. It lacks 0, 1 and L, which are easily mistaken.

use std::fmt;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Digits and consonants, without 0, 1 and L.
const LETTERS: &[u8; 28] = b"23456789BCDFGHJKMNPQRSTVWXYZ";

/// The reference of a refusal, such as `7K3F-9QXM`.
///
/// It is on the page or in the problem that a person gets, in the log line, and in the event's
/// record. Each reply has a new one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reference([u8; 9]);

impl Reference {
    /// The reference as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The source of references. Clones share the count.
#[derive(Clone)]
pub struct References(Arc<Source>);

struct Source {
    key: RandomState,
    count: AtomicU64,
}

impl References {
    /// Takes a key, which is random for each process, so that two instances don't give the same references.
    #[must_use]
    pub fn new(key: RandomState) -> Self {
        let count = AtomicU64::new(0);
        Self(Arc::new(Source { key, count }))
    }

    pub(crate) fn next(&self) -> Reference {
        let count = self.0.count.fetch_add(1, Ordering::Relaxed);
        let mut rest = self.0.key.hash_one(count);
        Reference(std::array::from_fn(|index| {
            if index == 4 {
                return b'-';
            }
            let letter = LETTERS[(rest % 28) as usize];
            rest /= 28;
            letter
        }))
    }
}

/// Shows no key.
impl fmt::Debug for References {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("References(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::hash::RandomState;

    use super::References;

    #[test]
    fn xr14_references_are_short_and_differ_in_one_process_and_between_two() {
        let processes = [(); 2].map(|()| References::new(RandomState::new()));
        let texts = processes.iter().flat_map(|source| {
            let clone = source.clone();
            (0..1_000).map(move |_| clone.next().to_string())
        });
        let texts: HashSet<String> = texts.collect();
        assert_eq!(texts.len(), 2_000);
        for text in texts {
            let (first, last) = text.split_once('-').unwrap();
            assert_eq!((first.len(), last.len()), (4, 4), "{text}");
            let mistaken = |letter| "01AEIOUL".contains(letter);
            assert!(!text.contains(mistaken), "{text}");
        }
    }
}
