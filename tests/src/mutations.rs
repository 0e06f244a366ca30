//! `tests/mutations`: a defence to take out for each row of the threat matrix, and the test that notices.
//!
//! `cargo xtask mutants` tries them. Here is asked, in a moment, whether they still fit the code and
//! whether every row that is claimed has one.

#[path = "../../xtask/src/mutation.rs"]
mod mutation;

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use mutation::{Mutation, SCENARIOS, Test};

use crate::scenarios::ALL;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn mutations() -> Vec<Mutation> {
    let folder = root().join("tests").join("mutations");
    let files = std::fs::read_dir(folder).unwrap();
    files
        .flat_map(|file| {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            Mutation::read_all(&text).unwrap()
        })
        .collect()
}

/// A row's letter and number.
fn parts(row: &str) -> (&str, u32) {
    let (letter, number) = row.split_at(1);
    (letter, number.parse().unwrap())
}

/// The rows of the matrix are numbered from 1; the scenarios say how far.
#[test]
fn every_row_has_a_defence_to_take_out() {
    let mutations = mutations();
    let rows: HashSet<_> = mutations
        .iter()
        .map(|mutation| parts(&mutation.row))
        .collect();
    let letters: HashSet<_> = rows.iter().map(|(letter, _)| *letter).collect();
    let covered = ALL.iter().flat_map(|scenario| scenario.rows);
    let claimed = covered
        .map(|row| parts(row))
        .filter(|(letter, _)| letters.contains(letter));
    let missing: BTreeSet<_> = claimed
        .flat_map(|(letter, last)| (1..=last).map(move |number| (letter, number)))
        .filter(|row| !rows.contains(row))
        .map(|(letter, number)| format!("{letter}{number}"))
        .collect();
    assert!(
        missing.is_empty(),
        "tests/mutations has nothing for {missing:?}"
    );
}

#[test]
fn every_defence_is_there_once() {
    for mutation in mutations() {
        let source = std::fs::read_to_string(root().join(&mutation.file));
        let source = source.unwrap_or_else(|error| {
            panic!("{mutation}: {} can't be read ({error})", mutation.file)
        });
        if let Err(problem) = mutation.applied_to(&source) {
            panic!("{mutation}: {problem}");
        }
    }
}

/// Whether a package has a test of this name, in whatever module.
fn has_unit_test(test: &Test) -> bool {
    let name = test.name.rsplit("::").next().unwrap_or_default();
    let named = format!("fn {name}()");
    let mut folders = vec![root().join(test.folder).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(path).unwrap().contains(&named) {
                return true;
            }
        }
    }
    false
}

#[test]
fn every_test_is_there_and_covers_its_row() {
    for mutation in mutations() {
        let test = mutation.test();
        let name = test.name.rsplit("::").next().unwrap_or_default();
        if test.program == SCENARIOS {
            let scenario = ALL.iter().find(|scenario| scenario.name == name);
            let scenario =
                scenario.unwrap_or_else(|| panic!("{mutation}: there is no such scenario"));
            assert!(
                scenario.rows.contains(&mutation.row.as_str()),
                "{mutation}: the scenario covers {:?}",
                scenario.rows
            );
        } else {
            assert!(
                has_unit_test(&test),
                "{mutation}: {} has no such test",
                test.folder
            );
            let (letter, number) = parts(&mutation.row);
            let row = format!("{}{number:02}", letter.to_lowercase());
            assert!(
                name.split('_').any(|word| word == row),
                "{mutation}: the test's name says nothing of {row}"
            );
        }
    }
}
