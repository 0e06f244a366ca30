//! `cargo xtask mutants`: whether a test notices a change of the core or the driver.
//!
//! Rules kept here: cargo-mutants does the work, in a copy; `.cargo/mutants.toml` says what it changes and which tests
//! run; a change that no test notices fails the command; all runs share one folder of dependencies.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::install::{self, CARGO_MUTANTS};
use crate::steps::Done;
use crate::workspace;

/// One of so many shards takes about half an hour on two cores.
const SHARDS: u64 = 128;

/// Tries every change in these files, or in all of them. `--shard K/N` tries each Nth one, so a part is a sample of all.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let builds = workspace::target().join("mutants");
    let mut command = install::cargo_tool(&CARGO_MUTANTS)?
        .args(["--no-shuffle", "--output"])
        .arg(workspace::target())
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_TARGET_DIR", &builds.to_string_lossy())
        .env("FNCY_CORPORA", &workspace::corpora().to_string_lossy());
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        command = match *argument {
            "--shard" => {
                let shard = arguments
                    .next()
                    .ok_or("`--shard` takes a part, such as `3/64`.")?;
                command.args(["--sharding", "round-robin", "--shard", shard])
            }
            file => command.args(["--file", file]),
        };
    }
    command.go()
}

/// One shard, another one each day.
#[expect(
    clippy::disallowed_methods,
    reason = "any shard will do: over the days all of them are run"
)]
pub(crate) fn todays_shard() -> Result<Done, String> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let day = since.map_or(0, |since| since.as_secs() / 86_400);
    run(&["--shard", &format!("{}/{SHARDS}", day % SHARDS)])?;
    Ok(Done::Passed)
}
