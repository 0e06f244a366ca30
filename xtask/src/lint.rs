//! `cargo xtask lint`: the checks that a change must pass besides its tests.
//!
//! Rules kept here: warnings are errors; only crates and tools are fetched.

use crate::install::{self, CARGO_DENY};
use crate::steps::{self, Done, Step};
use crate::{imports, run, world};

const STEPS: &[Step] = &[
    Step::new("format", format),
    Step::new("imports", imports::check),
    Step::new("clippy", clippy),
    Step::new("documentation", documentation),
    Step::new("dependencies", dependencies),
    Step::new("crates", crates),
];

/// `cargo xtask lint [STEP]`.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    steps::run(STEPS, arguments)
}

fn format() -> Result<Done, String> {
    run::cargo("fmt --all --check").go()?;
    world::format()?;
    Ok(Done::Passed)
}

fn clippy() -> Result<Done, String> {
    run::cargo("clippy --workspace --all-targets --locked -- -D warnings").go()?;
    world::clippy()?;
    Ok(Done::Passed)
}

fn documentation() -> Result<Done, String> {
    run::cargo("doc --workspace --no-deps --locked --document-private-items")
        .env("RUSTDOCFLAGS", "-D warnings")
        .go()?;
    Ok(Done::Passed)
}

/// Licences, bans and sources, by `deny.toml`. An exception without a match fails.
fn dependencies() -> Result<Done, String> {
    install::cargo_tool(&CARGO_DENY)?
        .args(["--locked", "check"])
        .args(["-D", "unmatched-skip", "-D", "unnecessary-skip"])
        .args(["bans", "licenses", "sources"])
        .go()?;
    Ok(Done::Passed)
}

fn crates() -> Result<Done, String> {
    crate::crates::run(&["--check"])?;
    Ok(Done::Passed)
}
