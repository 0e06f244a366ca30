//! The places of things: the workspace, what is built, and the folder of shared data beside the checkout.
//!
//! Rules kept here: no other file reads the environment; no path depends on the current directory.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

/// Where builds go.
pub(crate) fn target() -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// A file or folder of what is shared beside the checkout.
pub(crate) fn shared(name: &str) -> PathBuf {
    let root = root();
    root.parent().unwrap_or(&root).join("shared").join(name)
}

/// The test data that isn't part of the repository: `FNCY_CORPORA`, else `../shared/corpora`.
pub(crate) fn corpora() -> PathBuf {
    env::var_os("FNCY_CORPORA").map_or_else(|| shared("corpora"), |path| root().join(path))
}

/// The cargo that runs us, so that a toolchain chosen for it holds for everything it starts.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The variables cargo sets for the program it runs, about that program.
///
/// A cargo started from here must not see them: build scripts that watch them (ring's does) would run
/// again at each change between `cargo xtask test` and `cargo test`.
pub(crate) fn of_this_package() -> impl Iterator<Item = OsString> {
    env::vars_os().map(|(name, _)| name).filter(|name| {
        name.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        })
    })
}
