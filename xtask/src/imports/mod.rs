//! The direction of imports inside each crate, which `cargo xtask lint` checks.
//!
//! Rules that a crate keeps, tests aside:
//! - Files import one another without a circle, and so do the folders at the crate's top.
//! - No file reaches up: an import names the file that defines the item, and never `lib.rs` or the `mod.rs` of a
//!   folder around the importing file, which belong to readers outside. `super::super` is written as `crate::…`.
//! - A folder has at most 14 files, and a file at most 400 lines.

mod source;

use std::collections::{BTreeMap, BTreeSet};

use crate::published;
use crate::steps::Done;
use source::Source;

const MOST_FILES: usize = 14;
const MOST_LINES: usize = 400;

/// What each file or folder imports.
type Imports<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Checks every published crate.
pub(crate) fn check() -> Result<Done, String> {
    let mut problems = String::new();
    for folder in published::folders()? {
        let folder = folder.join("src");
        let unreadable = |error| format!("{} can't be read ({error}).", folder.display());
        let source = Source::read(&folder).map_err(unreadable)?;
        for problem in self::problems(&source) {
            problems += &format!("\n{}/{problem}", folder.display());
        }
    }
    let is_right = problems.is_empty();
    is_right.then_some(Done::Passed).ok_or(problems)
}

/// What is against the rules in a crate.
fn problems(source: &Source) -> Vec<String> {
    let mut problems = Vec::new();
    for (folder, count) in source.folders() {
        if count > MOST_FILES {
            problems.push(format!(
                "{folder}: {count} files are in one folder, and {MOST_FILES} are the most."
            ));
        }
    }
    let (mut by_file, mut by_folder) = (Imports::new(), Imports::new());
    for (name, text) in source.code() {
        let lines = text.lines().count();
        if lines > MOST_LINES {
            problems.push(format!(
                "{name}: {lines} lines are in one file, and {MOST_LINES} are the most."
            ));
        }
        for import in source.imports(name, text) {
            if import.reaches_up {
                problems.push(format!(
                    "{name}: `{}` reaches up; import from the file that defines it.",
                    import.path
                ));
            } else if import.file != name {
                by_file.entry(name).or_default().insert(import.file);
                let [from, to] = [name, import.file].map(top);
                if from != to && from != "lib" {
                    by_folder.entry(from).or_default().insert(to);
                }
            }
        }
    }
    for imports in [by_file, by_folder] {
        let circle = imports.keys().find_map(|start| circle(start, &imports));
        problems.extend(circle.map(|circle| format!("{circle}: imports run in a circle.")));
    }
    problems
}

/// The folder at the crate's top that a file is in, or the file itself.
fn top(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap_or(name)
}

/// The way from a start back to itself, if there is one.
fn circle(start: &str, imports: &Imports<'_>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let mut ways = vec![vec![start]];
    while let Some(way) = ways.pop() {
        for &next in imports.get(way.last()?).into_iter().flatten() {
            let longer = [&way[..], &[next]].concat();
            if next == start {
                return Some(longer.join(" -> "));
            }
            if seen.insert(next) {
                ways.push(longer);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::problems;
    use super::source::Source;

    fn found(files: &[(&str, &str)]) -> String {
        let files = files.iter();
        let files = files.map(|(name, text)| ((*name).into(), (*text).into()));
        problems(&Source::new(files.collect())).join("\n")
    }

    #[test]
    fn imports_downwards_and_sideways_pass() {
        let files = [
            ("lib.rs", "mod a;\nmod b;\npub use a::{A, x::X};\n"),
            ("a/mod.rs", "mod x;\nmod y;\npub use x::X;\n"),
            (
                "a/x.rs",
                "use super::y::{self, Y as Z};\npub(in crate::a) struct X;\n",
            ),
            (
                "a/y.rs",
                "//! See [`crate::a::x`].\nuse crate::b::B;\nfn f() { self::g(); Self::h(); }\n",
            ),
            ("b.rs", "pub struct B; // not crate::a::A\n"),
        ];
        assert_eq!(found(&files), "");
    }

    #[test]
    fn a_circle_of_files_is_found_also_over_code_and_braces() {
        let files = [
            ("lib.rs", ""),
            ("a/x.rs", "use crate::{\n    a::{self, y::Y},\n    b,\n};\n"),
            ("a/y.rs", "fn f() {\n    super::z::g();\n}\n"),
            ("a/z.rs", "type X = crate::a::x::X;\n"),
            ("a/mod.rs", ""),
            ("b.rs", ""),
        ];
        let found = found(&files);
        assert!(
            found.contains("a/x.rs -> a/y.rs -> a/z.rs -> a/x.rs: imports"),
            "{found}"
        );
    }

    #[test]
    fn a_circle_of_folders_is_found_without_one_of_files() {
        let files = [
            ("a/mod.rs", ""),
            ("a/x.rs", "use crate::b::x::X;\n"),
            ("a/y.rs", ""),
            ("b/mod.rs", ""),
            ("b/x.rs", ""),
            ("b/y.rs", "use crate::a::y::Y;\n"),
        ];
        assert_eq!(found(&files), "a -> b -> a: imports run in a circle.");
    }

    #[test]
    fn a_file_that_reaches_up_is_found() {
        for import in [
            "use crate::A;",
            "use super::B;",
            "use super::super::c::C;",
            "use crate::a::{x::X, B};",
        ] {
            let files = [
                ("lib.rs", ""),
                ("a/mod.rs", ""),
                ("a/x.rs", import),
                ("a/b/y.rs", ""),
                ("c.rs", ""),
            ];
            let found = found(&files);
            assert!(found.contains("a/x.rs: `"), "{import}: {found}");
        }
    }

    #[test]
    fn tests_may_import_what_they_like() {
        let files = [
            ("lib.rs", "mod a;\n#[cfg(test)]\nmod double;\n"),
            ("double.rs", "use crate::A;\n"),
            ("double/x.rs", "use crate::A;\n"),
            (
                "a.rs",
                "#[cfg(test)]\nuse crate::A;\n\n#[cfg(test)]\n#[path = \"a_tests.rs\"]\nmod tests;\n",
            ),
            ("a_tests.rs", "use crate::A;\n"),
            (
                "b.rs",
                "#[cfg(test)]\nmod tests {\n    use crate::A;\n\n    fn f() {}\n}\n",
            ),
        ];
        assert_eq!(found(&files), "");
    }

    #[test]
    fn a_full_folder_and_a_long_file_are_found() {
        let names: Vec<_> = (0..15).map(|number| format!("a/{number}.rs")).collect();
        let files: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
        assert_eq!(
            found(&files),
            "a: 15 files are in one folder, and 14 are the most."
        );
        let tests = "#[cfg(test)]\nmod tests {\n    fn f() {}\n}\n";
        let most = "fn f() {}\n".repeat(400) + tests;
        assert_eq!(found(&[("a.rs", &most)]), "");
        let long = "fn f() {}\n".repeat(401) + tests;
        assert!(found(&[("a.rs", &long)]).starts_with("a.rs: 401 lines are in one file"));
    }
}
