//! The published crates, built with the oldest versions that they say will do.
//!
//! Rules kept here: only what they ask for themselves is old, since what others ask for is not theirs to
//! mend; it is built in a copy, so that the workspace's `Cargo.lock` stays as it is.

use std::fs;
use std::path::Path;

use crate::run::{self, Run, probe};
use crate::steps::Done;
use crate::{tree, workspace};

/// Resolves the copy with a nightly cargo, which alone can, and builds it with this one.
pub(crate) fn versions() -> Result<Done, String> {
    if probe("rustup", &["run", "nightly", "cargo", "--version"]).is_none() {
        let why =
            "the oldest versions are found by a nightly cargo: `rustup toolchain install nightly`";
        return Ok(Done::NotChecked(why.to_owned()));
    }
    let folder = workspace::target().join("minimal-versions");
    let copy = folder.join("workspace");
    make(&copy)?;
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

fn make(copy: &Path) -> Result<(), String> {
    tree::copy(&workspace::root(), copy)?;
    let manifest = copy.join("Cargo.toml");
    let failed = |error| format!("{} can't be changed ({error}).", manifest.display());
    let whole = fs::read_to_string(&manifest).map_err(failed)?;
    fs::write(&manifest, without_private(&whole)?).map_err(failed)
}

/// The workspace's manifest with the published crates as its only members.
fn without_private(manifest: &str) -> Result<String, String> {
    let members = manifest.lines().find(|line| line.starts_with("members = "));
    let members = members.ok_or("The workspace's Cargo.toml has no line with its `members`.")?;
    Ok(manifest.replace(members, "members = [\"crates/*\"]"))
}

#[cfg(test)]
mod tests {
    use super::without_private;

    #[test]
    fn the_manifest_of_the_workspace_is_understood() {
        let manifest = include_str!("../../Cargo.toml");
        let copy = without_private(manifest).unwrap();
        assert!(copy.contains("\nmembers = [\"crates/*\"]\n"), "{copy}");
        assert!(without_private("[workspace]").is_err());
    }
}
