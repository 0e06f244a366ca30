//! `cargo xtask defences`: takes the defences out one by one, and shows in how many simulated worlds that is noticed.
//!
//! Rules kept here:
//! - Sources are changed in a copy below `target`. All changes are built at once, and a variable takes one of them out.
//! - A world that falls with all defences doesn't count. A defence that no world notices is an error.

mod table;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{self, Run};
use crate::workspace;
use table::{Change, DEFENCES, SCRIPTS};

/// The worlds for each defence, unless another number is given.
const WORLDS: &str = "1000";

/// A copy of the project's sources.
struct Copy {
    root: PathBuf,
    worlds: u64,
}

/// The rule that did not hold, by seed.
type Falls = BTreeMap<u64, String>;

/// `cargo xtask defences [WORLDS] [PART OF A NAME]`.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let (number, part) = match arguments {
        [number, part, ..] => (*number, *part),
        [number] => (*number, ""),
        [] => (WORLDS, ""),
    };
    let worlds = number.parse();
    let worlds = worlds.map_err(|_| format!("`{number}` is not a number of worlds."))?;
    let copy = Copy::make(worlds)?;
    copy.build()?;
    let before = copy.falls(None)?;
    let mut unnoticed = Vec::new();
    let mut lines = vec![line("all", &before)];
    let numbered = DEFENCES.iter().enumerate();
    for (index, defence) in numbered.filter(|(_, one)| one.name.contains(part)) {
        let mut falls = copy.falls(Some(index))?;
        falls.retain(|seed, _| !before.contains_key(seed));
        lines.push(line(&format!("without: {}", defence.name), &falls));
        if falls.is_empty() {
            unnoticed.push(defence.name);
        }
    }
    println!("\n| defences | worlds of {worlds} | first rule that fell |\n| --- | --: | --- |");
    println!("{}", lines.join("\n"));
    if !before.is_empty() {
        Err("Worlds fall with all defences: see the first line.".to_owned())
    } else if !unnoticed.is_empty() {
        Err(format!(
            "No world notices the lack of: {}.",
            unnoticed.join("; ")
        ))
    } else {
        Ok(())
    }
}

/// A line of the table.
fn line(name: &str, falls: &Falls) -> String {
    let first = falls.first_key_value();
    let first = first.map_or_else(String::new, |(seed, rule)| format!("{rule} (seed {seed})"));
    format!("| {name} | {} | {first} |", falls.len())
}

impl Copy {
    /// Copies what git knows and what it would take, with all changes. A file that is as before keeps its time, so that
    /// cargo builds little.
    fn make(worlds: u64) -> Result<Self, String> {
        let root = workspace::target().join("defences/sources");
        let listed =
            Run::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]);
        for file in listed.read()?.lines() {
            let (from, to) = (workspace::root().join(file), root.join(file));
            if !from.is_file() {
                continue;
            }
            let mut text = fs::read(&from).map_err(|error| unusable(&from, &error))?;
            for (index, change) in changes_of(file) {
                text = without(&text, index, change);
            }
            if fs::read(&to).is_ok_and(|copied| copied == text) {
                continue;
            }
            let folder = to.parent().unwrap_or(&to);
            let written = fs::create_dir_all(folder).and_then(|()| fs::write(&to, text));
            written.map_err(|error| unusable(&to, &error))?;
        }
        Ok(Self { root, worlds })
    }

    fn build(&self) -> Result<(), String> {
        let log = workspace::target().join("defences/build.log");
        self.cargo("build --locked").log(&log)
    }

    /// The worlds that fall without a defence.
    fn falls(&self, without: Option<usize>) -> Result<Falls, String> {
        let run = self
            .cargo("run --quiet --locked -- 0")
            .arg(self.worlds.to_string());
        let without = without.map_or_else(String::new, |index| index.to_string());
        Ok(read(&run.env("WITHOUT", &without).says()?, self.worlds))
    }

    fn cargo(&self, arguments: &str) -> Run {
        let target = workspace::target().join("defences/target");
        let cargo = run::cargo(arguments).within(&self.root.join("lab/world"));
        cargo.env("CARGO_TARGET_DIR", &target.to_string_lossy())
    }
}

/// The changes of a file, each with the number of its defence.
fn changes_of(file: &str) -> impl Iterator<Item = (usize, &'static Change)> {
    let numbered = DEFENCES.iter().enumerate();
    let changes =
        numbered.flat_map(|(index, one)| one.changes.iter().map(move |change| (index, change)));
    changes
        .chain([(0, &SCRIPTS)])
        .filter(move |(_, change)| change.file == file)
}

/// A file with a change that is made while a defence is out.
fn without(text: &[u8], index: usize, change: &Change) -> Vec<u8> {
    let is_out = if change.file.ends_with(".lua") {
        format!("(WITHOUT == '{index}')")
    } else {
        format!("std::env::var(\"WITHOUT\").is_ok_and(|one| one == \"{index}\")")
    };
    // The change that passes the variable on has its name in quotes.
    let instead = change.instead.replace("WITHOUT", &is_out);
    let instead = if change.file == SCRIPTS.file {
        change.instead
    } else {
        &instead
    };
    String::from_utf8_lossy(text)
        .replace(change.text, instead)
        .into_bytes()
}

/// The falls in what the worlds print. A world that panics takes others of its thread with it.
fn read(printed: &str, worlds: u64) -> Falls {
    let falls = printed.lines().filter_map(|line| {
        let (seed, rest) = line.strip_prefix("seed ")?.split_once(": ")?;
        let (rule, _) = rest.split_once(": ")?;
        Some((seed.parse().ok()?, rule.to_owned()))
    });
    let mut falls: Falls = falls.collect();
    let has_all = printed
        .lines()
        .any(|line| line.starts_with(&format!("{worlds} worlds, ")));
    if !has_all {
        falls.insert(worlds, "a world panicked".to_owned());
    }
    falls
}

fn unusable(path: &Path, error: &std::io::Error) -> String {
    format!("{} can't be read or written ({error}).", path.display())
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_first_rule_of_each_world_is_read() {
        let printed = "\
3 worlds, 900 events, 0.1 s
          12  sign-ins
seed 1: no code or refresh token is sent twice: code-1 came from a: twice
seed 2: all is well at the end: /page is answered 503
2 worlds fell
";
        let falls = read(printed, 3);
        let rules: Vec<_> = falls
            .iter()
            .map(|(seed, rule)| (*seed, rule.as_str()))
            .collect();
        let [first, last] = [
            "no code or refresh token is sent twice",
            "all is well at the end",
        ];
        assert_eq!(rules, [(1, first), (2, last)]);
        assert_eq!(
            read("2 worlds, 9 events, 0.1 s\n", 3)[&3],
            "a world panicked"
        );
    }
}
