//! Randomness that the caller hands in. This crate draws none.

/// The randomness that one state may use: three blocks of 32 bytes from the operating system's generator.
///
/// It is not `Clone`, and other crates can't read it, so that no block serves two purposes.
pub struct Entropy(pub(crate) [[u8; 32]; 3]);

impl Entropy {
    /// The number of bytes that [`Entropy::new`] takes.
    pub const LEN: usize = 96;

    /// Wraps bytes. They must be fresh and unpredictable.
    #[must_use]
    pub fn new(bytes: &[u8; Self::LEN]) -> Self {
        let (blocks, _) = bytes.as_chunks::<32>();
        Self(std::array::from_fn(|index| blocks[index]))
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
