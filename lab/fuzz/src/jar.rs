//! The cookies of one browser at one site, as far as targets need them.

use std::collections::BTreeMap;

/// Names, and values with the time at which they go.
#[derive(Clone, Default)]
pub(crate) struct Jar(BTreeMap<String, (String, u64)>);

impl Jar {
    /// Takes a `Set-Cookie` line of ours.
    pub(crate) fn take(&mut self, line: &str, now: u64) {
        let (pair, attributes) = line.split_once(';').unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let (_, max_age) = attributes.rsplit_once("Max-Age=").unwrap();
        let expires = now.saturating_add(max_age.parse().unwrap());
        self.0.insert(name.to_owned(), (value.to_owned(), expires));
    }

    /// What a browser sends.
    pub(crate) fn pairs(&self, now: u64) -> Vec<(String, String)> {
        let live = self.0.iter().filter(|(_, (_, expires))| *expires > now);
        live.map(|(name, (value, _))| (name.clone(), value.clone()))
            .collect()
    }

    /// The same as a header.
    pub(crate) fn header(&self, now: u64) -> String {
        header(&self.pairs(now))
    }
}

/// A `Cookie` header.
pub(crate) fn header(pairs: &[(String, String)]) -> String {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}
