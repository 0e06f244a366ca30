//! The worlds of CI, and what is asked of the worlds themselves.

use fncy_login_world::{Choices, run, run_all};

const SEEDS: u64 = 1_000;

#[test]
fn in_a_thousand_worlds_each_rule_holds() {
    let summary = run_all(0..SEEDS);
    println!("{summary}");
    let falls = summary.falls.iter().map(|(seed, fall)| {
        let story = format!("`cargo xtask world {seed}` tells its story");
        format!("seed {seed}: {}: {}; {story}", fall.rule, fall.seen)
    });
    let falls: Vec<_> = falls.collect();
    assert!(falls.is_empty(), "{}", falls.join("\n"));
    // A world without life breaks no rule.
    for (what, least) in [
        ("faults", 2_000),
        ("pages with a user", 50_000),
        ("requests without a user", 5_000),
        ("requests given up", 300),
        ("requests to the provider", 10_000),
        ("commands for the store", 500_000),
        ("sign-ins", 5_000),
        ("sign-outs", 2_000),
        ("answers 503", 1_000),
        ("secrets sent twice, with an excuse", 50),
    ] {
        let number = summary.counts.get(what).copied().unwrap_or_default();
        assert!(number >= least, "{number} {what}, and not {least}");
    }
    for (fault, worlds) in &summary.faults {
        assert!(*worlds >= 50, "{fault} in {worlds} worlds");
    }
    assert_eq!(summary.faults.len(), 22, "each fault was on");
}

#[test]
fn a_seed_repeats_its_world() {
    for seed in 0..20 {
        let [first, second] = [(); 2].map(|()| run(Choices::seeded(seed), false));
        assert_eq!(first.events, second.events, "seed {seed}");
        assert_eq!(first.fingerprint, second.fingerprint, "seed {seed}");
    }
    let other = run(Choices::seeded(20), false);
    assert_ne!(
        other.fingerprint,
        run(Choices::seeded(21), false).fingerprint
    );
}

#[test]
fn bytes_decide_as_a_seed_does() {
    let mut state = 1;
    for length in (0..2_000).step_by(20) {
        let bytes: Vec<u8> = (0..length)
            .map(|_| getrandom::next(&mut state) as u8)
            .collect();
        let report = run(Choices::of_bytes(&bytes), false);
        assert!(report.fall.is_none(), "{length} bytes: {:?}", report.fall);
    }
}

#[test]
fn a_story_is_told_on_demand() {
    let told = run(Choices::seeded(1), true);
    assert!(told.story.iter().any(|line| line.contains("begins")));
    assert!(run(Choices::seeded(1), false).story.is_empty());
}
