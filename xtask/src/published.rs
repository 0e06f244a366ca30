//! The published crates, apart from the rest of the workspace.
//!
//! Rule kept here: the crates are copied, so that no other part of the workspace can help them, and its files stay.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::run::{Run, probe};
use crate::steps::Done;
use crate::{install, run, workspace};

/// Pages of the documentation, and the feature that each must name: of a crate, of an item, and of another crate's
/// method.
const SHOWN_FEATURES: &[(&str, &str)] = &[
    ("fncy_login_tower/struct.CurrentUser.html", "axum"),
    ("fncy_login_tower/struct.BearerCheck.html", "jwt"),
    ("fncy_login_actix/struct.JwtKeys.html", "jwt"),
    ("fncy_login_testing/struct.Actix.html", "actix"),
];

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

/// Builds the documentation of each crate as docs.rs does, and looks whether it names the features that items need.
pub(crate) fn docs_rs() -> Result<Done, String> {
    if !install::has_nightly() {
        let why = "docs.rs builds with a nightly rustdoc: `rustup toolchain install nightly`";
        return Ok(Done::NotChecked(why.to_owned()));
    }
    let target = workspace::target().join("docs-rs");
    for folder in folders()? {
        Run::new("rustup")
            .args(["run", "nightly", "cargo", "doc", "--no-deps", "--locked"])
            .args(["--all-features", "--target-dir"])
            .arg(&target)
            .env("RUSTDOCFLAGS", "--cfg docsrs -D warnings")
            .within(&folder)
            .go()?;
    }
    for (page, feature) in SHOWN_FEATURES {
        let file = target.join("doc").join(page);
        let text = fs::read_to_string(&file).unwrap_or_default();
        let shown = format!("Available on <strong>crate feature <code>{feature}</code></strong>");
        if !text.contains(&shown) {
            return Err(format!(
                "{} does not say that it needs the feature `{feature}`.",
                file.display()
            ));
        }
    }
    Ok(Done::Passed)
}

/// Builds each crate with the oldest Rust that its manifest promises.
pub(crate) fn oldest_rust() -> Result<Done, String> {
    let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).unwrap_or_default();
    let version = oldest(&manifest).ok_or("The workspace's Cargo.toml has no `rust-version`.")?;
    if probe("rustup", &["run", version, "cargo", "--version"]).is_none() {
        let why = format!(
            "Rust {version} is missing: `rustup toolchain install {version} --profile minimal`"
        );
        return Ok(Done::NotChecked(why));
    }
    for folder in folders()? {
        Run::new("rustup")
            .args(["run", version, "cargo", "check", "--locked"])
            .args(["--all-features", "--target-dir"])
            .arg(workspace::target().join("oldest-rust"))
            .within(&folder)
            .go()?;
    }
    Ok(Done::Passed)
}

/// The `rust-version` of a manifest.
fn oldest(manifest: &str) -> Option<&str> {
    let mut lines = manifest.lines();
    lines.find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'))
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
    use super::{oldest, without_private};

    #[test]
    fn the_manifest_of_the_workspace_is_understood() {
        let manifest = include_str!("../../Cargo.toml");
        let copy = without_private(manifest).unwrap();
        assert!(copy.contains("\nmembers = [\"crates/*\"]\n"), "{copy}");
        assert!(without_private("[workspace]").is_err());
        assert_eq!(oldest(manifest), Some(env!("CARGO_PKG_RUST_VERSION")));
        assert_eq!(oldest("[workspace]"), None);
    }
}
