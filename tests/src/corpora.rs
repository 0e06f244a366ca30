//! Where the corpora of other projects lie, and how they are read.
//!
//! They don't enter this repository: `FNCY_CORPORA` names their folder, otherwise it is
//! `../shared/corpora` of the workspace's root. A test whose corpus is missing says so and skips.

use std::fs;
use std::path::PathBuf;

/// The lines of a corpus without its first, which names the source, as bytes split on `\n` only:
/// the cases hold `\r`, NUL and bytes that are no UTF-8.
///
/// `None`, and a line on stderr, where the corpus is missing.
pub fn lines(file: &str) -> Option<Vec<Vec<u8>>> {
    let path = folder().join(file);
    let Ok(bytes) = fs::read(&path) else {
        eprintln!("skipped: no corpus at {}", path.display());
        return None;
    };
    let text = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    Some(
        text.split(|&byte| byte == b'\n')
            .skip(1)
            .map(<[u8]>::to_vec)
            .collect(),
    )
}

#[expect(
    clippy::disallowed_methods,
    reason = "the folder is a setting of the tests alone"
)]
fn folder() -> PathBuf {
    std::env::var("FNCY_CORPORA").map_or_else(
        |_| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/corpora")),
        PathBuf::from,
    )
}
