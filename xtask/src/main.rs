//! `cargo xtask`: the project's own commands, the same by hand and in CI.
//!
//! Rules kept here: the standard library only, so that nothing has to be built first; every command that
//! changes or checks something is echoed before it runs; an error is a sentence that says what to do.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool"
)]

mod build_times;
mod crates;
mod fuzz;
mod imports;
mod install;
mod instructions;
mod lint;
mod measure;
mod minimal;
mod mutants;
mod no_services;
mod published;
mod run;
mod slow;
mod steps;
mod test;
mod tree;
mod workspace;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  test            install what the tests need, then run all of them
  lint [STEP]     formatting, clippy, documentation, imports, dependencies, number of crates
  slow [STEP]     what takes too long for CI or needs data from beside the checkout
  crates          how many crates each adapter pulls in
  crates --check  fail where that is too many, or README.md says another number
  instructions    fail where a request takes more instructions than are recorded
  instructions --record
                  record how many it takes now
  fuzz [TARGET] [SECONDS]
                  the fuzz targets, or one of them, for a minute or so many seconds each
  mutants [FILE ...] [--shard K/N]
                  change the core and the driver, or these files of theirs, in one place at a time,
                  and list the changes that no test notices
  bench           what a request costs, beside the bare frameworks and beside floors
  peers           the same beside what others wrote, a table of docs/performance.md
  build-times     what each adapter adds to its user's build, beside what others wrote
  scale           100,000 sessions that expire at once, and requests a second over loopback
  store     what one Redis carries of what several instances ask: the table of docs/scale.md
  strangers       sign-ins and refreshes of people, while strangers bring invented codes: 8 minutes
  outage          what thirty users are answered, while FNCY fails on one of them or on all
  soak [SECONDS]  visitors of both sites for so long (300) while their provider fails now and then,
                  with each answer judged";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match arguments.as_slice() {
        ["test"] => test::run(),
        ["lint"] => lint::run(None),
        ["lint", step] => lint::run(Some(step)),
        ["slow"] => slow::run(None),
        ["slow", step] => slow::run(Some(step)),
        ["crates"] => crates::print(),
        ["crates", "--check"] => crates::check(),
        ["instructions"] => instructions::check(),
        ["instructions", "--record"] => instructions::record(),
        ["fuzz", rest @ ..] => fuzz::by_hand(rest),
        ["mutants", arguments @ ..] => mutants::run(arguments),
        ["bench"] => measure::bench(),
        ["peers"] => measure::peers(),
        ["build-times"] => build_times::print(),
        ["scale"] => measure::scale(),
        ["store"] => measure::store(),
        ["strangers"] => measure::strangers(),
        ["outage"] => measure::outage(),
        ["soak"] => measure::soak("300"),
        ["soak", seconds] => measure::soak(seconds),
        ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        _ => {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}
