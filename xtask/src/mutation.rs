//! One mutation: a defence that is taken out of the code, and the test that must notice.
//!
//! Rules kept here: an entry of `tests/mutations/*.txt` says what is taken out, the row and its test, the
//! file, what stands there (`- `) and what stands there instead (`+ `); a blank line ends it. What would
//! be taken out must be there exactly once. The tests read the same files with this code.

use std::fmt;

/// A row of the matrix without its defence.
pub(crate) struct Mutation {
    /// What is taken out.
    pub(crate) what: String,
    /// The row of the matrix.
    pub(crate) row: String,
    /// The file, from the workspace's root.
    pub(crate) file: String,
    test: String,
    old: String,
    new: String,
}

/// A test as cargo finds it.
pub(crate) struct Test {
    pub(crate) package: &'static str,
    /// The package's folder.
    pub(crate) folder: &'static str,
    /// Which of the package's test programs it is in.
    pub(crate) program: &'static str,
    /// Its name there.
    pub(crate) name: String,
}

/// The scenarios' program, which other entries than unit tests name.
pub(crate) const SCENARIOS: &str = "--test=scenarios";

const UNIT_TESTS: [(&str, &str, &str); 3] = [
    ("lib:", "fncy-login-tests", "tests"),
    ("core:", "fncy-login-core", "crates/core"),
    ("login:", "fncy-login", "crates/login"),
];

impl Mutation {
    /// Reads a file of entries.
    pub(crate) fn read_all(text: &str) -> Result<Vec<Self>, String> {
        let entries = text.split("\n\n").map(str::trim_end);
        let entries = entries.filter(|entry| !entry.is_empty());
        entries
            .map(|entry| {
                Self::read(entry).ok_or_else(|| {
                    format!("This entry must be a `# ` line, a row and its test, a file, `- ` lines, and `+ ` lines if any:\n{entry}")
                })
            })
            .collect()
    }

    fn read(entry: &str) -> Option<Self> {
        let mut lines = entry.trim_start_matches('\n').lines();
        let what = lines.next()?.strip_prefix("# ")?;
        let (row, test) = lines.next()?.split_once(' ')?;
        let file = lines.next()?;
        let lines: Vec<&str> = lines.collect();
        let is_old = |line: &&&str| line.starts_with('-');
        let (old, new) = lines.split_at(lines.iter().take_while(is_old).count());
        let is_whole = !old.is_empty() && new.iter().all(|line| line.starts_with('+'));
        is_whole.then(|| Self {
            what: what.to_owned(),
            row: row.to_owned(),
            file: file.to_owned(),
            test: test.to_owned(),
            old: source(old),
            new: source(new),
        })
    }

    /// The source without the defence, or why there is none.
    pub(crate) fn applied_to(&self, source: &str) -> Result<String, String> {
        match source.matches(&self.old).count() {
            1 => Ok(source.replacen(&self.old, &self.new, 1)),
            count => Err(format!(
                "what it takes out is {count} times in {}, and must be there once",
                self.file
            )),
        }
    }

    /// The test that must fail. A scenario runs over the bare driver unless its name says otherwise.
    pub(crate) fn test(&self) -> Test {
        let unit_test = UNIT_TESTS
            .into_iter()
            .find_map(|(prefix, package, folder)| {
                let name = self.test.strip_prefix(prefix)?.to_owned();
                Some(Test {
                    package,
                    folder,
                    program: "--lib",
                    name,
                })
            });
        unit_test.unwrap_or_else(|| Test {
            package: "fncy-login-tests",
            folder: "tests",
            program: SCENARIOS,
            name: if self.test.contains("::") {
                self.test.clone()
            } else {
                format!("bare::{}", self.test)
            },
        })
    }
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.row, self.test, self.what)
    }
}

/// Lines without their first two characters. One that is empty in the source may have only the first.
fn source(lines: &[&str]) -> String {
    let lines = lines.iter().map(|line| line.get(2..).unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::Mutation;

    const ENTRIES: &str = "\
# the comparison
C4 c04_state
crates/a.rs
- if a == b {
-
-     c();
+ if true {

# the order
K20 core:seal::k20_nonces
crates/b.rs
- sort();
";

    #[test]
    fn what_is_taken_out_is_replaced_or_gone() {
        let entries = Mutation::read_all(ENTRIES).unwrap();
        let [comparison, order] = entries.as_slice() else {
            panic!("two entries");
        };
        let source = "if a == b {\n\n    c();\n}\n";
        assert_eq!(comparison.applied_to(source).unwrap(), "if true {\n}\n");
        assert_eq!(order.applied_to("a();\nsort();\n").unwrap(), "a();\n\n");
        let problem = order.applied_to("sort();\nsort();\n").unwrap_err();
        assert!(problem.contains("is 2 times in crates/b.rs"), "{problem}");
    }

    #[test]
    fn a_test_is_a_scenario_or_named_with_its_package() {
        let entries = Mutation::read_all(ENTRIES).unwrap();
        let names = entries.iter().map(|entry| {
            let test = entry.test();
            format!("{} {} {}", test.package, test.program, test.name)
        });
        assert_eq!(
            names.collect::<Vec<_>>(),
            [
                "fncy-login-tests --test=scenarios bare::c04_state",
                "fncy-login-core --lib seal::k20_nonces",
            ]
        );
    }

    #[test]
    fn an_entry_that_is_none_is_shown() {
        for entry in [
            "# a\nC4 b",
            "# a\nC4 b\nc\n+ d",
            "a\nC4 b\nc\n- d",
            "# a\nC4 b\nc\n- d\ne",
        ] {
            let problem = Mutation::read_all(entry).err().unwrap();
            assert!(problem.ends_with(entry), "{problem}");
        }
    }
}
