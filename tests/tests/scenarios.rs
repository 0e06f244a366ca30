//! Runs every scenario on every harness, and then asks whether each row of the threat and fault
//! matrix that this project claims has really run. Beside them runs what must happen with providers
//! that were not written here.

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

/// Most of a scenario's time is spent waiting.
const THREADS: usize = 8;
/// The rows of these letters, up to these numbers, must run on each harness.
const CLAIMED: [(&str, u32); 6] = [
    ("R", 28),
    ("C", 26),
    ("P", 43),
    ("F", 18),
    ("K", 25),
    ("L", 19),
];
/// These are about a part that all harnesses share: a test with their name is elsewhere.
const ELSEWHERE: [(&str, &str); 9] = [
    // Nobody can reach it from outside.
    ("K14", "../crates/core/src"),
    ("K20", "../crates/core/src"),
    // A hundred thousand callbacks, and a worker whose thread is blocked.
    ("C26", "../crates/login/src"),
    ("F17", "../crates/login/src"),
    // A proxy and a name's addresses are a process's own.
    ("P42", "src"),
    // Clocks of a million entries, and of a store.
    ("L15", "../crates/login/src"),
    ("L18", "../crates/login/src"),
    // Which certificates are trusted is said to a whole process, and scenarios share one.
    ("P30", "src"),
    // Where an axum router or an actix-web scope can carry the login.
    ("R27", "src/adapters"),
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
        let missing: Vec<String> = Harness::ALL
            .into_iter()
            .flat_map(|harness| claimed().map(move |row| (harness, row)))
            .filter(|(harness, row)| !ran.contains(&(*harness, row.as_str())))
            .map(|(harness, row)| format!("{harness} {row}"))
            .collect();
        let elsewhere = ELSEWHERE.into_iter();
        let elsewhere = elsewhere.filter(|(row, folder)| !has_test(row, folder));
        let missing: Vec<String> = missing
            .into_iter()
            .chain(elsewhere.map(|(row, _)| row.to_owned()))
            .collect();
        assert!(missing.is_empty(), "nothing covers: {}", missing.join(", "));
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

fn claimed() -> impl Iterator<Item = String> {
    let rows = CLAIMED.into_iter();
    rows.flat_map(|(letter, count)| (1..=count).map(move |number| format!("{letter}{number}")))
        .filter(|row| ELSEWHERE.iter().all(|(elsewhere, _)| elsewhere != row))
}

/// Whether a test in a folder is named after a row.
fn has_test(row: &str, folder: &str) -> bool {
    let named = format!("fn {}_", row.to_lowercase());
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
