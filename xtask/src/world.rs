//! `cargo xtask world`: simulated worlds.
//!
//! Rules kept here: `lab/world` is a workspace of its own, with settings of its own for the compiler, so cargo starts in its
//! folder; what is built is below our target folder.

use std::path::PathBuf;

use crate::run::{self, Run};
use crate::steps::Done;
use crate::workspace;

/// More than any number of faults that people think of.
const MANY: [&str; 2] = ["0", "100000"];

/// Tells the story of one seed, or runs the seeds from the first one to before the second one.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let seeds = match arguments {
        [] => &["0", "1000"],
        seeds => seeds,
    };
    cargo("run --quiet --locked")
        .arg("--")
        .args(seeds.iter().copied())
        .go()
}

/// The worlds of CI.
pub(crate) fn test() -> Result<(), String> {
    cargo("test --locked").go()
}

/// The worlds that take half an hour on two cores.
pub(crate) fn many() -> Result<Done, String> {
    run(&MANY)?;
    Ok(Done::Passed)
}

/// The format, as of the rest.
pub(crate) fn format() -> Result<(), String> {
    run::cargo("fmt --check").within(&folder()).go()
}

/// Clippy, as of the rest.
pub(crate) fn clippy() -> Result<(), String> {
    cargo("clippy --all-targets --locked")
        .args(["--", "-D", "warnings"])
        .go()
}

fn cargo(arguments: &str) -> Run {
    run::cargo(arguments)
        .arg("--target-dir")
        .arg(workspace::target().join("world"))
        .within(&folder())
}

fn folder() -> PathBuf {
    workspace::root().join("lab/world")
}
