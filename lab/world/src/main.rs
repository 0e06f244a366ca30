//! `cargo run -- SEED` tells the story of one world; `cargo run -- FIRST END` runs all seeds from the first on.

use std::process::ExitCode;

use fncy_login_world::{Choices, run, run_all};

fn main() -> ExitCode {
    let numbers: Result<Vec<u64>, _> = std::env::args().skip(1).map(|word| word.parse()).collect();
    match numbers.as_deref() {
        Ok([seed]) => {
            let report = run(Choices::seeded(*seed), true);
            for line in &report.story {
                println!("{line}");
            }
            match report.fall {
                None => ExitCode::SUCCESS,
                Some(fall) => {
                    println!("\nseed {seed}: {}: {}", fall.rule, fall.seen);
                    ExitCode::FAILURE
                }
            }
        }
        Ok([first, end]) => {
            let summary = run_all(*first..*end);
            println!("{summary}");
            if summary.falls.is_empty() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        _ => {
            eprintln!("Write a seed, or the first seed and the end of a range.");
            ExitCode::FAILURE
        }
    }
}
