//! Runs every scenario on every harness, and then asks whether each row of the threat and fault
//! matrix that this project claims has really run.

#![allow(clippy::expect_used, reason = "a test's failure is a panic")]

use std::collections::HashSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use fncy_login_tests::harness::Harness;
use fncy_login_tests::scenarios::ALL;
use libtest_mimic::{Arguments, Trial};

/// Most of a scenario's time is spent waiting.
const THREADS: usize = 8;
/// The rows of these letters, up to these numbers, must run on each harness.
const CLAIMED: [(&str, u32); 5] = [("R", 21), ("C", 23), ("F", 14), ("K", 23), ("L", 12)];
/// And so must these rows of a letter that is not whole yet.
const CLAIMED_TOO: [&str; 8] = ["P18", "P20", "P21", "P23", "P24", "P28", "P32", "P33"];
/// These are about a part that all harnesses share, and that nobody can reach from outside: a unit
/// test of the core has their name.
const IN_THE_CORE: [&str; 2] = ["K14", "K20"];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
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
        let in_the_core = IN_THE_CORE.into_iter().filter(|row| !has_unit_test(row));
        let missing: Vec<String> = missing
            .into_iter()
            .chain(in_the_core.map(str::to_owned))
            .collect();
        assert!(missing.is_empty(), "nothing covers: {}", missing.join(", "));
    }
    conclusion.exit_code()
}

fn claimed() -> impl Iterator<Item = String> {
    let rows = CLAIMED.into_iter();
    rows.flat_map(|(letter, count)| (1..=count).map(move |number| format!("{letter}{number}")))
        .filter(|row| !IN_THE_CORE.contains(&row.as_str()))
        .chain(CLAIMED_TOO.into_iter().map(str::to_owned))
}

/// Whether a test of the core is named after a row.
fn has_unit_test(row: &str) -> bool {
    let named = format!("fn {}_", row.to_lowercase());
    let core = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/core/src");
    let mut folders = vec![PathBuf::from(core)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(path).is_ok_and(|text| text.contains(&named)) {
                return true;
            }
        }
    }
    false
}

fn run(harness: Harness, scenario: fn(Harness) -> std::pin::Pin<Box<dyn Future<Output = ()>>>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(scenario(harness));
}
