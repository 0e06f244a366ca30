//! A counting filter: it says without a lock that a table has no entry of a key.
//!
//! Rules:
//! - The filter finds every key with an entry. It also finds up to one in a hundred other keys, so the caller then
//!   looks into the table.
//! - A lookup reads one cache line of each level and writes no memory, so threads don't wait for one another.
//! - Memory grows with the entries: levels of 4 KB, 64 KB, 1 MB and 16 MB for 128, 2,048, 32,768 and half a million entries.
//!   The last level takes all further entries. A level is never removed.

use std::fmt;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicU8, AtomicUsize};
use std::sync::{Arc, OnceLock};

/// The cache lines of each level: powers of two.
const LINES: [usize; 4] = [1 << 6, 1 << 10, 1 << 14, 1 << 18];
/// The entries of a level, for each of its lines. With more of them, a new entry goes into the next level.
const PER_LINE: usize = 2;
/// The bits of a hash that name the line, and those that name each counter of an entry.
const LINE_SHIFT: u32 = 46;
const COUNTER_SHIFTS: [u32; 4] = [22, 28, 34, 40];
/// The last bits of a place, which are its level.
const LEVEL_BITS: u64 = 0b11;

/// Says without a lock that a table has no entry of a key. Clones share it.
///
/// A store answers [`Revocations::status`](crate::store::Revocations::status) for each request, and nearly no request
/// has a revoked session. With this filter in front of its table, a store takes the table's lock only for a session
/// that is probably in it.
///
/// A key is 64 bits: [`SessionId::bits`](crate::store::SessionId::bits), or a hash. Keep the [`Counted`] of
/// each entry in the entry.
///
/// The filter takes 4 KB of memory with 128 entries, and 17 MB with a million.
///
/// ```
/// use fncy_login::store::{CountingFilter, SessionId};
///
/// let filter = CountingFilter::new();
/// let [revoked, other] = [1, 2].map(|byte| SessionId::from_bytes([byte; 16]).bits());
/// let entry = filter.add(revoked);
/// assert!(filter.may_have(revoked));
/// assert!(!filter.may_have(other));
/// drop(entry);
/// assert!(!filter.may_have(revoked));
/// ```
#[derive(Clone, Default)]
pub struct CountingFilter(Arc<[OnceLock<Level>; LINES.len()]>);

/// An entry of a [`CountingFilter`]. Dropping it removes the entry.
#[must_use]
pub struct Counted {
    filter: CountingFilter,
    /// The key's hash, with the entry's level in the last bits.
    place: u64,
}

/// The counters of one level, which has room for sixteen times the entries of the level before it.
struct Level {
    lines: Box<[Line]>,
    len: AtomicUsize,
}

/// A cache line. An entry has four counters in one line.
#[repr(align(64))]
struct Line([AtomicU8; 64]);

impl CountingFilter {
    /// An empty filter.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an entry of this key. Several entries may have the same key.
    ///
    /// If an entry replaces another one of the same key, let it keep that one's [`Counted`]. Otherwise it may move to
    /// another level while a lookup is between the two, which then misses both.
    pub fn add(&self, key: u64) -> Counted {
        let level = |number: usize| self.0[number].get_or_init(|| Level::new(LINES[number]));
        let last = LINES.len() - 1;
        let number = (0..last).find(|number| !level(*number).is_full());
        let number = number.unwrap_or(last);
        let (level, place) = (level(number), spread(key) & !LEVEL_BITS | number as u64);
        level.len.fetch_add(1, Relaxed);
        for counter in level.counters(place) {
            // A full counter stays full, since the number of its entries is no longer known.
            let _ = counter.fetch_update(Release, Relaxed, |count| count.checked_add(1));
        }
        Counted {
            filter: self.clone(),
            place,
        }
    }

    /// Whether the key may have an entry. `false` is certain.
    ///
    /// After [`CountingFilter::add`] has returned, the answer is `true`.
    #[must_use]
    pub fn may_have(&self, key: u64) -> bool {
        let place = spread(key);
        self.levels().any(|level| {
            level
                .counters(place)
                .all(|counter| counter.load(Acquire) > 0)
        })
    }

    /// Whether there is no entry at all, so that no key needs to be worked out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.levels().all(|level| level.len.load(Acquire) == 0)
    }

    fn levels(&self) -> impl Iterator<Item = &Level> {
        self.0.iter().map_while(OnceLock::get)
    }
}

impl Level {
    fn new(lines: usize) -> Self {
        let line = || Line([const { AtomicU8::new(0) }; 64]);
        Self {
            lines: (0..lines).map(|_| line()).collect(),
            len: AtomicUsize::new(0),
        }
    }

    fn is_full(&self) -> bool {
        self.len.load(Relaxed) >= PER_LINE * self.lines.len()
    }

    fn counters(&self, place: u64) -> impl Iterator<Item = &AtomicU8> {
        let bits = |shift| usize::try_from(place >> shift).unwrap_or_default();
        let Line(counters) = &self.lines[bits(LINE_SHIFT) & (self.lines.len() - 1)];
        COUNTER_SHIFTS
            .map(bits)
            .into_iter()
            .map(|bits| &counters[bits % 64])
    }
}

#[cfg(test)]
impl Counted {
    pub(crate) fn place(&self) -> u64 {
        self.place
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let number = usize::try_from(self.place & LEVEL_BITS).unwrap_or_default();
        if let Some(level) = self.filter.0[number].get() {
            for counter in level.counters(self.place) {
                let less = |count: u8| (count != u8::MAX).then(|| count - 1);
                let _ = counter.fetch_update(Release, Relaxed, less);
            }
            level.len.fetch_sub(1, Release);
        }
    }
}

/// Spreads keys that differ in few bits over all lines.
fn spread(key: u64) -> u64 {
    key.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl fmt::Debug for CountingFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries: usize = self.levels().map(|level| level.len.load(Relaxed)).sum();
        f.debug_struct("CountingFilter")
            .field("entries", &entries)
            .finish()
    }
}

impl fmt::Debug for Counted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counted").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::{Counted, CountingFilter, LINES, PER_LINE};

    /// Keys that look random.
    fn keys() -> impl Iterator<Item = u64> {
        (1_u64..).map(|number| number.wrapping_mul(0xd134_2543_de82_ef95).rotate_left(29))
    }

    proptest! {
        #[test]
        fn no_entry_is_missed(steps in prop::collection::vec((0_u64..40, 0..3_usize), 1..2_000)) {
            let filter = CountingFilter::new();
            let mut entries: HashMap<u64, Vec<Counted>> = HashMap::new();
            for (key, count) in steps {
                // First the new entries, so that a key is never without one in between.
                let counted = (0..count).map(|_| filter.add(key)).collect();
                entries.insert(key, counted);
                for (key, counted) in &entries {
                    prop_assert!(counted.is_empty() || filter.may_have(*key), "{key}");
                }
            }
            prop_assert_eq!(filter.is_empty(), entries.values().all(Vec::is_empty));
            entries.clear();
            prop_assert!(filter.is_empty());
            for key in 0..40 {
                prop_assert!(!filter.may_have(key), "{key}");
            }
        }
    }

    #[test]
    fn few_other_keys_are_taken_for_entries() {
        let filter = CountingFilter::new();
        let mut entries = Vec::new();
        let full = LINES.map(|lines| lines * PER_LINE);
        let sums = full.iter().scan(0, |sum, full| {
            *sum += full;
            Some(*sum)
        });
        for count in sums.chain([1_000_000]) {
            let new = keys().take(count).skip(entries.len());
            entries.extend(new.map(|key| filter.add(key)));
            let others = keys().skip(2_000_000).take(1_000);
            let taken = others.filter(|key| filter.may_have(*key)).count();
            assert!(taken <= 15, "{taken} of 1,000 with {count} entries");
        }
        assert_eq!(filter.levels().count(), LINES.len());
        assert!(keys().take(entries.len()).all(|key| filter.may_have(key)));
    }

    #[test]
    fn a_full_counter_stays_full() {
        let filter = CountingFilter::new();
        let entries: Vec<Counted> = (0..300).map(|_| filter.add(7)).collect();
        let one_more = filter.add(7);
        drop(entries);
        assert!(filter.may_have(7));
        drop(one_more);
        assert!(filter.is_empty());
    }
}
