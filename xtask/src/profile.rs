//! `cargo xtask profile`: where the time of a request goes.
//!
//! Rules kept here:
//! - Time is sampled by a timer, since machines without performance counters have one too. So what takes long with few
//!   instructions is seen as well.
//! - The build is the release build, with frame pointers and the names of functions.

use std::fs;

use crate::install::{self, CARGO_FLAMEGRAPH, FOR_PROFILES};
use crate::run::Run;
use crate::workspace;

/// The ways of a request: signed in without a framework and with each, refused, sent to sign in, public.
const CASES: &[&str] = &[
    "check, private",
    "axum, Router::layer",
    "axum, wrap",
    "actix-web, wrap",
    "401, no cookie",
    "start of a login",
    "public page below a prefix, no cookie",
];
/// Enough for some thousands of samples of the shortest case.
const TIMES: &str = "1000000";
const RECORD: &str = "record --event cpu-clock --freq 9999 --call-graph fp";
const REPORT: &str =
    "report --no-children --percent-limit 1.5 --stdio --call-graph none --fields overhead,symbol";

/// `cargo xtask profile [CASE]`: prints the functions that take the most time in a case of `cargo xtask bench`, and draws
/// a flame graph. Without a case, it does so for each of the ways of a request.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    install::debian_packages(FOR_PROFILES)?;
    let folder = workspace::target().join("profile");
    fs::create_dir_all(&folder)
        .map_err(|error| format!("{} can't be made ({error}).", folder.display()))?;
    let cases = if arguments.is_empty() {
        CASES
    } else {
        arguments
    };
    for case in cases {
        let name = case.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
        install::cargo_tool(&CARGO_FLAMEGRAPH)?
            .env("CARGO_TARGET_DIR", &folder.display().to_string())
            .env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only")
            .env("RUSTFLAGS", "-C force-frame-pointers=yes")
            .args(["--package", "fncy-login-benches", "--deterministic"])
            .args(["--cmd", RECORD, "--title", case, "--output"])
            .arg(format!("{name}.svg"))
            .args(["--", "run", case, TIMES])
            .within(&folder)
            .go()?;
        let report = Run::new("perf")
            .args(REPORT.split(' '))
            .within(&folder)
            .read()?;
        let is_function = |line: &&str| !line.starts_with('#') && !line.trim().is_empty();
        let functions: Vec<_> = report.lines().filter(is_function).collect();
        println!("{case}:\n{}", functions.join("\n"));
    }
    println!("The flame graphs are in {}.", folder.display());
    Ok(())
}
