//! `cargo xtask api`: what has changed in the public API of the published crates.
//!
//! Rule kept here: the versions in both manifests say which changes are allowed, as cargo reads them.

use crate::install::{self, CARGO_SEMVER_CHECKS};
use crate::run::probe;
use crate::steps::Done;

/// `cargo xtask api [REVISION]`: compares with a revision, or with the last release.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        [revision] => compare(revision),
        _ => match since_release()? {
            Done::Passed => Ok(()),
            Done::NotChecked(why) => Err(format!("{why}; name a revision.")),
        },
    }
}

/// Compares with the last tag of a release.
pub(crate) fn since_release() -> Result<Done, String> {
    let Some(tag) = probe(
        "git",
        &["describe", "--tags", "--abbrev=0", "--match", "v*"],
    ) else {
        let why = "no commit has a tag such as `v0.1.0`, so there is no release to compare with";
        return Ok(Done::NotChecked(why.to_owned()));
    };
    compare(&tag)?;
    Ok(Done::Passed)
}

fn compare(revision: &str) -> Result<(), String> {
    install::cargo_tool(&CARGO_SEMVER_CHECKS)?
        .args(["--workspace", "--all-features", "--baseline-rev", revision])
        .go()
}
