//! The published crates, apart from the rest of the workspace.
//!
//! Rule kept here: the crates are copied, so that no other part of the workspace can help them, and its files stay.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::run::Run;
use crate::steps::Done;
use crate::{run, workspace};

/// Packs every crate, in the order in which they depend on one another, and builds each from what was packed.
pub(crate) fn package() -> Result<Done, String> {
    let folder = workspace::target().join("packages");
    let copy = folder.join("workspace");
    copy_to(&copy)?;
    run::cargo("package --workspace --target-dir")
        .arg(folder.join("build"))
        .within(&copy)
        .go()?;
    Ok(Done::Passed)
}

/// The folders of the published crates.
pub(crate) fn folders() -> Result<Vec<PathBuf>, String> {
    let crates = workspace::root().join("crates");
    let entries = fs::read_dir(&crates).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut folders: Vec<_> = entries
        .map_err(|error| format!("{} can't be read ({error}).", crates.display()))?
        .iter()
        .map(fs::DirEntry::path)
        .collect();
    folders.sort_unstable();
    Ok(folders)
}

/// Copies the workspace, with the published crates as its only members. The times of files stay, so that what was
/// built of them stays, too.
pub(crate) fn copy_to(copy: &Path) -> Result<(), String> {
    let failed = |error| format!("{} can't be changed ({error}).", copy.display());
    if copy.exists() {
        fs::remove_dir_all(copy).map_err(failed)?;
    }
    fs::create_dir_all(copy).map_err(failed)?;
    Run::new("cp")
        .args([
            "-a",
            "Cargo.toml",
            "Cargo.lock",
            "README.md",
            "LICENSE-APACHE",
        ])
        .args(["LICENSE-MIT", "clippy.toml", "crates", "docs"])
        .arg(copy)
        .go()?;
    let manifest = copy.join("Cargo.toml");
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
