//! `cargo xtask slow`: what is too slow for CI, or needs data from beside the checkout.
//!
//! Rules kept here: run by hand; what can't be checked says so and why; nothing is fetched but tools and
//! crates.

use std::fs;

use crate::install::{self, CARGO_AUDIT, CARGO_HACK};
use crate::run::Run;
use crate::steps::{self, Done, Step};
use crate::{fuzz, minimal, workspace};

const STEPS: &[Step] = &[
    Step {
        name: "advisories",
        run: advisories,
    },
    Step {
        name: "features",
        run: features,
    },
    Step {
        name: "oldest versions",
        run: minimal::versions,
    },
    Step {
        name: "fuzz",
        run: fuzz,
    },
];

/// Runs all of them.
pub(crate) fn run() -> Result<(), String> {
    steps::run(STEPS)
}

/// Every fuzz target, for a minute.
fn fuzz() -> Result<Done, String> {
    fuzz::run(None, fuzz::A_MINUTE)
}

/// Known vulnerabilities, unsound and unmaintained crates in `Cargo.lock`.
///
/// Yanked versions are found only among crates whose index entry cargo has cached; for others
/// cargo-audit prints an error and passes.
fn advisories() -> Result<Done, String> {
    let packed = workspace::shared("advisory-db.tar.gz");
    if !packed.is_file() {
        let why = format!("the advisory database {} is missing", packed.display());
        return Ok(Done::NotChecked(why));
    }
    let target = workspace::target();
    let database = target.join("advisory-db");
    if database.exists() {
        fs::remove_dir_all(&database)
            .map_err(|error| format!("remove {} by hand: {error}.", database.display()))?;
    }
    Run::new("tar")
        .arg("-xzf")
        .arg(&packed)
        .arg("-C")
        .arg(&target)
        .go()?;
    install::cargo_tool(&CARGO_AUDIT)?
        .args(["--no-fetch", "--deny", "warnings", "--db"])
        .arg(&database)
        .go()?;
    Ok(Done::Passed)
}

/// Each published crate with each set of its features, on its own: in the workspace, what one asks of a
/// dependency all have.
fn features() -> Result<Done, String> {
    install::cargo_tool(&CARGO_HACK)?
        .args([
            "clippy",
            "--feature-powerset",
            "--ignore-private",
            "--locked",
        ])
        .args(["--", "-D", "warnings"])
        .go()?;
    Ok(Done::Passed)
}
