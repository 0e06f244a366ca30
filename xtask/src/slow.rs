//! `cargo xtask slow`: checks that are too slow for CI, or need data from outside the checkout.
//!
//! Rules kept here: a check that can't run says so and why; only crates and tools are fetched.

use std::fs;

use crate::install::{self, CARGO_AUDIT, CARGO_CHECK_EXTERNAL_TYPES, CARGO_HACK, FOR_SCALE};
use crate::run::Run;
use crate::steps::{self, Done, Step};
use crate::{api, fuzz, measure, minimal, mutants, published, run, workspace, world};

const STEPS: &[Step] = &[
    Step::new("advisories", advisories),
    Step::new("features", features),
    Step::new("oldest versions", minimal::versions),
    Step::new("oldest rust", published::oldest_rust),
    Step::new("external types", external_types),
    Step::new("api", api::since_release),
    Step::new("docs.rs", published::docs_rs),
    Step::new("tls neighbours", tls_neighbours),
    Step::new("ecosystem", ecosystem),
    Step::new("proxies", proxies),
    Step::new("packages", published::package),
    Step::new("model", model),
    Step::new("histories", histories),
    Step::new("night", night),
    Step::new("worlds", world::many),
    Step::new("simulated redis", simulated_redis),
    Step::new("interleavings", interleavings),
    Step::new("fuzz", fuzz),
    Step::new("mutants", mutants::todays_shard),
];

/// `cargo xtask slow [STEP]`.
pub(crate) fn run(arguments: &[&str]) -> Result<(), String> {
    steps::run(STEPS, arguments)
}

/// The model of the store, with more instances than in CI.
fn model() -> Result<Done, String> {
    measure::model(&[])?;
    Ok(Done::Passed)
}

/// Long histories of a real Redis, compared with the model.
fn histories() -> Result<Done, String> {
    install::debian_packages(FOR_SCALE)?;
    run::cargo("test --locked -p fncy-login-model --test real_redis -- --ignored --nocapture")
        .env("FNCY_REQUIRE_REAL_SERVERS", "1")
        .go()?;
    Ok(Done::Passed)
}

/// All incidents of an operator's night.
fn night() -> Result<Done, String> {
    measure::night(&[])?;
    Ok(Done::Passed)
}

/// Random sequences of the store's scripts, on a real and on the simulated server.
fn simulated_redis() -> Result<Done, String> {
    run::cargo("test --locked -p fncy-login-simulated-redis --test differential")
        .env("FNCY_SEQUENCES", "3000")
        .go()?;
    Ok(Done::Passed)
}

/// The models of code that threads share, with an interruption more than in CI.
fn interleavings() -> Result<Done, String> {
    run::cargo("run --quiet --locked --package fncy-login-concurrency -- all 1").go()?;
    Ok(Done::Passed)
}

/// Every fuzz target, for a minute.
fn fuzz() -> Result<Done, String> {
    fuzz::run(None, fuzz::A_MINUTE)
}

/// Known vulnerabilities, unsound and unmaintained crates in `Cargo.lock`.
///
/// Yanked versions are found only among crates whose index entry cargo has cached; for others
/// cargo-audit prints an error and passes.
fn advisories() -> Result<Done, String> {
    let packed = workspace::shared("advisory-db.tar.gz");
    if !packed.is_file() {
        let why = format!("the advisory database {} is missing", packed.display());
        return Ok(Done::NotChecked(why));
    }
    let target = workspace::target();
    let database = target.join("advisory-db");
    if database.exists() {
        fs::remove_dir_all(&database)
            .map_err(|error| format!("remove {} by hand: {error}.", database.display()))?;
    }
    Run::new("tar")
        .arg("-xzf")
        .arg(&packed)
        .arg("-C")
        .arg(&target)
        .go()?;
    install::cargo_tool(&CARGO_AUDIT)?
        .args(["--no-fetch", "--deny", "warnings", "--db"])
        .arg(&database)
        .go()?;
    Ok(Done::Passed)
}

/// Each published crate with each set of its features, on its own: in the workspace, what one asks of a
/// dependency all have.
fn features() -> Result<Done, String> {
    install::cargo_tool(&CARGO_HACK)?
        .args([
            "clippy",
            "--feature-powerset",
            "--ignore-private",
            "--locked",
        ])
        .args(["--", "-D", "warnings"])
        .go()?;
    Ok(Done::Passed)
}

/// Applications that serve TLS beside the login, each with what rustls finds by itself.
fn tls_neighbours() -> Result<Done, String> {
    let folder = workspace::root().join("lab/tls-neighbours");
    for program in [
        "neither",
        "axum_server --features axum-server",
        "actix_web --features actix-web",
    ] {
        run::cargo("run --quiet --locked --target-dir")
            .arg(workspace::target().join("tls-neighbours"))
            .arg("--bin")
            .args(program.split(' '))
            .within(&folder)
            .go()?;
    }
    Ok(Done::Passed)
}

/// Rolling restarts through Caddy and Traefik. CI has nginx's.
fn proxies() -> Result<Done, String> {
    install::debian_packages(install::FOR_TESTS)?;
    install::traefik()?;
    run::cargo(
        "test --locked -p fncy-login-tests --lib -- --ignored --nocapture rolling_restart_through",
    )
    .env("FNCY_REQUIRE_REAL_SERVERS", "1")
    .go()?;
    Ok(Done::Passed)
}

/// The recipes for other frameworks and libraries, in a workspace of their own.
fn ecosystem() -> Result<Done, String> {
    let folder = workspace::root().join("examples/ecosystem");
    for command in [
        "fmt --all --check",
        "clippy --quiet --locked --all-targets -- -D warnings",
        "test --quiet --locked",
    ] {
        run::cargo(command).within(&folder).go()?;
    }
    Ok(Done::Passed)
}

/// What of other crates is in the public API of ours: only what each manifest lists.
fn external_types() -> Result<Done, String> {
    if !install::has_nightly() {
        let why = "the public API is written out by a nightly rustdoc: `rustup toolchain install nightly`";
        return Ok(Done::NotChecked(why.to_owned()));
    }
    for folder in published::folders()? {
        install::cargo_tool(&CARGO_CHECK_EXTERNAL_TYPES)?
            .arg("--all-features")
            .env("RUSTUP_TOOLCHAIN", "nightly")
            .within(&folder)
            .go()?;
    }
    Ok(Done::Passed)
}
