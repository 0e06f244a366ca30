//! `cargo xtask fuzz`: the targets of `lab/fuzz` and the simulated world, run by libFuzzer, two at a time.
//!
//! Rules kept here:
//! - Files are written below `target` only. A finding is named; copy it below `lab/fuzz/found`, where `cargo test` tries it.
//! - Without a nightly toolchain the same bodies run as property tests, and the command says so.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use crate::install::{self, CARGO_FUZZ};
use crate::run::{self, Run, probe};
use crate::steps::Done;
use crate::workspace;

const PACKAGE: &str = "fncy-login-fuzz";
/// Where the targets are.
const FOLDERS: [&str; 2] = ["lab/fuzz/libfuzzer", "lab/world/libfuzzer"];
/// The runtimes of a world are seeded, which tokio offers with this cfg alone.
const CFG: &str = "--cfg tokio_unstable";
/// A machine has two cores at least.
const AT_ONCE: usize = 2;
/// So many cases of each target take some ten minutes.
const CASES_WITHOUT_FUZZER: &str = "2000";

/// How long a target runs by default, in seconds.
pub(crate) const A_MINUTE: u32 = 60;

/// `cargo xtask fuzz [TARGET] [SECONDS]`.
pub(crate) fn by_hand(arguments: &[&str]) -> Result<(), String> {
    let (target, seconds) = match *arguments {
        [] => (None, A_MINUTE),
        [word] => word
            .parse()
            .map_or((Some(word), A_MINUTE), |seconds| (None, seconds)),
        [target, seconds] => {
            let seconds = seconds
                .parse()
                .map_err(|_| format!("`{seconds}` is no number of seconds."))?;
            (Some(target), seconds)
        }
        _ => return Err("write `cargo xtask fuzz [TARGET] [SECONDS]`.".to_owned()),
    };
    if let Done::NotChecked(why) = run(target, seconds)? {
        println!("not checked: {why}");
    }
    Ok(())
}

/// Runs a target, or all of them, for so many seconds each.
pub(crate) fn run(target: Option<&str>, seconds: u32) -> Result<Done, String> {
    if probe("rustup", &["run", "nightly", "rustc", "--version"]).is_none() {
        run::cargo("test --locked --test replay --package")
            .arg(PACKAGE)
            .env("PROPTEST_CASES", CASES_WITHOUT_FUZZER)
            .go()?;
        let why = "libFuzzer needs a nightly toolchain; the same bodies ran as property tests";
        return Ok(Done::NotChecked(why.to_owned()));
    }
    let mut names = names()?;
    if let Some(target) = target {
        if !names.iter().any(|name| name == target) {
            let names = names.join(", ");
            return Err(format!("`{target}` is no target; write one of: {names}."));
        }
        names = vec![target.to_owned()];
    }
    let fuzzer = Fuzzer::build(target, seconds)?;
    let mut failed = Vec::new();
    for names in names.chunks(AT_ONCE) {
        thread::scope(|scope| {
            let runs: Vec<_> = names
                .iter()
                .map(|name| (name, scope.spawn(|| fuzzer.run(name))))
                .collect();
            for (name, run) in runs {
                if let Err(problem) = run
                    .join()
                    .unwrap_or_else(|_| Err("it ended with a panic".to_owned()))
                {
                    println!("{problem}");
                    failed.push(name.as_str());
                }
            }
        });
    }
    if failed.is_empty() {
        Ok(Done::Passed)
    } else {
        Err(format!("something was found by: {}.", failed.join(", ")))
    }
}

/// The targets, by their files.
fn names() -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for folder in FOLDERS {
        names.extend(names_in(folder)?);
    }
    names.sort_unstable();
    Ok(names)
}

fn names_in(folder: &str) -> Result<Vec<String>, String> {
    let folder = workspace::root().join(folder).join("fuzz_targets");
    let files = fs::read_dir(&folder)
        .map_err(|error| format!("{} can't be read: {error}.", folder.display()))?;
    let names = files.filter_map(|file| {
        let name = file.ok()?.file_name().into_string().ok()?;
        Some(name.strip_suffix(".rs")?.to_owned())
    });
    Ok(names.collect())
}

/// What every target needs.
struct Fuzzer {
    folder: PathBuf,
    programs: PathBuf,
    authority: Option<PathBuf>,
    seconds: u32,
}

impl Fuzzer {
    /// Builds the seeds and the programs.
    fn build(target: Option<&str>, seconds: u32) -> Result<Self, String> {
        let folder = workspace::target().join("fuzz");
        run::cargo("run --locked --quiet --package")
            .args([PACKAGE, "--"])
            .arg(folder.join("seeds"))
            .go()?;
        let build = folder.join("build");
        for sources in FOLDERS {
            if let Some(target) = target
                && !names_in(sources)?.iter().any(|name| name == target)
            {
                continue;
            }
            install::cargo_tool(&CARGO_FUZZ)?
                .args(["build", "--fuzz-dir", sources, "--target-dir"])
                .arg(&build)
                .args(target)
                .env("RUSTUP_TOOLCHAIN", "nightly")
                .env("RUSTFLAGS", CFG)
                // Ours would be the cargo of another toolchain.
                .env("CARGO", "cargo")
                .go()?;
        }
        Ok(Self {
            authority: one_authority(&folder),
            programs: build.join(host()?).join("release"),
            folder,
            seconds,
        })
    }

    /// Runs one target and prints what came of it.
    fn run(&self, name: &str) -> Result<(), String> {
        let [corpus, seeds, found] =
            ["corpus", "seeds", "found"].map(|kind| self.folder.join(kind).join(name));
        for folder in [&corpus, &seeds, &found] {
            fs::create_dir_all(folder)
                .map_err(|error| format!("{} can't be made: {error}.", folder.display()))?;
        }
        let mut target = Run::named(name, self.programs.join(name).into())
            .arg(&corpus)
            .arg(&seeds)
            .arg(format!("-max_total_time={}", self.seconds))
            .arg(format!("-artifact_prefix={}/", found.display()))
            .args(["-timeout=60", "-detect_leaks=0", "-len_control=10"])
            .env(
                "ASAN_OPTIONS",
                "detect_odr_violation=0:malloc_context_size=0",
            );
        if let Some(authority) = &self.authority {
            target = target
                .env("SSL_CERT_FILE", &authority.display().to_string())
                .env("SSL_CERT_DIR", "/dev/null");
        }
        let log = self.folder.join(format!("{name}.log"));
        let ran = target.log(&log);
        let said = fs::read(&log).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        println!("{name}: {}", summary(&said).unwrap_or("it did not begin"));
        ran.map_err(|problem| format!("{problem} See {} and {}.", log.display(), found.display()))
    }
}

/// What libFuzzer says last: coverage, size of the corpus, executions a second.
fn summary(log: &str) -> Option<&str> {
    log.lines().rfind(|line| {
        let number = line.strip_prefix('#').unwrap_or_default();
        number.starts_with(|first: char| first.is_ascii_digit())
    })
}

/// The first of the authorities that this machine trusts, in a file of its own: to read all of them
/// takes longer than all else that a target does.
fn one_authority(folder: &Path) -> Option<PathBuf> {
    const END: &str = "-----END CERTIFICATE-----\n";
    let all = fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").ok()?;
    let end = all.find(END)? + END.len();
    let one = folder.join("authority.pem");
    fs::write(&one, &all[..end]).ok()?;
    Some(one)
}

/// The platform that programs are built for.
fn host() -> Result<String, String> {
    let said = probe("rustc", &["-vV"]).unwrap_or_default();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| "`rustc -vV` names no host; is it on PATH?".to_owned())
}

#[cfg(test)]
mod tests {
    use super::summary;

    #[test]
    fn the_last_line_with_a_number_is_the_sum() {
        let log = "INFO: seed\n#2\tINITED cov: 1\n#9\tDONE   cov: 3 exec/s: 4\n### End ###\n";
        assert_eq!(summary(log), Some("#9\tDONE   cov: 3 exec/s: 4"));
        assert_eq!(summary("error: no such file"), None);
    }
}
