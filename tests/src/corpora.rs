//! Test data of other projects.
//!
//! The files aren't in this repository. `FNCY_CORPORA` names their folder. The default is `../shared/corpora` from the
//! workspace's root. If a file is missing, its test says so and is skipped.

use std::fs;
use std::path::PathBuf;

/// The lines of a corpus after the first, which names the source.
///
/// They are bytes and split at `\n` only, since cases have `\r`, NUL and bytes that aren't UTF-8. If the file is
/// missing, the result is `None`, with a line on stderr.
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
