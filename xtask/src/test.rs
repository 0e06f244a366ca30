//! `cargo xtask test`: every test of the workspace, with the programs that the tests need.
//!
//! Rules kept here: a missing program is installed or named; no test skips in silence.

use crate::{install, run, workspace, world};

/// Installs what the tests need and runs them.
pub(crate) fn run(_: &[&str]) -> Result<(), String> {
    install::debian_packages(install::FOR_TESTS)?;
    install::node_modules()?;
    install::traefik()?;
    let corpora = workspace::corpora();
    if !corpora.is_dir() {
        println!(
            "corpora: {} is missing; the tests that read it can't check anything (set FNCY_CORPORA to the folder)",
            corpora.display()
        );
    }
    run::cargo("test --workspace --locked")
        .env("FNCY_REQUIRE_REAL_SERVERS", "1")
        .go()?;
    world::test()
}
