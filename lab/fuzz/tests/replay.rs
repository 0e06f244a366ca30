//! Every target without a fuzzer: its seeds, what was ever found, and what proptest makes of both.
//!
//! `PROPTEST_CASES` says how often the last is tried: a few times here, for long by `cargo xtask fuzz`
//! where there is no fuzzer.

use std::fs;
use std::panic::catch_unwind;
use std::path::PathBuf;

use fncy_login_fuzz::{TARGETS, Target};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, Strategy, any};
use proptest::sample::{Index, select};
use proptest::test_runner::{RngSeed, TestRunner};

fn run(target: Target, what: &str, data: &[u8]) {
    let checked = catch_unwind(|| (target.check)(data));
    assert!(checked.is_ok(), "{}: {what}: {data:?}", target.name);
}

#[test]
fn seeds_find_nothing() {
    for target in TARGETS {
        for seed in (target.seeds)() {
            run(target, "a seed", &seed);
        }
    }
}

#[test]
fn what_was_found_is_found_no_more() {
    let found = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/found"));
    for folder in fs::read_dir(found).unwrap() {
        let folder = folder.unwrap();
        let name = folder.file_name();
        let target = TARGETS.into_iter().find(|target| *target.name == name);
        let target = target.expect("a folder's name is a target's");
        for file in fs::read_dir(folder.path()).unwrap() {
            let path = file.unwrap().path();
            run(
                target,
                &path.display().to_string(),
                &fs::read(&path).unwrap(),
            );
        }
    }
}

/// Some seed with some bytes written over it, and some behind it.
fn near(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let changes = vec((any::<Index>(), any::<u8>()), 0..8);
    let seed = select(seeds);
    (seed, changes, vec(any::<u8>(), 0..32)).prop_map(|(mut data, changes, more)| {
        data.extend(more);
        for (index, byte) in changes {
            if !data.is_empty() {
                let at = index.index(data.len());
                data[at] = byte;
            }
        }
        data
    })
}

#[test]
fn what_is_near_a_seed_finds_nothing() {
    #[expect(
        clippy::disallowed_methods,
        reason = "how often is a setting of this test alone"
    )]
    let cases = std::env::var("PROPTEST_CASES").map_or(32, |cases| cases.parse().unwrap());
    let config = ProptestConfig {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0),
        ..ProptestConfig::default()
    };
    // Without the corpora there may be no seed at all.
    for target in TARGETS {
        let mut runner = TestRunner::new(config.clone());
        let inputs = near([(target.seeds)(), vec![Vec::new()]].concat());
        let tried = runner.run(&inputs, |data| {
            (target.check)(&data);
            Ok(())
        });
        tried.unwrap_or_else(|error| panic!("{}: {error}", target.name));
    }
}
