//! `cargo xtask`: the project's own commands, the same by hand and in CI.
//!
//! Rules kept here: xtask uses the standard library alone, so that it builds at once; a command is echoed before it
//! runs, if it changes or checks something; an error is a sentence that says what to do.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool"
)]

mod api;
mod build_times;
mod compare;
mod crates;
mod defences;
mod fuzz;
mod imports;
mod install;
mod instructions;
mod lint;
mod measure;
mod minimal;
mod mutants;
mod no_services;
mod profile;
mod published;
mod run;
mod slow;
mod steps;
mod test;
mod workspace;
mod world;

use std::process::ExitCode;

/// A name, the arguments after it, a line of help, and what it does.
type Command = (
    &'static str,
    &'static str,
    &'static str,
    fn(&[&str]) -> Result<(), String>,
);

#[rustfmt::skip]
const COMMANDS: &[Command] = &[
    ("test", "", "install what the tests need, and run all tests", test::run),
    ("lint", "[STEP]", "check format, imports, clippy, documentation, dependencies", lint::run),
    ("slow", "[STEP]", "check what takes too long for CI or needs data from outside", slow::run),
    ("api", "[REVISION]", "compare the public API with the last release, or with a revision", api::run),
    ("crates", "[--check]", "count the crates that each adapter brings; compare with README.md", crates::run),
    ("instructions", "[--record]", "compare the instructions of a request with the record", instructions::run),
    ("fuzz", "[TARGET] [SECONDS]", "run the fuzz targets, each for a minute", fuzz::by_hand),
    ("world", "[SEED] [END]", "run the simulated worlds of some seeds, or tell the story of one", world::run),
    ("mutants", "[FILE ...] [--shard K/N]", "change core and driver, and list the changes that no test notices", mutants::run),
    ("defences", "[WORLDS] [PART OF A NAME]", "take the defences out one by one, and count the simulated worlds that fall (1000)", defences::run),
    ("bench", "[growth|threads]", "time requests beside the bare frameworks, or as rules and cookies grow in number, or on several threads", measure::bench),
    ("compare", "[REVISION] [CASE]", "time requests before and after, in turns, in one program (HEAD)", compare::run),
    ("profile", "[CASE]", "draw where the time of a request goes, as a flame graph", profile::run),
    ("peers", "", "time requests, beside other login libraries", measure::peers),
    ("build-times", "", "measure what each adapter adds to a build", build_times::run),
    ("scale", "", "refresh 100,000 sessions at once, and load a server over loopback", measure::scale),
    ("store", "", "measure how much one Redis carries", measure::store),
    ("strangers", "", "sign people in while strangers bring invented codes (8 minutes)", measure::strangers),
    ("outage", "", "show what users are answered while the provider fails", measure::outage),
    ("soak", "[SECONDS]", "let visitors use both sites while instances, Redis and FNCY fail in turns (300)", measure::soak),
    ("model", "", "explore the model of the store with more instances than in CI, and print its figures", measure::model),
    ("night", "[INCIDENT ...]", "play incidents against three instances, and judge what an operator sees (25 minutes)", measure::night),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let known = arguments.split_first().and_then(|(name, rest)| {
        let command = COMMANDS.iter().find(|(known, ..)| known == name);
        let (_, usage, _, run) = command?;
        // Dots in the usage stand for any number of arguments.
        let fits = usage.contains("...") || rest.len() <= usage.matches('[').count();
        fits.then_some((run, rest))
    });
    let Some((run, rest)) = known else {
        eprintln!("cargo xtask COMMAND\n");
        for (name, usage, about, _) in COMMANDS {
            eprintln!("  {:<35} {about}", format!("{name} {usage}"));
        }
        return ExitCode::from(2);
    };
    match run(rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}
