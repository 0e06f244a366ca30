//! `cargo xtask crates`: how many crates an adapter brings into its user's build.
//!
//! Rules kept here: a crate counts once for each version of it, as `cargo tree -e normal` lists them on
//! this platform with default features; our own count like all others, the adapter itself doesn't. README.md
//! says the same numbers, and tower's has a limit.

use std::collections::BTreeSet;
use std::fs;

use crate::{run, workspace};

/// More than this is too many for the tower adapter.
const TOWER_LIMIT: usize = 130;

/// The numbers, counted or as README.md states them.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
struct Counts {
    tower: usize,
    actix: usize,
}

/// Prints the numbers.
pub(crate) fn print() -> Result<(), String> {
    show(counted()?);
    Ok(())
}

/// Prints the numbers and fails where they are too high or README.md differs.
pub(crate) fn check() -> Result<(), String> {
    let counts = counted()?;
    show(counts);
    if counts.tower > TOWER_LIMIT {
        return Err(format!(
            "fncy-login-tower pulls in {} crates, {TOWER_LIMIT} at most are allowed: drop a dependency or a feature of one.",
            counts.tower
        ));
    }
    let readme = workspace::root().join("README.md");
    let readme = fs::read_to_string(readme).map_err(|error| {
        let comment = comment(counts);
        format!("README.md can't be read ({error}); it must hold a line with `{comment}`.")
    })?;
    agrees(&readme, counts)
}

fn show(counts: Counts) {
    println!("fncy-login-tower: {} crates", counts.tower);
    println!("fncy-login-actix: {} crates", counts.actix);
    println!(
        "Counted: each crate and version `cargo tree -e normal` lists on this platform with default \
         features, once; ours too, the adapter itself not; no build or dev dependencies."
    );
}

fn counted() -> Result<Counts, String> {
    Ok(Counts {
        tower: below("fncy-login-tower")?,
        actix: below("fncy-login-actix")?,
    })
}

fn below(package: &str) -> Result<usize, String> {
    let tree = run::cargo("tree --locked --color never -e normal --prefix none --format {p}");
    Ok(distinct(&tree.args(["-p", package]).read()?))
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

fn comment(counts: Counts) -> String {
    format!(
        "<!-- crates: tower={} actix={} -->",
        counts.tower, counts.actix
    )
}

/// Whether README.md says these numbers: in the comment, and in what people read on its line.
fn agrees(readme: &str, counts: Counts) -> Result<(), String> {
    let comment = comment(counts);
    let Some((line, stated)) = readme.lines().find_map(|line| Some((line, stated(line)?))) else {
        return Err(format!(
            "README.md doesn't say how many crates there are: add `{comment}` to the line that does."
        ));
    };
    if stated != Some(counts) {
        return Err(format!(
            "README.md's number of crates is out of date: write `{comment}`, and the same numbers on that line."
        ));
    }
    let prose = line.replace(&comment, "");
    let says = |number: usize| {
        prose
            .split(|c: char| !c.is_ascii_digit())
            .any(|word| word == number.to_string())
    };
    if says(counts.tower) && says(counts.actix) {
        Ok(())
    } else {
        Err(format!(
            "README.md's line with `{comment}` must say {} and {} in its text as well.",
            counts.tower, counts.actix
        ))
    }
}

/// The numbers of the line's comment: nothing where it has none, `Some(None)` where they can't be read.
fn stated(line: &str) -> Option<Option<Counts>> {
    let (_, rest) = line.split_once("<!-- crates:")?;
    let number = |key: &str| {
        let (inner, _) = rest.split_once("-->")?;
        let mut words = inner.split_whitespace();
        words.find_map(|word| word.strip_prefix(key)?.parse().ok())
    };
    Some(
        number("tower=")
            .zip(number("actix="))
            .map(|(tower, actix)| Counts { tower, actix }),
    )
}

#[cfg(test)]
mod tests {
    use super::{Counts, agrees, distinct, stated};

    const COUNTS: Counts = Counts {
        tower: 117,
        actix: 152,
    };

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
    }

    #[test]
    fn a_package_without_dependencies_pulls_in_nothing() {
        assert_eq!(distinct("fncy-login-tower v0.1.0 (/src/crates/tower)\n"), 0);
        assert_eq!(distinct(""), 0);
    }

    #[test]
    fn the_comment_is_read_wherever_it_stands_on_the_line() {
        let line = "- 117 and 152 crates. <!-- crates: tower=117 actix=152 -->";
        assert_eq!(stated(line), Some(Some(COUNTS)));
        let line = "<!-- crates:  actix=152   tower=117 --> text";
        assert_eq!(stated(line), Some(Some(COUNTS)));
    }

    #[test]
    fn a_comment_that_cannot_be_read_is_no_agreement() {
        for line in [
            "<!-- crates: tower=117 -->",
            "<!-- crates: tower=117 actix=many -->",
            "<!-- crates: tower=117 actix=152",
        ] {
            assert_eq!(stated(line), Some(None), "{line}");
        }
        assert_eq!(stated("117 crates"), None);
    }

    #[test]
    fn a_readme_agrees_in_comment_and_text() {
        let says = |line: &str| agrees(&format!("# FNCY Login\n\n{line}\n"), COUNTS);
        assert_eq!(
            says("117 crates, 152 on actix. <!-- crates: tower=117 actix=152 -->"),
            Ok(())
        );
        let problem = says("117 crates, 152 on actix.").unwrap_err();
        assert!(problem.contains("doesn't say"), "{problem}");
        let problem = says("116, 152 <!-- crates: tower=116 actix=152 -->").unwrap_err();
        assert!(problem.contains("out of date"), "{problem}");
        let problem = says("1170, 152 <!-- crates: tower=117 actix=152 -->").unwrap_err();
        assert!(problem.contains("in its text as well"), "{problem}");
    }
}
