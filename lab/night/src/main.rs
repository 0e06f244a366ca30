//! `cargo xtask night` runs it: `fncy-login-night PROGRAM [INCIDENT ...]`, with the program of the recipes.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool"
)]

use std::path::Path;
use std::process::ExitCode;

use fncy_login_night::dashboard::problems;
use fncy_login_night::incidents::ALL;
use fncy_login_night::night::{HEAD, play};
use fncy_login_night::stage::Stage;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((program, parts)) = arguments.split_first() else {
        eprintln!("fncy-login-night PROGRAM [PART OF A NAME ...]");
        return ExitCode::from(2);
    };
    let is_asked = |name: &str| parts.is_empty() || parts.iter().any(|part| name.contains(part));
    let Some(mut stage) = Stage::start(Path::new(program)) else {
        return ExitCode::FAILURE;
    };
    println!("{HEAD}");
    let mut wrong = 0;
    for incident in ALL.iter().filter(|incident| is_asked(incident.name)) {
        let row = play(&mut stage, incident);
        println!("{row}");
        wrong += usize::from(!row.problems.is_empty());
    }
    // A part of the incidents leaves some panels empty.
    if parts.is_empty() {
        for problem in problems(&mut stage) {
            println!("WRONG: {problem}");
            wrong += 1;
        }
    }
    eprintln!("{wrong} incidents or panels were not as they should be.");
    if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
