//! A plain path that stands for itself, or for all below it too.
//!
//! Rule: what makes an exception is compared as it is written, what protects as it is decoded.

use percent_encoding::percent_decode_str;

/// The paths that one kind of rule names.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathSet(pub(crate) Vec<Pattern>);

impl PathSet {
    /// Whether a path is listed as it is written: for exceptions from safety.
    pub(crate) fn lists(&self, path: &str) -> bool {
        self.0.iter().any(|pattern| pattern.matches(path))
    }

    /// How close the closest of the patterns comes that match: by its length, and exactly rather than
    /// with all below it.
    pub(crate) fn closest(&self, matches: impl Fn(&Pattern) -> bool) -> Option<(usize, bool)> {
        let patterns = self.0.iter().filter(|pattern| matches(pattern));
        patterns.map(Pattern::reach).max()
    }

    /// Whether a path is listed in any spelling: for what must be safe. A router takes `/%40x` for
    /// `/@x`, and `/%ea` for `/%EA`.
    pub(crate) fn lists_decoded(&self, path: &[u8]) -> bool {
        self.0.iter().any(|pattern| pattern.matches_decoded(path))
    }
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) written: String,
    decoded: Vec<u8>,
    /// Whether all below it is meant too.
    is_prefix: bool,
}

impl Pattern {
    pub(crate) fn exactly(written: impl Into<String>) -> Self {
        Self::new(written.into(), false)
    }

    pub(crate) fn under(written: impl Into<String>) -> Self {
        Self::new(written.into(), true)
    }

    fn new(written: String, is_prefix: bool) -> Self {
        Self {
            decoded: percent_decode_str(&written).collect(),
            written,
            is_prefix,
        }
    }

    pub(crate) fn matches(&self, path: &str) -> bool {
        self.covers(self.written.as_bytes(), path.as_bytes())
    }

    /// Whether a decoded path matches, in whatever spelling it came.
    pub(crate) fn matches_decoded(&self, path: &[u8]) -> bool {
        self.covers(&self.decoded, path)
    }

    /// `/a/` and `/a` mean the same as prefixes.
    fn covers(&self, written: &[u8], path: &[u8]) -> bool {
        if !self.is_prefix {
            return path == written;
        }
        let prefix = written.strip_suffix(b"/").unwrap_or(written);
        path.strip_prefix(prefix)
            .is_some_and(|rest| matches!(rest, [] | [b'/', ..]))
    }

    /// How close it comes to what it matches.
    fn reach(&self) -> (usize, bool) {
        let decoded = &*self.decoded;
        let path = decoded.strip_suffix(b"/").unwrap_or(decoded);
        (path.len(), !self.is_prefix)
    }

    /// Moves it below a sub-path.
    pub(crate) fn move_below(&mut self, base: &str) {
        *self = Self::new(format!("{base}{}", self.written), self.is_prefix);
    }
}
