//! A bounded map whose entries expire.
//!
//! Rules: each entry has a time of its own; a full map drops the entry first that would expire soonest; the caller
//! takes expired entries out, so that it can drop what points to them; room that a burst of entries took is given
//! back.

use std::borrow::Borrow;
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

/// The entries for which a map keeps its room.
const SMALL: usize = 256;

/// A map whose entries expire at a time `T`.
pub(crate) struct ExpiringMap<K, V, T> {
    entries: HashMap<K, Entry<V, T>>,
    /// The keys by time.
    going: BTreeSet<(T, K)>,
    max: usize,
}

struct Entry<V, T> {
    value: V,
    goes: T,
}

impl<K: Clone + Hash + Ord, V, T: Copy + Ord> ExpiringMap<K, V, T> {
    /// An empty map for this many entries.
    pub(crate) fn new(max: usize) -> Self {
        Self {
            entries: HashMap::new(),
            going: BTreeSet::new(),
            max,
        }
    }

    /// The number of entries, expired ones included.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The value, even if it has expired.
    pub(crate) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key).map(|entry| &entry.value)
    }

    pub(crate) fn insert(&mut self, key: K, value: V, until: T) {
        self.remove(&key);
        self.going.insert((until, key.clone()));
        let goes = until;
        self.entries.insert(key, Entry { value, goes });
    }

    pub(crate) fn remove<Q: Eq + Hash + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let (key, entry) = self.entries.remove_entry(key)?;
        self.going.remove(&(entry.goes, key));
        shrink(&mut self.entries);
        Some(entry.value)
    }

    /// Gives an entry another time.
    pub(crate) fn goes_at(&mut self, key: &K, until: T) {
        if let Some(value) = self.remove(key) {
            self.insert(key.clone(), value, until);
        }
    }

    /// Whether the map is too full, so that the next entry goes before its time.
    pub(crate) fn is_crowded(&self, now: T) -> bool {
        let next = self.going.first();
        self.entries.len() > self.max && next.is_some_and(|(when, _)| *when > now)
    }

    /// Takes out one entry that has expired, or that the map has no room for.
    pub(crate) fn take_gone(&mut self, now: T) -> Option<(K, V)> {
        let (when, _) = self.going.first()?;
        if *when > now && self.entries.len() <= self.max {
            return None;
        }
        let (_, key) = self.going.pop_first()?;
        let entry = self.entries.remove(&key)?;
        shrink(&mut self.entries);
        Some((key, entry.value))
    }

    /// Drops all such entries.
    pub(crate) fn forget(&mut self, now: T) {
        while self.take_gone(now).is_some() {}
    }
}

/// Gives room back if entries take less than a quarter of it. A small map keeps its room.
pub(crate) fn shrink<K: Eq + Hash, V>(map: &mut HashMap<K, V>) {
    if map.len() < map.capacity() / 4 && map.capacity() > SMALL {
        map.shrink_to(2 * map.len());
    }
}

#[cfg(test)]
mod tests {
    use super::{ExpiringMap, SMALL};

    #[test]
    fn entries_expire_at_their_time_and_not_before() {
        let mut map = ExpiringMap::new(10);
        map.insert('a', 1, 5);
        map.insert('b', 2, 5);
        map.insert('c', 3, 9);
        assert_eq!(map.take_gone(4), None);
        assert_eq!(map.take_gone(5), Some(('a', 1)));
        assert_eq!(map.take_gone(5), Some(('b', 2)));
        assert_eq!(map.take_gone(5), None);
        assert_eq!(map.get(&'c'), Some(&3));
    }

    #[test]
    fn a_new_time_replaces_the_old_one() {
        let mut map = ExpiringMap::new(10);
        map.insert('a', 1, 5);
        map.insert('a', 2, 20);
        map.insert('b', 3, 20);
        map.goes_at(&'b', 7);
        map.goes_at(&'z', 7);
        map.forget(7);
        assert_eq!(
            (map.get(&'a'), map.get(&'b'), map.len()),
            (Some(&2), None, 1)
        );
    }

    #[test]
    fn room_of_a_burst_is_given_back() {
        let mut map = ExpiringMap::new(100_000);
        for key in 0..100_000 {
            map.insert(key, (), key);
        }
        assert!(map.entries.capacity() >= 100_000);
        for now in 0..100_000 {
            map.forget(now);
            let room = map.entries.capacity();
            assert!(room <= (5 * map.len()).max(2 * SMALL), "{room} at {now}");
        }
        assert_eq!(map.len(), 0);
    }

    #[test]
    fn a_full_map_drops_the_soonest_first() {
        let mut map = ExpiringMap::new(2);
        for (key, until) in [('a', 30), ('b', 10), ('c', 20)] {
            map.insert(key, (), until);
        }
        map.forget(0);
        assert_eq!((map.len(), map.get(&'b')), (2, None));
    }
}
