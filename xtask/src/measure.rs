//! `cargo xtask bench`, `peers`, `scale`, `store`, `strangers`, `outage` and `soak`: figures for people, on a machine that does nothing else.
//!
//! Rules kept here: nothing is gated on time; what is compared was measured in one run; a wrong answer
//! is a failure, where answers are judged.

use crate::install::{self, FOR_LOAD, FOR_SCALE};
use crate::{run, workspace};

const BENCHES: &str = "run --locked --release -p fncy-login-benches";

/// Everything of ours, in turns.
pub(crate) fn bench() -> Result<(), String> {
    run::cargo(BENCHES).go()
}

/// Ours and what others wrote, in turns. It builds a workspace of its own, whose lock file follows our
/// own dependencies.
pub(crate) fn peers() -> Result<(), String> {
    let folder = workspace::root().join("lab/peers");
    run::cargo("run --release").within(&folder).go()
}

/// Many sessions at once, then as many requests as the machine can do.
pub(crate) fn scale() -> Result<(), String> {
    install::debian_packages(FOR_LOAD)?;
    for sessions in ["10000", "100000"] {
        run::cargo(BENCHES)
            .args(["--", "sessions", sessions])
            .go()?;
    }
    run::cargo(BENCHES).args(["--", "load"]).go()
}

/// What several instances ask of a store that they share.
pub(crate) fn store() -> Result<(), String> {
    install::debian_packages(FOR_SCALE)?;
    run::cargo(BENCHES).args(["--", "store"]).go()
}

/// People, while strangers bring invented codes.
pub(crate) fn strangers() -> Result<(), String> {
    run::cargo(BENCHES).args(["--", "strangers"]).go()
}

/// Thirty users, while FNCY fails on one of them or on all.
pub(crate) fn outage() -> Result<(), String> {
    run::cargo(BENCHES).args(["--", "outage"]).go()
}

/// Visitors of both sites for so many seconds each, while their provider fails now and then.
pub(crate) fn soak(seconds: &str) -> Result<(), String> {
    if seconds.parse::<u32>().is_err() {
        return Err(format!(
            "`soak` takes a number of seconds, not `{seconds}`."
        ));
    }
    install::debian_packages(FOR_LOAD)?;
    run::cargo(BENCHES).args(["--", "soak", seconds]).go()
}
