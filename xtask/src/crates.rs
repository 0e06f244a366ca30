//! `cargo xtask crates`: how many crates an adapter brings into its user's build.
//!
//! Rules kept here: a crate counts once for each version of it, as `cargo tree -e normal` lists them on this
//! platform with default features; the adapter itself doesn't count. The line of README.md with [`MARK`] states
//! the numbers, and tower's has a limit.

use std::collections::BTreeSet;
use std::fs;

use crate::{run, workspace};

/// More than this is too many for the tower adapter.
const TOWER_LIMIT: usize = 130;
const MARK: &str = "<!-- crates -->";

/// `cargo xtask crates [--check]`: prints the numbers; with `--check`, fails if tower's is too high or README.md states
/// others.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let [tower, actix] = counted()?;
    let readme = fs::read_to_string(workspace::root().join("README.md")).unwrap_or_default();
    if arguments.is_empty() {
        Ok(())
    } else if tower > TOWER_LIMIT {
        Err(format!(
            "fncy-login-tower pulls in {tower} crates, {TOWER_LIMIT} at most are allowed: drop a dependency or a feature of one."
        ))
    } else if states(&readme, [tower, actix]) {
        Ok(())
    } else {
        Err(format!(
            "README.md needs a line with `{MARK}` that states {tower} and {actix} crates."
        ))
    }
}

fn counted() -> Result<[usize; 2], String> {
    let count = |package| -> Result<usize, String> {
        let tree = run::cargo("tree --locked --color never -e normal --prefix none --format {p}");
        let count = distinct(&tree.args(["-p", package]).read()?);
        println!("{package}: {count} crates");
        Ok(count)
    };
    Ok([count("fncy-login-tower")?, count("fncy-login-actix")?])
}

/// Counts the lines of a `cargo tree`, each `NAME vVERSION` once, without the first: the package itself.
fn distinct(tree: &str) -> usize {
    let mut crates = tree.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        words.next().zip(words.next())
    });
    let itself = crates.next();
    let all: BTreeSet<_> = crates.filter(|one| Some(*one) != itself).collect();
    all.len()
}

/// Whether a line with the mark has these numbers.
fn states(readme: &str, counts: [usize; 2]) -> bool {
    readme
        .lines()
        .filter(|line| line.contains(MARK))
        .any(|line| {
            let words: Vec<_> = line.split(|c: char| !c.is_ascii_digit()).collect();
            counts
                .iter()
                .all(|count| words.contains(&count.to_string().as_str()))
        })
}

#[cfg(test)]
mod tests {
    use super::{distinct, states};

    #[test]
    fn a_crate_counts_once_and_the_package_not_at_all() {
        let tree = "\
fncy-login-tower v0.1.0 (/src/crates/tower)
fncy-login v0.1.0 (/src/crates/login)
http v1.3.1
serde_derive v1.0.219 (proc-macro)
http v0.2.12
http v1.3.1 (*)

fncy-login-tower v0.1.0 (/src/crates/tower) (*)
fncy-login v0.1.0 (/src/crates/login) (*)
";
        assert_eq!(distinct(tree), 4);
        assert_eq!(distinct(""), 0);
    }

    #[test]
    fn the_marked_line_states_both_numbers() {
        for (line, is_right) in [
            ("117 crates, and 152 with actix-web. <!-- crates -->", true),
            ("117 crates, and 152 with actix-web.", false),
            (
                "1170 crates, and 152 with actix-web. <!-- crates -->",
                false,
            ),
        ] {
            assert_eq!(
                states(&format!("# A\n\n{line}\n"), [117, 152]),
                is_right,
                "{line}"
            );
        }
    }
}
