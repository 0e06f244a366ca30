//! Where a world takes its decisions from: a seed, or the bytes of a fuzzer.

/// A source of decisions. The same source decides the same.
pub struct Choices(Source);

enum Source {
    Seed(u64),
    /// When the bytes have run out, each decision is the first of its kind.
    Bytes(std::vec::IntoIter<u8>),
}

impl Choices {
    /// Decisions that follow from a seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seed(seed))
    }

    /// Decisions that follow from bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Source::Bytes(Vec::from(bytes).into_iter()))
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        let number = match &mut self.0 {
            Source::Seed(state) => getrandom::next(state),
            Source::Bytes(bytes) if end <= 256 => u64::from(bytes.next().unwrap_or_default()),
            Source::Bytes(bytes) => {
                let [low, high] = [(); 2].map(|()| bytes.next().unwrap_or_default());
                // Two bytes reach over any range.
                u64::from(u16::from_le_bytes([low, high])) * end / 65_536
            }
        };
        number % end
    }

    /// A number from `least` to `most`.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    /// `true` in so many of a hundred cases.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        // A fuzzer's zero, and the end of its bytes, decide for the usual case.
        99 - self.below(100) < percent
    }

    /// An index of a list that is not empty.
    pub(crate) fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// One of these.
    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.index(of.len())]
    }
}
