//! What the documentation claims of the code, checked.

use std::path::{Path, PathBuf};
use std::process::Command;

use fncy_login::Setting;

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
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--package",
            package,
        ])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
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
        ("fncy-dev-server", &["fncy-login", "fncy-login-core"]),
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
    for adapter in ["tower", "actix"] {
        let folder = root().join("crates").join(adapter).join("src");
        let mut code = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
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
            (100..=400).contains(&code),
            "{adapter} has {code} lines of code"
        );
    }
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
fn one_version_is_stated_everywhere() {
    let manifest = read("Cargo.toml");
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = "))
        .unwrap()
        .trim_matches('"');
    assert!(read("README.md").contains(&format!("Rust {version}")));
}
