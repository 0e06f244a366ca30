//! The test program of the scenarios: each one runs on each harness.
//!
//! Rule kept here: the program fails for a row of `tests/rows.md` that did not run on each harness. Beside the
//! scenarios run the behaviours that must hold with providers of other authors.

#![allow(clippy::expect_used, reason = "a test's failure is a panic")]

use std::collections::HashSet;
use std::path::Path;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use fncy_login_tests::harness::Harness;
use fncy_login_tests::real_server::behaviours;
use fncy_login_tests::scenarios::all;
use libtest_mimic::{Arguments, Trial};

/// A scenario spends most of its time waiting.
const THREADS: usize = 8;
/// The rows of the matrix, each in a line of a table.
const ROWS: &str = include_str!("../rows.md");
/// Rows about a part that all harnesses share. A test with the row in its name is in the folder.
const ELSEWHERE: [(&str, &str); 18] = [
    // No request brings these about.
    ("K14", "../crates/core/src"),
    ("K20", "../crates/core/src"),
    // These take a hundred thousand callbacks, and a worker whose thread is blocked.
    ("C26", "../crates/login/src"),
    ("F17", "../crates/login/src"),
    // A proxy and the addresses of a name are settings of a process.
    ("P42", "src"),
    // These take a million entries, and the clock of a store.
    ("L15", "../crates/login/src"),
    ("L18", "../crates/login/src"),
    // The trusted certificates are a setting of a process, and scenarios share one.
    ("P30", "src"),
    // The place of the login is a matter of each framework.
    ("R27", "src/adapters"),
    // These are about files for an operator, and about a process.
    ("XR1", "src/driver"),
    ("XR2", "src/driver"),
    ("XR3", "src/driver"),
    ("XR4", "src/driver"),
    ("XR9", "src/driver"),
    ("XR11", "src/driver"),
    ("XR15", "../examples/recipes/tests"),
    ("XR17", "src"),
    ("XR18", "src/real_server"),
];

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    let is_whole_table = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
    let ran: Arc<Mutex<HashSet<(Harness, &str)>>> = Arc::default();
    let trials = Harness::ALL.into_iter().flat_map(|harness| {
        let ran = &ran;
        all().map(move |scenario| {
            let ran = Arc::clone(ran);
            Trial::test(format!("{harness}::{}", scenario.name), move || {
                run((scenario.run)(harness));
                let rows = scenario.rows.iter().map(|row| (harness, *row));
                ran.lock().map_err(|_| "a scenario panicked")?.extend(rows);
                Ok(())
            })
        })
    });
    let trials = trials.chain(real_servers()).collect();
    let conclusion = libtest_mimic::run(&arguments, trials);
    if is_whole_table && !conclusion.has_failed() {
        let ran = ran
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let on_harnesses = Harness::ALL
            .into_iter()
            .flat_map(|harness| claimed().map(move |row| (harness, row)))
            .filter(|covered| !ran.contains(covered))
            .map(|(harness, row)| format!("{harness} {row}"));
        let elsewhere = ELSEWHERE.into_iter();
        let elsewhere = elsewhere.filter(|(row, folder)| !has_test(row, folder));
        let missing: Vec<String> = on_harnesses
            .chain(elsewhere.map(|(row, _)| row.to_owned()))
            .collect();
        assert!(missing.is_empty(), "nothing covers: {}", missing.join(", "));
        let listed: HashSet<_> = listed().collect();
        let unlisted = ran.iter().find(|(_, row)| !listed.contains(row));
        assert_eq!(unlisted, None, "tests/rows.md has no such row");
    }
    conclusion.exit_code()
}

/// Every behaviour, with each provider that was not written here, on both frameworks.
fn real_servers() -> impl Iterator<Item = Trial> {
    let providers = behaviours::KINDS.into_iter();
    let sites = providers.flat_map(|kind| behaviours::HARNESSES.map(|harness| (kind, harness)));
    sites.flat_map(|(kind, harness)| {
        behaviours::ALL.iter().map(move |behaviour| {
            let name = format!("{}::{harness}::{}", kind.name, behaviour.name);
            Trial::test(name, move || {
                if let Some(provider) = kind.shared() {
                    run((behaviour.run)(provider, harness));
                }
                Ok(())
            })
        })
    })
}

/// The rows that must run on each harness.
fn claimed() -> impl Iterator<Item = &'static str> {
    listed().filter(|row| ELSEWHERE.iter().all(|(elsewhere, _)| elsewhere != row))
}

fn listed() -> impl Iterator<Item = &'static str> {
    let cells = ROWS
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    cells.filter(|row| {
        let number = row.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
        number.len() < row.len() && number.parse::<u32>().is_ok()
    })
}

/// Whether a test in a folder is named after a row.
fn has_test(row: &str, folder: &str) -> bool {
    let number = row.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    let letters = &row[..row.len() - number.len()];
    let named = format!("fn {}{number:0>2}_", letters.to_lowercase());
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
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

fn run(scenario: Pin<Box<dyn Future<Output = ()>>>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(scenario);
}
