//! The published crates, built with the oldest versions that they say will do.
//!
//! Rules kept here: only what they ask for themselves is old, since what others ask for is not theirs to
//! mend; it is built in a copy, so that the workspace's `Cargo.lock` stays as it is.

use std::fs;
use std::path::Path;

use crate::run::{self, Run, probe};
use crate::steps::Done;
use crate::workspace;

/// What the workspace holds, and what its copy does: only the crates that are published.
const MEMBERS: [&str; 2] = [
    "members = [\"benches\", \"crates/*\", \"examples/*\", \"tests\", \"xtask\"]",
    "members = [\"crates/*\"]",
];

/// Resolves the copy with a nightly cargo, which alone can, and builds it with this one.
pub(crate) fn versions() -> Result<Done, String> {
    if probe("rustup", &["run", "nightly", "cargo", "--version"]).is_none() {
        let why =
            "the oldest versions are found by a nightly cargo: `rustup toolchain install nightly`";
        return Ok(Done::NotChecked(why.to_owned()));
    }
    let folder = workspace::target().join("minimal-versions");
    let copy = folder.join("workspace");
    copy_to(&copy)?;
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

fn copy_to(copy: &Path) -> Result<(), String> {
    let failed = |error| format!("{} can't be made anew ({error}).", copy.display());
    if copy.exists() {
        fs::remove_dir_all(copy).map_err(failed)?;
    }
    fs::create_dir_all(copy).map_err(failed)?;
    Run::new("cp").args(["-R", "crates"]).arg(copy).go()?;
    let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).map_err(failed)?;
    fs::write(copy.join("Cargo.toml"), without_private(&manifest)?).map_err(failed)
}

/// The workspace's manifest with the published crates as its only members.
fn without_private(manifest: &str) -> Result<String, String> {
    let [all, published] = MEMBERS;
    if manifest.contains(all) {
        Ok(manifest.replace(all, published))
    } else {
        Err(format!(
            "the members of Cargo.toml have changed: name them in {} too.",
            file!()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::without_private;

    #[test]
    fn the_manifest_of_the_workspace_is_understood() {
        let manifest = include_str!("../../Cargo.toml");
        let copy = without_private(manifest).unwrap();
        assert!(copy.contains("[\"crates/*\"]"));
        assert!(without_private("[workspace]").is_err());
    }
}
