//! Runs every scenario on every harness, and then asks whether each row of the threat and fault
//! matrix that this project claims has really run.

#![allow(clippy::expect_used, reason = "a test's failure is a panic")]

use std::collections::HashSet;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use fncy_login_tests::harness::Harness;
use fncy_login_tests::scenarios::ALL;
use libtest_mimic::{Arguments, Trial};

/// The rows of these letters, up to these numbers, must run on each harness.
const CLAIMED: [(&str, u32); 2] = [("R", 21), ("C", 23)];
/// And so must these rows of letters that are not whole yet.
const CLAIMED_TOO: [&str; 43] = [
    "F1", "F2", "F3", "F4", "F9", "F10", "F14", "K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8",
    "K9", "K10", "K11", "K12", "K13", "K15", "K16", "K17", "K18", "K19", "K21", "K22", "K23", "L1",
    "L2", "L3", "L4", "L6", "L7", "L8", "L9", "P18", "P21", "P23", "P24", "P28", "P32", "P33",
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let is_whole_table = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
    let ran: Arc<Mutex<HashSet<(Harness, &str)>>> = Arc::default();
    let trials = Harness::ALL.into_iter().flat_map(|harness| {
        let ran = &ran;
        ALL.iter().map(move |scenario| {
            let ran = Arc::clone(ran);
            Trial::test(format!("{harness}::{}", scenario.name), move || {
                run(harness, scenario.run);
                let rows = scenario.rows.iter().map(|row| (harness, *row));
                ran.lock().map_err(|_| "a scenario panicked")?.extend(rows);
                Ok(())
            })
        })
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    if is_whole_table && !conclusion.has_failed() {
        let ran = ran
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let missing: Vec<String> = Harness::ALL
            .into_iter()
            .flat_map(|harness| claimed().map(move |row| (harness, row)))
            .filter(|(harness, row)| !ran.contains(&(*harness, row.as_str())))
            .map(|(harness, row)| format!("{harness} {row}"))
            .collect();
        assert!(
            missing.is_empty(),
            "no scenario covers: {}",
            missing.join(", ")
        );
    }
    conclusion.exit_code()
}

fn claimed() -> impl Iterator<Item = String> {
    let rows = CLAIMED.into_iter();
    rows.flat_map(|(letter, count)| (1..=count).map(move |number| format!("{letter}{number}")))
        .chain(CLAIMED_TOO.into_iter().map(str::to_owned))
}

fn run(harness: Harness, scenario: fn(Harness) -> std::pin::Pin<Box<dyn Future<Output = ()>>>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(scenario(harness));
}
