//! What the documentation claims of the code, checked.

use std::path::{Path, PathBuf};
use std::process::Command;

use fncy_login::Setting;

use crate::real_server::behaviours;
use crate::scenarios;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

/// The names of the crates that a package is built with.
fn crates_of(package: &str) -> Vec<String> {
    let tree = tree(&["--edges", "normal", "--package", package]);
    tree.lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

fn tree(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--prefix", "none"])
        .args(arguments)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Where both are on, rustls panics in an application that names neither.
#[test]
fn no_crate_turns_on_a_provider_of_rustls() {
    for package in [
        &["fncy-login-tower"][..],
        &["fncy-login-actix"],
        &["fncy-login-testing"],
        &["fncy-login-redis", "--features", "tls,cluster"],
    ] {
        let tree = tree(&[&["--edges", "normal,features", "--package"], package].concat());
        assert!(tree.contains("rustls feature \"std\""), "{package:?}");
        for provider in ["ring", "aws-lc-rs", "aws_lc_rs"] {
            let feature = format!("rustls feature \"{provider}\"");
            assert!(
                !tree.lines().any(|line| line.starts_with(&feature)),
                "{package:?} has {feature}"
            );
        }
    }
}

#[test]
fn the_core_is_pure() {
    let crates = crates_of("fncy-login-core");
    assert!(crates.contains(&"serde_json".to_owned()), "{crates:?}");
    for impure in [
        "tokio",
        "hyper",
        "reqwest",
        "axum",
        "actix-web",
        "actix-rt",
        "http",
        "tracing",
        "rand",
        "oauth2",
        "fncy-login",
        "async-std",
        "ureq",
        "rustls",
    ] {
        assert!(
            !crates.contains(&impure.to_owned()),
            "core is built with {impure}"
        );
    }
}

#[test]
fn dependencies_go_one_way() {
    for (package, forbidden) in [
        ("fncy-login", &["axum", "actix-web", "axum-core"][..]),
        ("fncy-login-tower", &["actix-web"]),
        ("fncy-login-actix", &["axum", "tower"]),
        (
            "poem-adapter",
            &["fncy-login-tower", "fncy-login-actix", "actix-web"],
        ),
        ("fncy-dev-server", &["fncy-login", "fncy-login-core"]),
        (
            "fncy-login-testing",
            &["actix-web", "fncy-login-actix", "fncy-login-tower"],
        ),
    ] {
        let crates = crates_of(package);
        for name in forbidden {
            assert!(
                !crates.contains(&(*name).to_owned()),
                "{package} is built with {name}"
            );
        }
    }
}

#[test]
fn adapters_are_small_and_name_no_decision() {
    for (adapter, limit) in [
        ("crates/tower", 483),
        ("crates/actix", 461),
        ("examples/poem-adapter", 202),
    ] {
        let mut code = 0;
        for file in std::fs::read_dir(root().join(adapter).join("src")).unwrap() {
            let path = file.unwrap().path();
            if path.ends_with("main.rs") {
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let lines = text.lines().map(str::trim);
            code += lines
                .filter(|line| !line.is_empty() && !line.starts_with("//"))
                .count();
            for word in [
                "__Host",
                "_session",
                "Accept",
                "303",
                "401",
                "callback\"",
                "state=",
            ] {
                let mut lines = text.lines().filter(|line| !line.trim().starts_with("//"));
                assert!(
                    !lines.any(|line| line.contains(word)),
                    "{adapter} decides over {word}"
                );
            }
        }
        assert!(
            (100..=limit).contains(&code),
            "{adapter} has {code} lines of code"
        );
    }
}

#[test]
fn the_manual_names_the_version_of_the_metrics_facade() {
    let manifest = read("Cargo.toml");
    let (_, version) = manifest.split_once("metrics = { version = \"").unwrap();
    let version: Vec<_> = version.split('.').take(2).collect();
    let named = format!("facade, version {}", version.join("."));
    assert!(
        read("crates/login/src/manual/operations.md").contains(&named),
        "{named}"
    );
}

#[test]
fn the_readme_lists_every_setting() {
    let readme = read("README.md");
    for setting in Setting::ALL {
        let default = setting.default_value().unwrap_or("required");
        let row = format!("| `{}` | {default} | {} |", setting.name(), setting.about());
        assert!(readme.contains(&row), "the README lacks this row:\n{row}");
    }
}

#[test]
fn every_recipe_is_in_the_index() {
    let (index, modules) = (
        read("examples/README.md"),
        read("examples/recipes/src/lib.rs"),
    );
    let recipes = modules
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "));
    let recipes: Vec<_> = recipes.map(|name| name.trim_end_matches(';')).collect();
    assert!(recipes.contains(&"templates"), "{recipes:?}");
    for recipe in recipes {
        let run = format!("`cargo run -p recipes -- {recipe}`");
        assert!(index.contains(&run), "examples/README.md lacks {run}");
    }
}

#[test]
fn one_version_is_stated_everywhere() {
    let manifest = read("Cargo.toml");
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .unwrap()
        .trim_matches('"');
    assert!(read("README.md").contains(&format!("Rust {version}")));
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// All our code, file after file.
fn sources(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).unwrap();
    let texts = entries.map(|entry| {
        let path = entry.unwrap().path();
        match path.extension() {
            _ if path.is_dir() => sources(&path),
            Some(extension) if extension == "rs" => std::fs::read_to_string(path).unwrap(),
            _ => String::new(),
        }
    });
    texts.collect()
}

/// The lines of the log that a source has at this level: each message, up to what is code in it.
fn log_lines(source: &str, level: &str) -> Vec<String> {
    let start = format!("{level}!(");
    let messages = source.split(&start).skip(1).map(|call| {
        let mut quotes = call.match_indices('"').map(|(at, _)| at);
        let is_last = |at: &usize| call[at + 1..].trim_start().starts_with(')');
        let end = quotes.find(is_last).unwrap();
        let start = call[..end].rfind('"').unwrap() + 1;
        let parts = call[start..end].split("\\\n").map(str::trim_start);
        let message: String = parts.collect();
        message.split('`').next().unwrap().trim_end().to_owned()
    });
    messages.collect()
}

#[test]
fn the_manual_has_every_line_of_the_log() {
    let manual = read("crates/login/src/manual/operations.md");
    let mut checked = 0;
    for folder in ["login", "tower", "actix", "redis"] {
        let sources = sources(&root().join("crates").join(folder).join("src"));
        for level in ["error", "warn", "info", "debug"] {
            for message in log_lines(&sources, level) {
                let row = format!("| {level} | `{message}");
                assert!(manual.contains(&row), "operations.md lacks {row}");
                checked += 1;
            }
        }
    }
    assert!(checked > 25, "only {checked} lines were found");
}

#[test]
fn every_test_that_shows_a_defence_exists() {
    let tests = sources(&root().join("crates")) + &sources(&root().join("tests/src"));
    let security = read("SECURITY.md");
    let defences = security.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ").skip(1);
        cells.next().zip(cells.next())
    });
    let mut checked = 0;
    for (places, names) in defences {
        for place in quoted(places) {
            let path = root().join("crates").join(place);
            assert!(path.exists(), "SECURITY.md: there is no {place}");
        }
        for name in quoted(names) {
            let is_test = scenarios::ALL.iter().any(|scenario| scenario.name == name)
                || behaviours::ALL
                    .iter()
                    .any(|behaviour| behaviour.name == name)
                || tests.contains(&format!("fn {name}() {{"));
            assert!(is_test, "SECURITY.md: no test is {name}");
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} names were found");
}

#[test]
fn unsafe_is_forbidden_in_every_crate() {
    assert!(read("Cargo.toml").contains("\nunsafe_code = \"forbid\"\n"));
    for folder in ["crates", "examples"] {
        let entries = std::fs::read_dir(root().join(folder)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        for crate_folder in paths.filter(|path| path.is_dir()) {
            let manifest = std::fs::read_to_string(crate_folder.join("Cargo.toml")).unwrap();
            assert!(
                manifest.contains("[lints]\nworkspace = true\n"),
                "{manifest}"
            );
        }
    }
}

#[test]
fn the_oldest_rust_that_is_promised_is_built_with() {
    let manifest = read("Cargo.toml");
    let promised = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'))
        .unwrap();
    for (file, claim) in [
        ("README.md", format!("Rust {promised} or newer")),
        (".github/workflows/ci.yml", format!("rust:{promised}-")),
    ] {
        assert!(read(file).contains(&claim), "{file}: {claim}");
    }
}
