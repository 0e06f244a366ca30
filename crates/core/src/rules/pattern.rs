//! A path of a rule, alone or with all paths below it.
//!
//! Rules:
//! - A pattern may be in any script. It matches what browsers send for it.
//! - A pattern that makes an exception is compared in the spelling of browsers, but the case of escapes does not count.
//! - A pattern that protects is compared decoded.

use percent_encoding::percent_decode_str;

use crate::request::canonical_path::{as_sent, is_spelled_alike};

/// The files that file servers serve for a directory by default. Case does not count, as in some file systems.
const INDEX_FILES: [&str; 2] = ["index.html", "index.htm"];

/// The path of one rule.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    /// The path as the application wrote it.
    pub(crate) written: String,
    /// The path as browsers send it.
    pub(crate) sent: String,
    decoded: Vec<u8>,
    /// Whether all paths below it match too.
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

    /// Whether a decoded path matches. The spelling that was sent does not count.
    pub(crate) fn matches_decoded(&self, path: &[u8]) -> bool {
        self.covers(&self.decoded, path, PartialEq::eq)
    }

    /// As a prefix, `/a/` is the same as `/a`.
    fn covers(&self, whole: &[u8], path: &[u8], is_same: fn(&[u8], &[u8]) -> bool) -> bool {
        if !self.is_prefix {
            return is_same(whole, path);
        }
        let prefix = whole.strip_suffix(b"/").unwrap_or(whole);
        path.split_at_checked(prefix.len())
            .is_some_and(|(start, rest)| matches!(rest, [] | [b'/', ..]) && is_same(prefix, start))
    }

    /// Whether the pattern names the index file of a directory.
    pub(crate) fn is_index_file(&self) -> bool {
        let name = self.filed().rsplit(|byte| *byte == b'/').next();
        name.is_some_and(|name| {
            INDEX_FILES
                .iter()
                .any(|index| name.eq_ignore_ascii_case(index.as_bytes()))
        })
    }

    /// How close the pattern is to the paths that it matches.
    pub(crate) fn reach(&self) -> (usize, bool) {
        (self.filed().len(), !self.is_prefix)
    }

    /// The decoded path without a slash at its end. Each path that matches is this one decoded, or is below it.
    pub(crate) fn filed(&self) -> &[u8] {
        self.decoded.strip_suffix(b"/").unwrap_or(&self.decoded)
    }

    /// Moves the pattern below a sub-path.
    pub(crate) fn move_below(&mut self, base: &str) {
        *self = Self::new(format!("{base}{}", self.written), self.is_prefix);
    }
}
