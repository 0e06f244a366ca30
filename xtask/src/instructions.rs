//! `cargo xtask instructions`: the instructions that a request takes, compared with a record.
//!
//! Rules kept here: instructions are counted, since the load of a machine can't change them, in the build that most
//! applications have. A figure may rise by a tenth, which another compiler alone can cause.

use std::fs;
use std::path::PathBuf;

use crate::install::{self, FOR_COUNTING};
use crate::run::{self, Run};
use crate::workspace;

/// How much of what is recorded a case may take, in percent.
const ALLOWED: u64 = 110;
/// Enough that a single event, such as the growth of a table, does not count.
const TIMES: u64 = 1000;

/// A line of the record.
#[derive(Debug, PartialEq, Eq)]
struct Recorded {
    count: u64,
    case: String,
}

/// `cargo xtask instructions [--record]`: counts each recorded case, and fails if one takes too many; with `--record`,
/// writes the figures down.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let mut record = String::new();
    let mut grown = Vec::new();
    for (
        Recorded {
            count: before,
            case,
        },
        count,
    ) in counted()?
    {
        let percent = count * 100 / before.max(1);
        println!("{count:>9} instructions, {percent:>3} % of the recorded {before:>9}: {case}");
        record += &format!("{count} {case}\n");
        if percent > ALLOWED {
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
        "{ALLOWED} % of what is recorded is exceeded by: {}. Make it less; or, where it is worth it, record \
         anew with `cargo xtask instructions --record` and say why in the commit.",
        grown.join("; ")
    ))
}

fn path() -> PathBuf {
    workspace::root().join("lab/benches/instructions.txt")
}

fn counted() -> Result<Vec<(Recorded, u64)>, String> {
    let text = fs::read_to_string(path());
    let text = text.map_err(|error| format!("{} can't be read ({error}).", path().display()))?;
    let recorded = text.lines().map(parse).collect::<Option<Vec<_>>>();
    let recorded = recorded.ok_or_else(|| {
        format!(
            "a line of {} is no number and a case's name.",
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
    let (count, case) = line.split_once(' ')?;
    Some(Recorded {
        count: count.parse().ok()?,
        case: case.to_owned(),
    })
}

/// The instructions of one run of a case.
fn count(case: &str) -> Result<u64, String> {
    let program = workspace::target()
        .join("counted")
        .join("fncy-login-benches");
    let said = Run::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(["--toggle-collect=*Batch*run*", "--log-fd=1"])
        .arg(program)
        .args(["run", case, &TIMES.to_string()])
        .read()?;
    collected(&said)
        .map(|all| all / TIMES)
        .ok_or_else(|| format!("callgrind counted nothing of \"{case}\": {said}"))
}

fn collected(said: &str) -> Option<u64> {
    let (_, rest) = said.split_once("Collected : ")?;
    rest.split_whitespace()
        .next()?
        .parse()
        .ok()
        .filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::{Recorded, collected, parse};

    #[test]
    fn a_line_is_a_count_and_a_name_with_spaces() {
        let line = Recorded {
            count: 12,
            case: "check, private".to_owned(),
        };
        assert_eq!(parse("12 check, private"), Some(line));
        assert_eq!(parse("check, private"), None);
    }

    #[test]
    fn nothing_collected_is_no_figure() {
        assert_eq!(collected("==1== Collected : 4711\n==1== \n"), Some(4711));
        assert_eq!(collected("==1== Collected : 0\n"), None);
        assert_eq!(collected(""), None);
    }
}
