//! The published crates, built with the oldest versions that their manifests allow.
//!
//! Rules kept here: only direct dependencies are old, since the others have requirements of their own; the build is in a
//! copy, so that the workspace's `Cargo.lock` stays.

use crate::run::{self, Run};
use crate::steps::Done;
use crate::{install, published, workspace};

/// Resolves the copy with a nightly cargo, which alone can, and builds it with this one.
pub(crate) fn versions() -> Result<Done, String> {
    if !install::has_nightly() {
        let why =
            "the oldest versions are found by a nightly cargo: `rustup toolchain install nightly`";
        return Ok(Done::NotChecked(why.to_owned()));
    }
    let folder = workspace::target().join("minimal-versions");
    let copy = folder.join("workspace");
    published::copy_to(&copy)?;
    Run::new("rustup")
        .args(["run", "nightly", "cargo"])
        .args(["-Z", "direct-minimal-versions", "generate-lockfile"])
        .within(&copy)
        .go()?;
    run::cargo("check --workspace --locked --target-dir")
        .arg(folder.join("build"))
        .within(&copy)
        .go()?;
    Ok(Done::Passed)
}
