//! The installation of what a command needs.
//!
//! Rules kept here:
//! - An installed program is used. As root, missing system packages are installed by apt, after a line that says which ones
//!   and why; otherwise the error names them.
//! - No service is started. Versions are pinned. Tools go below `target`, and never into the user's own folders.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::no_services::NoServices;
use crate::run::{self, Run, probe};
use crate::workspace;

/// A program from a Debian package, in the order they are needed.
pub(crate) struct Needed {
    program: &'static str,
    /// The arguments for which it prints its version, if it and what it looks for are there.
    asked: &'static [&'static str],
    package: &'static str,
    /// The lowest major version that will do.
    at_least: u32,
    /// Whether the package is a service of its name, which Debian starts and enables.
    is_service: bool,
    why: &'static str,
}

const VERSION: &[&str] = &["--version"];

/// npm is a package of its own in some repositories and part of `nodejs` in others: looked for after it.
pub(crate) const FOR_TESTS: &[Needed] = &[
    Needed {
        at_least: 20,
        ..Needed::new(
            "node",
            "nodejs",
            "the real servers of tests/real-servers run on it",
        )
    },
    Needed::new(
        "npm",
        "npm",
        "it installs the real servers of tests/real-servers",
    ),
    Needed {
        asked: &["-c", "print(__import__('oauth2_provider').__version__)"],
        at_least: 1,
        ..Needed::new(
            "/usr/bin/python3",
            "python3-django-oauth-toolkit",
            "a real server of tests/real-servers is made of it",
        )
    },
    REDIS,
    NGINX,
    Needed {
        asked: &["version"],
        is_service: true,
        ..Needed::new(
            "caddy",
            "caddy",
            "an application is tested with it as a proxy",
        )
    },
    Needed::new(
        "pip",
        "python3-pip",
        "it installs Traefik, a real server of tests/real-servers",
    ),
    Needed::new("chromium", "chromium", "the example sites are tested in it"),
    PROMETHEUS,
];

pub(crate) const FOR_NIGHT: &[Needed] = &[
    REDIS,
    NGINX,
    PROMETHEUS,
    Needed::new("faketime", "faketime", "a clock is wrong in a night"),
];

const NGINX: Needed = Needed {
    asked: &["-v"],
    is_service: true,
    ..Needed::new(
        "nginx",
        "nginx",
        "an application is tested with it as a proxy",
    )
};

/// With promtool, which tests alerting rules.
const PROMETHEUS: Needed = Needed {
    is_service: true,
    ..Needed::new(
        "prometheus",
        "prometheus",
        "alerts and the dashboard are tested with it",
    )
};

pub(crate) const FOR_SCALE: &[Needed] = &[REDIS];

const REDIS: Needed = Needed {
    at_least: 6,
    is_service: true,
    ..Needed::new(
        "redis-server",
        "redis-server",
        "instances of an application share it",
    )
};

pub(crate) const FOR_COUNTING: &[Needed] = &[Needed {
    at_least: 3,
    ..Needed::new("valgrind", "valgrind", "its callgrind counts instructions")
}];

pub(crate) const FOR_PROFILES: &[Needed] = &[Needed::new(
    "perf",
    "linux-perf",
    "it shows where a request's time goes",
)];

pub(crate) const FOR_LOAD: &[Needed] = &[Needed::new(
    "wrk",
    "wrk",
    "it asks as many requests a second as a server answers",
)];

/// A subcommand of cargo, at the version the project is checked with.
pub(crate) struct CargoTool {
    subcommand: &'static str,
    package: Option<&'static str>,
    version: &'static str,
}

pub(crate) const CARGO_DENY: CargoTool = CargoTool::new("deny", "0.20.2");
pub(crate) const CARGO_AUDIT: CargoTool = CargoTool::new("audit", "0.22.2");
pub(crate) const CARGO_HACK: CargoTool = CargoTool::new("hack", "0.6.46");
pub(crate) const CARGO_CHECK_EXTERNAL_TYPES: CargoTool =
    CargoTool::new("check-external-types", "0.5.0");
pub(crate) const CARGO_SEMVER_CHECKS: CargoTool = CargoTool::new("semver-checks", "0.51.0");
pub(crate) const CARGO_MUTANTS: CargoTool = CargoTool::new("mutants", "27.1.0");
pub(crate) const CARGO_FUZZ: CargoTool = CargoTool::new("fuzz", "0.13.2");
pub(crate) const CARGO_FLAMEGRAPH: CargoTool = CargoTool {
    package: Some("flamegraph"),
    ..CargoTool::new("flamegraph", "0.6.13")
};

impl CargoTool {
    const fn new(subcommand: &'static str, version: &'static str) -> Self {
        Self {
            subcommand,
            package: None,
            version,
        }
    }
}

/// Settings that make a tool quick to build rather than quick to run.
const CHEAP_BUILD: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "0"),
];

/// Whether rustup has a nightly toolchain: some checks need one.
pub(crate) fn has_nightly() -> bool {
    probe("rustup", &["run", "nightly", "cargo", "--version"]).is_some()
}

/// Installs those of the system's packages that are missing: what and why is said before.
pub(crate) fn debian_packages(needed: &[Needed]) -> Result<(), String> {
    let is_missing = |needed: &&Needed| needed.version().is_none();
    let missing: Vec<_> = needed.iter().filter(is_missing).collect();
    if !missing.is_empty() {
        apt_install(&missing)?;
    }
    for needed in needed {
        let Needed {
            package,
            at_least,
            why,
            ..
        } = needed;
        match needed.version() {
            Some(version) if major(&version) >= Some(*at_least) => {}
            Some(version) => {
                return Err(format!(
                    "`{package}` is {version}, at least {at_least} is needed ({why}): install a newer one."
                ));
            }
            None => {
                return Err(format!(
                    "`{package}` was installed, and can't be found all the same."
                ));
            }
        }
    }
    Ok(())
}

fn apt_install(missing: &[&Needed]) -> Result<(), String> {
    let root = probe("id", &["-u"]).as_deref() == Some("0");
    if !root || version_of("apt-get", VERSION).is_none() {
        return Err(format!(
            "These packages are missing:\n{}Install them (Debian: `apt-get install {}`, as root).",
            list(missing),
            packages(missing)
        ));
    }
    println!(
        "These packages are missing, and are installed now by apt-get:\n{}\
         No service of theirs is started or enabled. To be rid of them: apt-get purge {}",
        list(missing),
        packages(missing)
    );
    let no_services = NoServices::begin()?;
    Run::new("apt-get").args(["-q", "update"]).go()?;
    for needed in missing {
        // It may have come with the one before.
        if needed.version().is_none() {
            Run::new("apt-get")
                .args(["-q", "install", "-y", "--no-install-recommends"])
                .arg(needed.package)
                .env("DEBIAN_FRONTEND", "noninteractive")
                .go()?;
        }
        if needed.is_service {
            no_services.disable(needed.package)?;
        }
    }
    Ok(())
}

/// A line for each: what it is, and why it is needed.
fn list(missing: &[&Needed]) -> String {
    let lines = missing.iter();
    lines
        .map(|needed| format!("  {}: {}\n", needed.package, needed.why))
        .collect()
}

fn packages(missing: &[&Needed]) -> String {
    let packages: Vec<_> = missing.iter().map(|needed| needed.package).collect();
    packages.join(" ")
}

impl Needed {
    const fn new(program: &'static str, package: &'static str, why: &'static str) -> Self {
        Self {
            program,
            asked: VERSION,
            package,
            at_least: 0,
            is_service: false,
            why,
        }
    }

    fn version(&self) -> Option<String> {
        version_of(self.program, self.asked)
    }
}

/// What a program says of its version, if it is there: wrk says it and fails, nginx says it where errors go.
fn version_of(program: &str, asked: &[&str]) -> Option<String> {
    let output = Command::new(program).args(asked).output().ok()?;
    let said = if output.stdout.is_empty() && output.status.success() {
        output.stderr
    } else {
        output.stdout
    };
    let version = String::from_utf8_lossy(&said).trim().to_owned();
    (!version.is_empty()).then_some(version)
}

/// The major version in `v20.1.2`, `20.1.2` or `valgrind-3.19.0`.
fn major(version: &str) -> Option<u32> {
    let number = version.trim_start_matches(|c: char| !c.is_ascii_digit());
    number.split('.').next()?.parse().ok()
}

/// Installs the real servers' packages where they are missing or older than their lock file.
pub(crate) fn node_modules() -> Result<(), String> {
    let folder = workspace::root().join("tests").join("real-servers");
    let lock = folder.join("package-lock.json");
    if !lock.is_file() {
        println!("tests/real-servers has no package-lock.json: nothing to install for it");
        return Ok(());
    }
    // npm writes this file last, so an interrupted installation lacks it.
    let installed = folder.join("node_modules").join(".package-lock.json");
    if is_current(modified(&installed), modified(&lock)) {
        return Ok(());
    }
    Run::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .within(&folder)
        .go()
}

/// Installs Traefik where it is missing or older than its lock file: Debian has no package of it.
pub(crate) fn traefik() -> Result<(), String> {
    let folder = workspace::root().join("tests").join("real-servers");
    let lock = folder.join("traefik.txt");
    let program = folder.join("traefik/bin/traefik");
    if is_current(modified(&program), modified(&lock)) {
        return Ok(());
    }
    Run::new("pip")
        .args([
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ])
        .args(["--require-hashes", "--upgrade", "--root-user-action=ignore"])
        .args(["--target", "traefik", "-r", "traefik.txt"])
        .within(&folder)
        .go()
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|data| data.modified()).ok()
}

fn is_current(installed: Option<SystemTime>, lock: Option<SystemTime>) -> bool {
    installed.is_some_and(|installed| Some(installed) >= lock)
}

/// The tool ready to run, built first where its version is not to be found.
pub(crate) fn cargo_tool(tool: &CargoTool) -> Result<Run, String> {
    let CargoTool {
        subcommand,
        package,
        version,
    } = *tool;
    let name = format!("cargo-{subcommand}");
    let tools = workspace::target().join("tools");
    let own = tools.join("bin").join(&name).into_os_string();
    let fits = |path: &OsString| {
        // Some tools answer only as a subcommand.
        let said = probe(path, &["--version"]).or_else(|| probe(path, &[subcommand, "--version"]));
        said.is_some_and(|said| is_version(&said, version))
    };
    let on_path = OsString::from(&name);
    let path = if fits(&on_path) {
        on_path
    } else {
        if !fits(&own) {
            build(package.unwrap_or(&name), version, &tools)?;
        }
        own
    };
    Ok(Run::named("cargo", path).arg(subcommand))
}

fn build(package: &str, version: &str, tools: &Path) -> Result<(), String> {
    let builds = tools.join("build");
    let install = run::cargo("install --quiet --locked --force --no-default-features")
        .args([package, "--version", version, "--root"])
        .arg(tools)
        .arg("--target-dir")
        .arg(&builds);
    CHEAP_BUILD
        .iter()
        .fold(install, |install, (name, value)| install.env(name, value))
        .go()?;
    // Hundreds of megabytes that no later build reads.
    fs::remove_dir_all(&builds)
        .map_err(|error| format!("remove {} by hand: {error}.", builds.display()))
}

/// Whether `NAME VERSION`, as a tool answers to `--version`, is that version.
fn is_version(said: &str, version: &str) -> bool {
    said.split_whitespace().nth(1) == Some(version)
}

#[cfg(test)]
mod tests {
    use super::{FOR_SCALE, VERSION, is_current, is_version, list, major, packages, version_of};
    use std::time::{Duration, SystemTime};

    #[test]
    fn the_major_version_is_the_first_number() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("9.8.1"), Some(9));
        assert_eq!(major("valgrind-3.19.0"), Some(3));
        assert_eq!(major("unknown"), None);
    }

    #[test]
    fn a_program_is_there_if_it_says_anything_though_it_fails() {
        let version = |script: &str| version_of("sh", &["-c", script]);
        assert_eq!(version("echo wrk 4.2; exit 1").as_deref(), Some("wrk 4.2"));
        assert_eq!(version("exit 1"), None);
        assert_eq!(version_of("no-such-program-here", VERSION), None);
    }

    #[test]
    fn what_is_missing_is_said_with_its_reason() {
        let missing: Vec<_> = FOR_SCALE.iter().collect();
        assert_eq!(
            list(&missing),
            "  redis-server: instances of an application share it\n"
        );
        assert_eq!(packages(&missing), "redis-server");
    }

    #[test]
    fn a_tool_fits_only_at_its_exact_version() {
        assert!(is_version("cargo-deny 0.20.2", "0.20.2"));
        assert!(!is_version("cargo-deny 0.20.20", "0.20.2"));
        assert!(!is_version("", "0.20.2"));
    }

    #[test]
    fn what_is_older_than_its_lock_file_or_unfinished_is_not_current() {
        let then = SystemTime::UNIX_EPOCH;
        let later = then + Duration::from_secs(1);
        assert!(is_current(Some(later), Some(then)));
        assert!(is_current(Some(then), Some(then)));
        assert!(!is_current(Some(then), Some(later)));
        assert!(!is_current(None, Some(then)));
    }
}
