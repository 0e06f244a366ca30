//! `cargo xtask instructions`: the instructions that a request takes, compared with a record.
//!
//! Rules kept here:
//! - Instructions are counted, since the load of a machine can't change them, in the build that most applications have.
//!   A figure may rise by a tenth, which another compiler alone can cause.
//! - The calls of `memcmp` are counted beside them, and may not rise. On a machine with AVX-512, glibc takes as long for
//!   the comparison with an empty text as for 300 instructions. The instructions themselves are few.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use crate::install::{self, FOR_COUNTING};
use crate::run::{self, Run};
use crate::workspace;

/// How much of what is recorded a case may take, in percent.
const ALLOWED: u64 = 110;
/// Enough that a single event, such as the growth of a table, does not count.
const TIMES: u64 = 1000;

/// The counts of one run of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counts {
    instructions: u64,
    comparisons: u64,
}

/// A line of the record.
#[derive(Debug, PartialEq, Eq)]
struct Recorded {
    counts: Counts,
    case: String,
}

/// `cargo xtask instructions [--record]`: counts each recorded case, and fails if one takes too many; with `--record`,
/// writes the figures down.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let mut record = String::new();
    let mut grown = Vec::new();
    let counted = counted()?;
    if counted.iter().all(|(_, counts)| counts.comparisons == 0) {
        return Err(
            "callgrind found no call of `memcmp`: its name in this C library is unknown."
                .to_owned(),
        );
    }
    for (
        Recorded {
            counts: before,
            case,
        },
        now,
    ) in counted
    {
        let percent = now.instructions * 100 / before.instructions.max(1);
        println!(
            "{:>9} instructions, {percent:>3} % of the recorded {:>9}; {:>2} comparisons, recorded {:>2}: {case}",
            now.instructions, before.instructions, now.comparisons, before.comparisons,
        );
        record += &format!("{} {} {case}\n", now.instructions, now.comparisons);
        if percent > ALLOWED || now.comparisons > before.comparisons {
            grown.push(case);
        }
    }
    if !arguments.is_empty() {
        let unwritable = |error| format!("{} can't be written ({error}).", path().display());
        return fs::write(path(), record).map_err(unwritable);
    }
    if grown.is_empty() {
        return Ok(());
    }
    Err(format!(
        "These cases take more than {ALLOWED} % of the recorded instructions, or more comparisons: {}. Make it less; or, \
         where it is worth it, record anew with `cargo xtask instructions --record` and say why in the commit.",
        grown.join("; ")
    ))
}

fn path() -> PathBuf {
    workspace::root().join("lab/benches/instructions.txt")
}

fn counted() -> Result<Vec<(Recorded, Counts)>, String> {
    let text = fs::read_to_string(path());
    let text = text.map_err(|error| format!("{} can't be read ({error}).", path().display()))?;
    let recorded = text.lines().map(parse).collect::<Option<Vec<_>>>();
    let recorded = recorded.ok_or_else(|| {
        format!(
            "a line of {} is not two numbers and a case's name.",
            path().display()
        )
    })?;
    install::debian_packages(FOR_COUNTING)?;
    run::cargo("build --locked --profile counted -p fncy-login-benches").go()?;
    let count = |recorded: Recorded| Ok((count(&recorded.case)?, recorded));
    let counts = recorded.into_iter().map(count);
    counts
        .map(|result| result.map(|(count, recorded)| (recorded, count)))
        .collect()
}

fn parse(line: &str) -> Option<Recorded> {
    let mut parts = line.splitn(3, ' ');
    let mut number = || parts.next()?.parse().ok();
    let counts = Counts {
        instructions: number()?,
        comparisons: number()?,
    };
    let case = parts.next()?.to_owned();
    Some(Recorded { counts, case })
}

/// The counts of one run of a case.
fn count(case: &str) -> Result<Counts, String> {
    let program = workspace::target()
        .join("counted")
        .join("fncy-login-benches");
    let profile = workspace::target().join("counted").join("callgrind.out");
    let said = Run::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .args(["--toggle-collect=*Batch*run*", "--log-fd=1"])
        .arg(program)
        .args(["run", case, &TIMES.to_string()])
        .read()?;
    let instructions = collected(&said)
        .ok_or_else(|| format!("callgrind counted nothing of \"{case}\": {said}"))?;
    let profile = fs::read_to_string(&profile)
        .map_err(|error| format!("{} can't be read ({error}).", profile.display()))?;
    Ok(Counts {
        instructions: instructions / TIMES,
        comparisons: comparisons(&profile) / TIMES,
    })
}

fn collected(said: &str) -> Option<u64> {
    let (_, rest) = said.split_once("Collected : ")?;
    rest.split_whitespace()
        .next()?
        .parse()
        .ok()
        .filter(|count| *count > 0)
}

/// The calls of `memcmp` in a profile of callgrind. A function's name is there once, after its number in brackets.
fn comparisons(profile: &str) -> u64 {
    let mut names = HashMap::new();
    let mut called = "";
    let mut count = 0;
    for line in profile.lines() {
        if let Some(calls) = line.strip_prefix("calls=") {
            let is_comparison = ["memcmp", "bcmp", "__memcmp_", "__bcmp_"]
                .iter()
                .any(|name| called.starts_with(name));
            let calls = calls.split(' ').next().and_then(|calls| calls.parse().ok());
            count += calls.filter(|_| is_comparison).unwrap_or(0);
        } else if let Some(function) = line.strip_prefix("fn=").or(line.strip_prefix("cfn=")) {
            let (number, name) = function.split_once(' ').unwrap_or((function, ""));
            if !name.is_empty() {
                names.insert(number, name);
            }
            called = names.get(number).copied().unwrap_or_default();
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{Counts, Recorded, collected, comparisons, parse};

    #[test]
    fn a_line_is_two_counts_and_a_name_with_spaces() {
        let counts = Counts {
            instructions: 12,
            comparisons: 3,
        };
        let case = "check, private".to_owned();
        assert_eq!(
            parse("12 3 check, private"),
            Some(Recorded { counts, case })
        );
        assert_eq!(parse("12 check, private"), None);
    }

    #[test]
    fn comparisons_are_the_calls_of_memcmp() {
        let profile = "fn=(1) main\ncfn=(2) __memcmp_avx2_movbe\ncalls=3 80\n0 21\n\
                       cfn=(3) CRYPTO_memcmp\ncalls=7 0\nfn=(4) other\ncfn=(2)\ncalls=2 80\n";
        assert_eq!(comparisons(profile), 5);
        assert_eq!(comparisons("fn=(1) main\n0 1\n"), 0);
    }

    #[test]
    fn nothing_collected_is_no_figure() {
        assert_eq!(collected("==1== Collected : 4711\n==1== \n"), Some(4711));
        assert_eq!(collected("==1== Collected : 0\n"), None);
        assert_eq!(collected(""), None);
    }
}
