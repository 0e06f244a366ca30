//! A plain path that stands for itself, or for all below it too.
//!
//! Rules: a pattern may be in any script, and means what browsers send for it; what makes an exception is
//! compared in that spelling, where only the digits of escapes have no case, and what protects as it is decoded.

use percent_encoding::percent_decode_str;

use crate::request::canonical_path::{as_sent, is_spelled_alike};

/// What file servers serve for a directory by default. Compared without case, as some file systems do.
const INDEX_FILES: [&str; 2] = ["index.html", "index.htm"];

/// The paths that one kind of rule names.
#[derive(Clone, Debug, Default)]
pub(crate) struct PathSet(pub(crate) Vec<Pattern>);

impl PathSet {
    /// Whether a path is listed in one spelling: for exceptions from safety.
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
    /// As the application wrote it.
    pub(crate) written: String,
    /// As browsers send it.
    pub(crate) sent: String,
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
            sent: as_sent(&written),
            written,
            is_prefix,
        }
    }

    pub(crate) fn matches(&self, path: &str) -> bool {
        self.covers(self.sent.as_bytes(), path.as_bytes(), is_spelled_alike)
    }

    /// Whether a decoded path matches, in whatever spelling it came.
    pub(crate) fn matches_decoded(&self, path: &[u8]) -> bool {
        self.covers(&self.decoded, path, PartialEq::eq)
    }

    /// `/a/` and `/a` mean the same as prefixes.
    fn covers(&self, whole: &[u8], path: &[u8], is_same: fn(&[u8], &[u8]) -> bool) -> bool {
        if !self.is_prefix {
            return is_same(whole, path);
        }
        let prefix = whole.strip_suffix(b"/").unwrap_or(whole);
        path.split_at_checked(prefix.len())
            .is_some_and(|(start, rest)| matches!(rest, [] | [b'/', ..]) && is_same(prefix, start))
    }

    /// Whether it names what file servers serve for a directory.
    pub(crate) fn is_index_file(&self) -> bool {
        let path = self.decoded.strip_suffix(b"/").unwrap_or(&self.decoded);
        let name = path.rsplit(|byte| *byte == b'/').next();
        name.is_some_and(|name| {
            INDEX_FILES
                .iter()
                .any(|index| name.eq_ignore_ascii_case(index.as_bytes()))
        })
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
