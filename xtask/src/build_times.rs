//! `cargo xtask build-times`: the crates and the processor time that each library adds to a build.
//!
//! Rules kept here:
//! - Each library is the only dependency of an empty program, with the features of its comparison in `lab/peers` and the
//!   versions of that lock file.
//! - Each build starts without artifacts. Processor time is shown, which a busy machine changes less than the clock.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::run::{Run, cargo};
use crate::workspace;

/// A name, and the dependencies that stand for it.
type Probe = (&'static str, &'static str);

const PROBES: &[Probe] = &[
    ("axum alone", r#"axum = "0.8""#),
    (
        "fncy-login-tower",
        r#"fncy-login-tower = { path = "{root}/crates/tower" }"#,
    ),
    (
        "tower-sessions, signed and private",
        r#"tower-sessions = { version = "0.14", features = ["signed", "private"] }"#,
    ),
    ("axum-login", r#"axum-login = "0.18""#),
    ("axum_session", r#"axum_session = "0.22""#),
    (
        "ruts, signed",
        r#"ruts = { version = "0.13", features = ["moka-store", "signed"] }"#,
    ),
    (
        "axum-extra, with jars",
        r#"axum-extra = { version = "0.12", features = ["cookie-private", "cookie-signed"] }"#,
    ),
    (
        "axum-oidc-client",
        r#"axum-oidc-client = { version = "0.7", default-features = false, features = ["server", "authentication", "moka-cache", "reqwest-rustls-tls"] }"#,
    ),
    ("axum-oidc", r#"axum-oidc = "0.6""#),
    (
        "actix-web alone",
        r#"actix-web = { version = "4", default-features = false, features = ["macros"] }"#,
    ),
    (
        "fncy-login-actix",
        r#"fncy-login-actix = { path = "{root}/crates/actix" }"#,
    ),
    (
        "actix-session",
        r#"actix-session = { version = "0.11", features = ["cookie-session"] }"#,
    ),
    (
        "actix-session with actix-identity",
        r#"actix-session = { version = "0.11", features = ["cookie-session"] }
actix-identity = "0.9""#,
    ),
    (
        "actix_web_openidconnect",
        r#"actix_web_openidconnect = "0.4""#,
    ),
];

/// Builds each and prints the table.
pub(crate) fn run(_: &[&str]) -> Result<(), String> {
    let folder = workspace::target().join("build-times");
    let mut table = vec!["| what | crates | seconds |\n| --- | --: | --: |".to_owned()];
    for (name, dependencies) in PROBES {
        table.push(measure(&folder, name, dependencies)?);
    }
    println!("\n{}", table.join("\n"));
    clear(&folder)
}

fn measure(folder: &Path, name: &str, dependencies: &str) -> Result<String, String> {
    clear(folder)?;
    write(folder, dependencies)
        .map_err(|error| format!("{} can't be written ({error}).", folder.display()))?;
    cargo("fetch").within(folder).go()?;
    let tree = cargo("tree -e normal --prefix none --format {p}").within(folder);
    let crates = tree.read()?;
    let crates: BTreeSet<_> = crates
        .lines()
        .filter_map(|line| line.split(" (").next())
        .collect();
    // Only a shell can tell what the programs that it started have taken.
    let said = Run::new("sh")
        .args(["-c", "cargo build --quiet --offline && times"])
        .within(folder)
        .env("CARGO_TARGET_DIR", "built")
        .env("CARGO_INCREMENTAL", "0")
        .read()?;
    let seconds = processor_seconds(&said)
        .ok_or_else(|| format!("the shell's `times` said nothing of the build: {said}"))?;
    // The empty program is no crate of theirs, and no crate is without a line.
    Ok(format!("| {name} | {} | {seconds:.0} |", crates.len() - 1))
}

fn clear(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if folder.exists() => {
            Err(format!("remove {} by hand: {error}.", folder.display()))
        }
        _ => Ok(()),
    }
}

fn write(folder: &Path, dependencies: &str) -> std::io::Result<()> {
    let root = workspace::root();
    let dependencies = dependencies.replace("{root}", &root.to_string_lossy());
    let manifest = format!(
        "[package]\nname = \"probe\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n\n[workspace]\n"
    );
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src").join("main.rs"), "fn main() {}\n")?;
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let lock = root.join("lab/peers/Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock"))?;
    Ok(())
}

/// What `times` says in its second line, such as `1m2.5s 0m3.25s`: its children's own and the system's.
fn processor_seconds(said: &str) -> Option<f64> {
    let times = said.lines().nth(1)?.split_whitespace().map(|time| {
        let (minutes, seconds) = time.strip_suffix('s')?.split_once('m')?;
        Some(60.0 * minutes.parse::<f64>().ok()? + seconds.parse::<f64>().ok()?)
    });
    times.sum()
}

#[cfg(test)]
mod tests {
    use super::processor_seconds;

    #[test]
    fn a_builds_time_is_its_childrens() {
        let said = "0m0.01s 0m0.00s\n1m2.50s 0m3.25s\n";
        assert_eq!(processor_seconds(said), Some(65.75));
        assert_eq!(processor_seconds("0m0.01s 0m0.00s\n"), None);
        assert_eq!(processor_seconds("a\nb c\n"), None);
    }
}
