//! The patterns of one kind of rule, in an index: a look takes the same time with one pattern and with a thousand.
//!
//! Rules:
//! - A pattern is filed by its decoded path without a slash at its end. It matches only this path and paths
//!   below it. So a lookup tries only those ancestors of a request's path that are as long as some filed path.
//! - The index finds candidates. The pattern decides.
//! - A request can cause no more looks than there are different lengths of patterns.

use crate::rules::pattern::Pattern;
use crate::values::quick_hash::quick_hash;

/// The patterns of one kind of rule.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathSet {
    patterns: Vec<Pattern>,
    /// The different lengths of filed paths, sorted.
    lengths: Vec<usize>,
    /// The numbers of the patterns, by the hash of their filed path. There are more buckets than patterns, and a
    /// power of two of them.
    buckets: Vec<Vec<usize>>,
}

impl PathSet {
    pub(crate) fn add(&mut self, pattern: Pattern) {
        self.patterns.push(pattern);
        let number = self.patterns.len() - 1;
        if number < self.buckets.len() / 2 {
            self.file(number);
        } else {
            self.file_all();
        }
    }

    pub(crate) fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Moves the patterns below a sub-path.
    pub(crate) fn move_below(&mut self, base: &str) {
        let patterns = self.patterns.iter_mut();
        patterns.for_each(|pattern| pattern.move_below(base));
        self.file_all();
    }

    /// Whether a path matches in the one spelling of browsers. This is for exceptions. `plain` is the path decoded.
    pub(crate) fn lists(&self, path: &str, plain: &[u8]) -> bool {
        let mut candidates = self.candidates(plain);
        candidates.any(|(_, pattern)| pattern.matches(path))
    }

    /// The number of the closest pattern that matches.
    pub(crate) fn nearest(
        &self,
        plain: &[u8],
        matches: impl Fn(&Pattern) -> bool,
    ) -> Option<usize> {
        let candidates = self.candidates(plain);
        let matching = candidates.filter(|(_, pattern)| matches(pattern));
        let nearest = matching.max_by_key(|(_, pattern)| pattern.reach());
        nearest.map(|(number, _)| number)
    }

    /// The numbers of the patterns that match a path in any spelling. This is for rules that protect: a router takes
    /// `/%40x` for `/@x`, and `/%ea` for `/%EA`. A number may come twice.
    pub(crate) fn matching(&self, plain: &[u8]) -> impl Iterator<Item = usize> {
        let candidates = self.candidates(plain);
        let matching = candidates.filter(move |(_, pattern)| pattern.matches_decoded(plain));
        matching.map(|(number, _)| number)
    }

    /// The reach of the closest pattern that matches: its length, and whether it is exact. A longer one is closer, and
    /// of two equally long ones the exact one.
    pub(crate) fn closest(
        &self,
        plain: &[u8],
        matches: impl Fn(&Pattern) -> bool,
    ) -> Option<(usize, bool)> {
        let candidates = self.candidates(plain);
        let matching = candidates.filter(|(_, pattern)| matches(pattern));
        matching.map(|(_, pattern)| pattern.reach()).max()
    }

    /// The patterns that may match a decoded path.
    fn candidates(&self, plain: &[u8]) -> impl Iterator<Item = (usize, &Pattern)> {
        let lengths = self.lengths.iter();
        let ancestors = lengths.map_while(|length| plain.split_at_checked(*length));
        let ancestors = ancestors.filter(|(_, rest)| matches!(rest, [] | [b'/', ..]));
        let numbers = ancestors.flat_map(|(ancestor, _)| &self.buckets[self.bucket(ancestor)]);
        numbers.map(|number| (*number, &self.patterns[*number]))
    }

    fn file_all(&mut self) {
        let count = (2 * self.patterns.len()).next_power_of_two();
        self.lengths.clear();
        self.buckets = vec![Vec::new(); count];
        (0..self.patterns.len()).for_each(|number| self.file(number));
    }

    fn file(&mut self, number: usize) {
        let path = self.patterns[number].filed();
        let (length, bucket) = (path.len(), self.bucket(path));
        self.buckets[bucket].push(number);
        if let Err(place) = self.lengths.binary_search(&length) {
            self.lengths.insert(place, length);
        }
    }

    fn bucket(&self, path: &[u8]) -> usize {
        // A request chooses its path, but the patterns in a bucket are the application's.
        usize::try_from(quick_hash(path)).unwrap_or_default() & (self.buckets.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::PathSet;
    use crate::request::canonical_path::decoded;
    use crate::rules::pattern::Pattern;

    fn set(patterns: impl IntoIterator<Item = Pattern>) -> PathSet {
        let mut set = PathSet::default();
        patterns.into_iter().for_each(|pattern| set.add(pattern));
        set
    }

    /// Paths in few characters, so that patterns match.
    fn path() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "/", "/", "/", "a", "b", "A", "@", "%40", "%2f", "%ea", "%EA", "%eA", "%", "%4", ".",
            "é",
        ]);
        prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
    }

    fn pattern() -> impl Strategy<Value = Pattern> {
        (path(), any::<bool>()).prop_map(|(path, is_prefix)| match is_prefix {
            true => Pattern::under(path),
            false => Pattern::exactly(path),
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        #[test]
        fn a_look_finds_what_a_search_through_all_patterns_finds(
            patterns in prop::collection::vec(pattern(), 0..40),
            paths in prop::collection::vec(path(), 1..20),
            base in prop::option::of(Just("/sub")),
        ) {
            let mut set = set(patterns);
            if let Some(base) = base {
                set.move_below(base);
            }
            for path in paths {
                let path = format!("{}{path}", base.unwrap_or_default());
                let plain = decoded(&path);
                let all = set.patterns();
                let listed = all.iter().filter(|pattern| pattern.matches(&path));
                let closest = listed.clone().map(Pattern::reach).max();
                prop_assert_eq!(set.lists(&path, &plain), closest.is_some(), "{}", path);
                let found = set.closest(&plain, |pattern| pattern.matches(&path));
                prop_assert_eq!(found, closest, "{}", path);
                let matches = |number: &usize| all[*number].matches_decoded(&plain);
                let matching: Vec<usize> = (0..all.len()).filter(matches).collect();
                let mut found: Vec<usize> = set.matching(&plain).collect();
                found.sort_unstable();
                found.dedup();
                prop_assert_eq!(found, matching, "{}", path);
            }
        }
    }

    #[test]
    fn a_look_compares_no_more_with_a_thousand_patterns_than_with_ten() {
        let comparisons = |count: usize| {
            let set = set((0..count).map(|number| Pattern::under(format!("/area-{number:04}/"))));
            let mut paths = (0..10).map(|number| format!("/area-{number:04}/page/of/it"));
            paths
                .by_ref()
                .map(|path| set.candidates(path.as_bytes()).count())
                .sum::<usize>()
        };
        // Half of the buckets have a pattern.
        assert!(comparisons(10) <= 20 && comparisons(1_000) <= 20);
        let set = set((0..1_000).map(|number| Pattern::exactly(format!("/{number}"))));
        assert_eq!(set.lengths, [2, 3, 4]);
    }
}
