//! Randomness, handed in by the caller: nothing in this crate draws any.

/// What one state may consume: three blocks of 32 bytes from the operating system's generator.
///
/// It is neither `Clone` nor readable from outside, so that no block serves two purposes.
pub struct Entropy(pub(crate) [[u8; 32]; 3]);

impl Entropy {
    /// How many bytes [`Entropy::new`] asks for.
    pub const LEN: usize = 96;

    /// Wraps bytes that must be fresh and unpredictable.
    #[must_use]
    pub fn new(bytes: &[u8; Self::LEN]) -> Self {
        let (blocks, _) = bytes.as_chunks::<32>();
        Self(std::array::from_fn(|index| blocks[index]))
    }
}

/// Two independent draws from one block.
pub(crate) fn pair<const A: usize, const B: usize>(block: &[u8; 32]) -> ([u8; A], [u8; B]) {
    const { assert!(A + B <= 32) };
    (
        std::array::from_fn(|index| block[index]),
        std::array::from_fn(|index| block[A + index]),
    )
}
