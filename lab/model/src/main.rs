//! `cargo xtask model` runs it: explores the configurations that take longer than CI has time for, and prints what it
//! found.

#![expect(clippy::print_stdout, reason = "a command line tool")]

use std::process::ExitCode;

use fncy_login_model::{Model, Rotation, Rules, explore};

fn main() -> ExitCode {
    let mut failed = false;
    for rotation in [Rotation::Rotates, Rotation::Keeps] {
        for (instances, refreshes, signs_out, faults) in CONFIGURATIONS {
            let model = Model {
                instances,
                rotation,
                refreshes,
                signs_out,
                faults,
                rules: Rules::ALL,
            };
            let report = explore(&model);
            println!("{model}: {report}");
            failed |= report.failure.is_some();
        }
    }
    ExitCode::from(u8::from(failed))
}

/// How many instances, how many refreshes, whether the user signs out, how many faults.
const CONFIGURATIONS: [(usize, u8, bool, u8); 2] = [(3, 2, false, 1), (3, 1, true, 1)];
