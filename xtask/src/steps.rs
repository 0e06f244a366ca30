//! Named steps, one after the other, with a table at the end.
//!
//! Rules kept here: after a failed step the others still run; a step that could not be checked is never shown as passed;
//! one failure fails the whole.

use std::time::{Duration, Instant};

/// One step.
pub(crate) struct Step {
    name: &'static str,
    run: fn() -> Result<Done, String>,
}

impl Step {
    pub(crate) const fn new(name: &'static str, run: fn() -> Result<Done, String>) -> Self {
        Self { name, run }
    }
}

/// How a step ended without a failure.
pub(crate) enum Done {
    /// It was checked.
    Passed,
    /// It could not be checked, and why.
    NotChecked(String),
}

/// Runs every step, or the named one, then prints the table.
pub(crate) fn run(steps: &[Step], names: &[&str]) -> Result<(), String> {
    let mut table = Vec::new();
    let mut failed = Vec::new();
    for step in steps {
        if !names.is_empty() && !names.contains(&step.name) {
            continue;
        }
        println!("\n== {}", step.name);
        let (result, took) = timed(step.run);
        let state = match result {
            Ok(Done::Passed) => "ok",
            Ok(Done::NotChecked(why)) => {
                println!("{}: not checked, {why}", step.name);
                "not checked"
            }
            Err(problem) => {
                println!("{}: {problem}", step.name);
                failed.push(step.name);
                "failed"
            }
        };
        table.push(row(step.name, took, state));
    }
    if table.is_empty() {
        let names: Vec<_> = steps.iter().map(|step| step.name).collect();
        return Err(format!(
            "There is no such step; write one of: {}.",
            names.join(", ")
        ));
    }
    println!("\n{}", table.join("\n"));
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("failed: {}.", failed.join(", ")))
    }
}

fn row(name: &str, took: Duration, state: &str) -> String {
    format!("{name:<16}{:>8.1} s  {state}", took.as_secs_f64())
}

/// What something came to, and how long it took.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a step took is for people to read; nothing is decided by it"
)]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let result = work();
    (result, began.elapsed())
}

#[cfg(test)]
mod tests {
    use super::{Done, Step, row, run};
    use std::time::Duration;

    const PASSES: Step = Step::new("passes", || Ok(Done::Passed));
    const UNCHECKED: Step = Step::new("unchecked", || {
        Ok(Done::NotChecked("there is no data".to_owned()))
    });
    const FAILS: Step = Step::new("fails", || Err("no".to_owned()));

    #[test]
    fn what_was_not_checked_does_not_fail_the_whole() {
        assert_eq!(run(&[PASSES, UNCHECKED], &[]), Ok(()));
    }

    #[test]
    fn a_failure_is_named_and_the_later_steps_still_run() {
        let problem = run(&[FAILS, PASSES, FAILS], &[]);
        assert_eq!(problem, Err("failed: fails, fails.".to_owned()));
    }

    #[test]
    fn one_step_runs_alone_and_one_that_is_not_there_is_an_error() {
        assert_eq!(run(&[FAILS, PASSES], &["passes"]), Ok(()));
        let problem = run(&[FAILS, PASSES], &["other"]);
        assert_eq!(
            problem.unwrap_err(),
            "There is no such step; write one of: fails, passes."
        );
    }

    #[test]
    fn rows_line_up() {
        let short = row("a", Duration::from_millis(40), "ok");
        let long = row("advisories", Duration::from_secs(156), "ok");
        assert_eq!(short.len(), long.len());
        assert!(long.ends_with("156.0 s  ok"));
    }
}
