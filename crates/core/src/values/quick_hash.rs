//! A quick hash, for tables in which a collision costs time and no more.

/// A quick hash of a text. It has no key, so take it only where a collision costs time and no more.
#[must_use]
pub fn quick_hash(text: &[u8]) -> u64 {
    let mix = |hash: u64, word: u64| {
        let product = u128::from(hash ^ word) * 0x9e37_79b9_7f4a_7c15;
        (product >> 64) as u64 ^ product as u64
    };
    let (words, rest) = text.as_chunks::<8>();
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let rest = rest
        .iter()
        .fold(1, |word, byte| word << 8 | u64::from(*byte));
    mix(words.fold(0, mix), rest)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::quick_hash;

    #[test]
    fn alike_texts_have_different_hashes() {
        let texts =
            (0..10_000).flat_map(|number| [format!("{number}"), format!("user-{number:012}")]);
        let hashes: HashSet<u64> = texts.map(|text| quick_hash(text.as_bytes())).collect();
        assert_eq!(hashes.len(), 20_000);
        let buckets: HashSet<u64> = hashes.iter().map(|hash| hash % 1_024).collect();
        assert_eq!(buckets.len(), 1_024);
    }
}
