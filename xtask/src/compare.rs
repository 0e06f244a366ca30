//! `cargo xtask compare`: the time of requests before and after a change.
//!
//! Rules kept here:
//! - Both versions are in one program, and their cases are measured in turns: the speed of a shared machine drifts more
//!   than most changes are worth.
//! - A revision has its cases in `lab/benches/src/cases.rs`. It is unpacked with another version number, since cargo
//!   takes two packages of the same name and version for one.

use std::env;
use std::fs;
use std::io;
use std::path::Path;

use crate::run::{Run, cargo};
use crate::workspace;

const MANIFEST: &str = r#"[package]
name = "compare"
version = "0.0.0"
edition = "2024"

[workspace]
exclude = ["before"]

[dependencies]
actix-rt = "2"
after = { package = "fncy-login-benches", path = "{root}/lab/benches" }
before = { package = "fncy-login-benches", path = "before/lab/benches" }

[profile.release]
lto = "thin"
"#;

const MAIN: &str = r#"use std::pin::Pin;

use after::interleave::{Batch, Case, measure};

struct Before(before::interleave::Case);

impl Batch for Before {
    fn run(&mut self, times: usize) -> Pin<Box<dyn Future<Output = ()> + '_>> {
        Box::pin(self.0.run(times))
    }
}

fn main() {
    actix_rt::System::new().block_on(async {
        let wanted = std::env::args().nth(1).unwrap_or_default();
        let named = |name: &str| format!("before: {name}");
        let of_before = before::cases::all().await.into_iter().map(|case| {
            let (name, base) = (named(&case.name), case.base.as_deref().map(named));
            let case = Case::of(name, Before(case));
            match base {
                Some(base) => case.beyond(base),
                None => case,
            }
        });
        let mut cases: Vec<Case> = of_before.chain(after::cases::all().await).collect();
        let bases: Vec<String> = cases.iter().filter_map(|case| case.base.clone()).collect();
        let floor = cases[0].name.clone();
        cases.retain(|case| {
            case.name.contains(&wanted) || case.name == floor || bases.contains(&case.name)
        });
        let figures = measure(cases).await;
        let f = figures[0].whole;
        println!("F = {f:.0} ns\n");
        println!("| what | before, in F | after, in F | after / before |\n| --- | --: | --: | --: |");
        for after in &figures {
            let before = figures.iter().find(|before| before.name == named(&after.name));
            if let Some(before) = before {
                let (b, a) = (before.added, after.added);
                println!("| {} | {:.2} | {:.2} | {:.2} |", after.name, b / f, a / f, a / b);
            }
        }
    });
}
"#;

/// `cargo xtask compare [REVISION] [CASE]`: measures the cases whose name contains `CASE`, of a revision and of the working tree.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    let revision = arguments.first().unwrap_or(&"HEAD");
    let case = arguments.get(1).unwrap_or(&"");
    // Outside the workspace: cargo would take the revision's crates for members of it.
    let folder = env::temp_dir().join("fncy-login-compare");
    let unwritable = |error| format!("{} can't be written ({error}).", folder.display());
    clear(&folder.join("before")).map_err(unwritable)?;
    fs::create_dir_all(folder.join("src")).map_err(unwritable)?;
    let archive = folder.join("before.tar").display().to_string();
    let before = folder.join("before").display().to_string();
    fs::create_dir_all(&before).map_err(unwritable)?;
    let pack = ["archive", "--output", &archive, revision];
    Run::new("git").args(pack).go()?;
    let unpack = ["-xf", &archive, "-C", &before];
    Run::new("tar").args(unpack).go()?;
    write(&folder).map_err(unwritable)?;
    let run = cargo("run --release --").arg(case).within(&folder);
    run.env(
        "CARGO_TARGET_DIR",
        &folder.join("target").display().to_string(),
    )
    .go()
}

fn write(folder: &Path) -> io::Result<()> {
    let manifest = folder.join("before/Cargo.toml");
    let text = fs::read_to_string(&manifest)?;
    let own = text
        .lines()
        .find_map(|line| line.strip_prefix("version = "));
    let own = own.ok_or(io::ErrorKind::InvalidData)?;
    fs::write(manifest, text.replace(own, "\"0.0.0\""))?;
    let root = workspace::root().display().to_string();
    fs::write(folder.join("Cargo.toml"), MANIFEST.replace("{root}", &root))?;
    fs::copy(
        workspace::root().join("Cargo.lock"),
        folder.join("Cargo.lock"),
    )?;
    fs::write(folder.join("src/main.rs"), MAIN)
}

fn clear(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}
