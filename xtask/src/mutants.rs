//! `cargo xtask mutants`: whether the tests notice when a defence is taken out.
//!
//! Rules kept here: the user's files are read and never written; a test that fails without a mutation
//! proves nothing, so each is run without one first; whatever is not caught fails the whole.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::mutation::{Mutation, Test};
use crate::run::{Ended, Run};
use crate::steps::timed;
use crate::{run, tree, workspace};

/// Longer than the longest scenario. What takes out the end of a loop never ends.
const DEADLINE: Duration = Duration::from_secs(120);

/// How many tests run at once where none is mutated.
const AT_ONCE: usize = 8;

/// What a mutation comes to.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    Caught,
    Survived,
    Unusable(String),
}

/// Where mutants are made.
struct Workshop {
    tree: PathBuf,
    built: PathBuf,
}

/// Tries the mutations of these rows and letters, or all of them.
pub(crate) fn run(asked: &[&str]) -> Result<(), String> {
    let mutations = selected(asked)?;
    let place = workspace::target().join("mutants");
    let workshop = Workshop {
        tree: place.join("tree"),
        built: place.join("target"),
    };
    tree::copy(&workspace::root(), &workshop.tree)?;
    workshop.check_tests(&mutations)?;
    let (fates, took) = timed(|| {
        let fates = mutations.iter().map(|mutation| workshop.attempt(mutation));
        fates.collect::<Result<Vec<_>, _>>()
    });
    let (all, fates) = (mutations.len(), fates?);
    let caught = fates.iter().filter(|fate| **fate == Fate::Caught).count();
    println!("\ncaught {caught} of {all} in {} s", took.as_secs());
    if caught == all {
        return Ok(());
    }
    let missed = mutations.iter().zip(&fates);
    let missed = missed.filter(|(_, fate)| **fate != Fate::Caught);
    let missed: Vec<String> = missed.map(|(mutation, _)| mutation.to_string()).collect();
    Err(format!("not caught:\n{}", missed.join("\n")))
}

/// The mutations that were asked for, those of one file behind one another.
fn selected(asked: &[&str]) -> Result<Vec<Mutation>, String> {
    let folder = workspace::root().join("tests").join("mutations");
    let unreadable = |error| format!("{} can't be read ({error}).", folder.display());
    let mut all = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let text = fs::read_to_string(&path).map_err(unreadable)?;
        all.extend(Mutation::read_all(&text)?);
    }
    for asked in asked {
        if !all.iter().any(|mutation| is_asked(asked, mutation)) {
            return Err(format!(
                "no mutation is for {asked:?}; name a row such as C4, or a letter."
            ));
        }
    }
    all.retain(|mutation| asked.is_empty() || asked.iter().any(|asked| is_asked(asked, mutation)));
    all.sort_by(|one, other| one.file.cmp(&other.file));
    Ok(all)
}

fn is_asked(asked: &str, mutation: &Mutation) -> bool {
    let letter = mutation
        .row
        .trim_end_matches(|digit: char| digit.is_ascii_digit());
    [letter, &mutation.row]
        .iter()
        .any(|name| name.eq_ignore_ascii_case(asked))
}

impl Workshop {
    /// Runs each test as it is, several at once: most of the time they wait.
    fn check_tests(&self, mutations: &[Mutation]) -> Result<(), String> {
        let name = |test: &Test| (test.package, test.program, test.name.clone());
        let tests = mutations.iter().map(Mutation::test);
        let tests: BTreeMap<_, _> = tests.map(|test| (name(&test), test)).collect();
        println!("{} tests without any mutation", tests.len());
        let mut programs = BTreeMap::new();
        for test in tests.values() {
            if let Entry::Vacant(program) = programs.entry((test.package, test.program)) {
                program.insert(self.program(test)?);
            }
        }
        let waiting = Mutex::new(tests.values());
        let next = || {
            waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .next()
        };
        let work = || {
            std::iter::from_fn(next).try_for_each(|test| {
                let program = &programs[&(test.package, test.program)];
                match self.outcome(test, program)? {
                    Ended::Well => Ok(()),
                    Ended::Badly | Ended::TooLate => Err(format!(
                        "{} of {} fails as it is; mend it first.",
                        test.name, test.package
                    )),
                }
            })
        };
        thread::scope(|scope| {
            let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
            let ended = workers.into_iter().map(|worker| {
                let died = |_| Err("a test's run ended with a panic".to_owned());
                worker.join().unwrap_or_else(died)
            });
            ended.collect()
        })
    }

    fn attempt(&self, mutation: &Mutation) -> Result<Fate, String> {
        let (fate, took) = timed(|| self.fate(mutation));
        let fate = fate?;
        let said = match &fate {
            Fate::Caught => "caught",
            Fate::Survived => "SURVIVED",
            Fate::Unusable(why) => why,
        };
        println!("{:>6.1} s  {said:<9} {mutation}", took.as_secs_f64());
        Ok(fate)
    }

    fn fate(&self, mutation: &Mutation) -> Result<Fate, String> {
        let file = self.tree.join(&mutation.file);
        let unusable = |error| format!("{} can't be changed ({error}).", file.display());
        let source = fs::read_to_string(&file).map_err(unusable)?;
        let mutant = match mutation.applied_to(&source) {
            Ok(mutant) => mutant,
            Err(why) => return Ok(Fate::Unusable(why)),
        };
        fs::write(&file, mutant).map_err(unusable)?;
        let test = mutation.test();
        let outcome = self.program(&test);
        let fate = match outcome.and_then(|program| self.outcome(&test, &program)) {
            Ok(Ended::Well) => Fate::Survived,
            Ok(Ended::Badly | Ended::TooLate) => Fate::Caught,
            Err(why) => Fate::Unusable(why),
        };
        fs::write(&file, source).map_err(unusable)?;
        Ok(fate)
    }

    fn outcome(&self, test: &Test, program: &str) -> Result<Ended, String> {
        let run = self.ready(Run::named(&test.name, program.into()));
        let run = run.within(&self.tree.join(test.folder));
        let (ended, said) = run.args(["--exact", &test.name]).watch(DEADLINE)?;
        if said.contains("running 0 tests") {
            return Err(format!(
                "there is no test {} in {}",
                test.name, test.package
            ));
        }
        Ok(ended)
    }

    /// The test program that is built now.
    fn program(&self, test: &Test) -> Result<String, String> {
        let build =
            run::cargo("test --locked --no-run --quiet --message-format json-render-diagnostics")
                .args(["-p", test.package, test.program])
                .arg("--target-dir")
                .arg(&self.built);
        let messages = self.ready(build).within(&self.tree).read();
        let messages = messages.map_err(|problem| {
            let error = problem.find("error").map(|start| &problem[start..]);
            let error = error.and_then(|error| error.lines().next());
            format!("does not compile: {}", error.unwrap_or(&problem))
        })?;
        let mut programs = messages.lines().filter_map(|line| {
            let (_, path) = line.split_once("\"executable\":\"")?;
            path.split('"').next()
        });
        let program = programs.next_back().map(str::to_owned);
        program.ok_or_else(|| format!("{} has no tests in {}", test.package, test.program))
    }

    /// Nobody debugs mutants; all of them are nearly alike.
    fn ready(&self, run: Run) -> Run {
        run.env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env("CARGO_INCREMENTAL", "1")
            .env("FNCY_CORPORA", &workspace::corpora().to_string_lossy())
    }
}

#[cfg(test)]
mod tests {
    use super::is_asked;
    use crate::mutation::Mutation;

    #[test]
    fn a_letter_is_all_its_rows_and_a_row_is_itself() {
        let entries = Mutation::read_all("# a\nK12 b\nc\n- d\n").unwrap();
        for (asked, is_meant) in [("K", true), ("k12", true), ("K1", false), ("R", false)] {
            assert_eq!(is_asked(asked, &entries[0]), is_meant, "{asked}");
        }
    }
}
