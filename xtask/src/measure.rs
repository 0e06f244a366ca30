//! The commands that measure: figures for people, on a machine without other work.
//!
//! Rules kept here: no time is a gate of CI; figures that are compared come from one run; a wrong answer fails the run, if
//! answers are judged.

use crate::install::{self, FOR_LOAD, FOR_NIGHT, FOR_SCALE};
use crate::{run, workspace};

/// Runs the benches with these arguments.
fn benches(arguments: &[&str]) -> Result<(), String> {
    run::cargo("run --locked --release -p fncy-login-benches --")
        .args(arguments.iter().copied())
        .go()
}

/// Everything of ours, in turns, or what grows, or one login on several threads at once, without metrics and with them.
pub(crate) fn bench(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        [] | ["growth"] => benches(arguments),
        ["threads"] => {
            benches(arguments)?;
            run::cargo("run --locked --release -p fncy-login-benches --features metrics --")
                .args(arguments.iter().copied())
                .go()
        }
        _ => Err("`bench` takes `growth`, `threads`, or no argument.".to_owned()),
    }
}

/// Ours and other libraries, in turns. The workspace of its own has a lock file that follows our dependencies.
pub(crate) fn peers(_: &[&str]) -> Result<(), String> {
    let folder = workspace::root().join("lab/peers");
    run::cargo("run --release").within(&folder).go()
}

/// Many sessions at once, then as many requests as the machine can do.
pub(crate) fn scale(_: &[&str]) -> Result<(), String> {
    install::debian_packages(FOR_LOAD)?;
    for arguments in [
        &["sessions", "10000"][..],
        &["sessions", "100000"],
        &["load"],
    ] {
        benches(arguments)?;
    }
    Ok(())
}

/// What several instances ask of a store that they share.
pub(crate) fn store(_: &[&str]) -> Result<(), String> {
    install::debian_packages(FOR_SCALE)?;
    benches(&["store"])
}

/// People, while strangers bring invented codes.
pub(crate) fn strangers(_: &[&str]) -> Result<(), String> {
    benches(&["strangers"])
}

/// Thirty users, while the provider fails for one of them or for all.
pub(crate) fn outage(_: &[&str]) -> Result<(), String> {
    benches(&["outage"])
}

/// Visitors of four instances for so many seconds, while these, Redis and the provider fail in turns.
pub(crate) fn soak(arguments: &[&str]) -> Result<(), String> {
    let seconds = arguments.first().unwrap_or(&"300");
    if seconds.parse::<u32>().is_err() {
        return Err(format!(
            "`soak` takes a number of seconds, not `{seconds}`."
        ));
    }
    install::debian_packages(FOR_SCALE)?;
    benches(&["soak", seconds])
}

/// The model of the store with more instances than in CI.
pub(crate) fn model(_: &[&str]) -> Result<(), String> {
    run::cargo("run --locked -p fncy-login-model").go()
}

/// The incidents of an operator's night, or those whose names have one of these parts.
pub(crate) fn night(parts: &[&str]) -> Result<(), String> {
    install::debian_packages(FOR_NIGHT)?;
    run::cargo("build --locked -p recipes -p fncy-login-night").go()?;
    run::cargo("run --locked -p fncy-login-night --")
        .arg(workspace::target().join("debug/recipes"))
        .args(parts.iter().copied())
        .go()
}
