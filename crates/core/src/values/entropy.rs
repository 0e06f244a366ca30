//! Randomness that the caller hands in. This crate draws none.

/// The randomness that one state may use: blocks of 32 bytes from the operating system's generator.
///
/// It is not `Clone`, and other crates can't read it, so that no block serves two purposes.
pub struct Entropy<const BLOCKS: usize = 3>(pub(crate) [[u8; 32]; BLOCKS]);

impl<const BLOCKS: usize> Entropy<BLOCKS> {
    /// Wraps bytes. They must be fresh and unpredictable.
    #[must_use]
    pub const fn new(blocks: [[u8; 32]; BLOCKS]) -> Self {
        Self(blocks)
    }
}

/// Two independent values from one block.
pub(crate) fn pair<const A: usize, const B: usize>(block: &[u8; 32]) -> ([u8; A], [u8; B]) {
    const { assert!(A + B <= 32) };
    (
        std::array::from_fn(|index| block[index]),
        std::array::from_fn(|index| block[A + index]),
    )
}
