//! A sorted set: members by score, and those with the same score by their bytes.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::refusal::Refusal;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Score(pub(crate) f64);

impl Eq for Score {}

impl PartialOrd for Score {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Score {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl Score {
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Refusal> {
        let number = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        let number: f64 = number.ok_or(Refusal::new("ERR", "value is not a valid float"))?;
        // No negative zero, which total order would put apart.
        Ok(Self(number + 0.0))
    }
}

/// An end of a range: a score, and whether the range leaves it out.
pub(crate) struct Bound {
    score: Score,
    is_open: bool,
}

impl Bound {
    pub(crate) fn parse(text: &[u8]) -> Result<Self, Refusal> {
        let (is_open, text) = match text {
            [b'(', text @ ..] => (true, text),
            text => (false, text),
        };
        let score = Score::parse(text)?;
        Ok(Self { score, is_open })
    }

    /// Whether a score, compared with this end, is inside if the range goes this way.
    fn admits(&self, score: Score, inside: Ordering) -> bool {
        let place = score.cmp(&self.score);
        place == inside || place == Ordering::Equal && !self.is_open
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SortedSet {
    scores: BTreeMap<Vec<u8>, Score>,
    order: BTreeSet<(Score, Vec<u8>)>,
}

impl SortedSet {
    /// Puts a member at a score, and whether it is new.
    pub(crate) fn put(&mut self, member: &[u8], score: Score) -> bool {
        let before = self.scores.insert(member.to_vec(), score);
        if let Some(before) = before {
            self.order.remove(&(before, member.to_vec()));
        }
        self.order.insert((score, member.to_vec()));
        before.is_none()
    }

    pub(crate) fn remove(&mut self, member: &[u8]) -> bool {
        let before = self.scores.remove(member);
        before.is_some_and(|before| self.order.remove(&(before, member.to_vec())))
    }

    pub(crate) fn score(&self, member: &[u8]) -> Option<Score> {
        self.scores.get(member).copied()
    }

    pub(crate) fn len(&self) -> usize {
        self.scores.len()
    }

    /// The members between two scores.
    pub(crate) fn between(
        &self,
        least: &Bound,
        most: &Bound,
    ) -> impl Iterator<Item = &(Score, Vec<u8>)> {
        let from = self.order.range((least.score, Vec::new())..);
        from.skip_while(|(score, _)| !least.admits(*score, Ordering::Greater))
            .take_while(|(score, _)| most.admits(*score, Ordering::Less))
    }

    /// The members from the highest score down.
    pub(crate) fn descending(&self) -> impl Iterator<Item = &(Score, Vec<u8>)> {
        self.order.iter().rev()
    }

    /// The bytes of all members.
    pub(crate) fn bytes(&self) -> usize {
        self.scores.keys().map(Vec::len).sum()
    }
}
