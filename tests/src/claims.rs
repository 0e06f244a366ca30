//! Compares the documentation's claims with the code.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::{expect, expect_file};
use fncy_login::Setting;

use crate::real_server::behaviours;
use crate::scenarios;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

pub(crate) fn read(path: &str) -> String {
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

pub(crate) fn tree(arguments: &[&str]) -> String {
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

#[test]
fn the_check_of_jwts_adds_no_crate() {
    for package in ["fncy-login-tower", "fncy-login-actix"] {
        let features = [
            "--edges",
            "normal",
            "--package",
            package,
            "--features",
            "jwt",
        ];
        let crates: Vec<_> = tree(&features)
            .lines()
            .filter_map(|line| Some(line.split(' ').next()?.to_owned()))
            .collect();
        assert_eq!(crates, crates_of(package), "{package}");
    }
}

/// If both features are on, rustls panics in an application that chooses neither.
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

/// A new crate in this list must be as pure as the core: no clock, no randomness, no input or output.
#[test]
fn the_core_is_built_with_these_crates_alone() {
    let edges = ["--edges", "normal,no-proc-macro"];
    let target = ["--target", "x86_64-unknown-linux-gnu"];
    let tree = tree(&[&edges[..], &target, &["--package", "fncy-login-core"]].concat());
    let crates: BTreeSet<_> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    let crates: Vec<_> = crates.into_iter().collect();
    expect![[r#"
        base64
        cfg-if
        cookie
        deranged
        fncy-login-core
        form_urlencoded
        getrandom
        icu_collections
        icu_locale_core
        icu_normalizer
        icu_normalizer_data
        icu_properties
        icu_properties_data
        icu_provider
        idna
        idna_adapter
        itoa
        libc
        litemap
        memchr
        num-conv
        percent-encoding
        potential_utf
        powerfmt
        ring
        serde
        serde_core
        serde_json
        smallvec
        stable_deref_trait
        subtle
        time
        time-core
        tinystr
        untrusted
        url
        utf8_iter
        utf_types
        writeable
        yoke
        zerofrom
        zeroize
        zerotrie
        zerovec
        zmij"#]]
    .assert_eq(&crates.join("\n"));
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
fn adapters_name_no_decision() {
    for adapter in ["crates/tower", "crates/actix", "examples/poem-adapter"] {
        let sources = sources(&root().join(adapter).join("src"));
        let is_comment = |line: &&str| line.trim().starts_with("//");
        let code: Vec<_> = sources.lines().filter(|line| !is_comment(line)).collect();
        assert!(!code.is_empty(), "{adapter} has no code");
        for word in [
            "__Host",
            "_session",
            "ACCEPT",
            "303",
            "401",
            "callback\"",
            "state=",
        ] {
            let decides = code.iter().find(|line| line.contains(word));
            assert_eq!(decides, None, "{adapter} decides over {word}");
        }
    }
}

#[test]
fn the_manual_names_the_version_of_the_metrics_facade() {
    let manifest = read("Cargo.toml");
    let (_, version) = manifest.split_once("metrics = { version = \"").unwrap();
    let version: Vec<_> = version.split('.').take(2).collect();
    let named = format!("facade, version {}", version.join("."));
    assert!(
        read("crates/login/src/manual/reference/metrics.md").contains(&named),
        "{named}"
    );
}

/// The page is written by this test: `UPDATE_EXPECT=1 cargo test -p fncy-login-tests claims`.
#[test]
fn the_manual_lists_every_setting() {
    let mut page = String::from(
        "All settings: for each its environment variable, its method of `LoginBuilder` and its default. If settings are missing\n\
         or wrong, the build fails with one sentence for each.\n\n\
         | variable, method | default | what it is |\n| --- | --- | --- |\n",
    );
    for setting in Setting::ALL {
        let default = setting.default_value().unwrap_or("required");
        page += &format!(
            "| `{}`<br>`{}` | {default} | {} |\n",
            setting.name(),
            setting.method(),
            setting.about()
        );
    }
    page += "\nThe store `fncy-login-redis` has a setting of its own: its address is in `FNCY_REDIS_URL`, or in the file that\n\
             `FNCY_REDIS_URL_FILE` names. See [several instances](crate::manual::concepts::instances#add-a-store).\n";
    expect_file!["../../crates/login/src/manual/reference/settings.md"].assert_eq(&page);
}

#[test]
fn every_recipe_is_in_the_index() {
    let index = read("examples/README.md");
    let folders = read("examples/recipes/src/lib.rs");
    let public = |text: &str| -> Vec<String> {
        let lines = text.lines();
        let names = lines.filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
        names.map(str::to_owned).collect()
    };
    let folders = public(&folders).into_iter();
    let recipes =
        folders.flat_map(|name| public(&read(&format!("examples/recipes/src/{name}/mod.rs"))));
    let recipes: Vec<_> = recipes.collect();
    assert!(recipes.contains(&"templates".to_owned()), "{recipes:?}");
    for recipe in recipes {
        let run = format!("`cargo run -p recipes -- {recipe}`");
        assert!(index.contains(&run), "examples/README.md lacks {run}");
    }
    let members = read("examples/ecosystem/Cargo.toml");
    let members = members.lines().find(|line| line.starts_with("members"));
    for member in members.unwrap().split('"').skip(1).step_by(2) {
        let run = format!("`cargo run -p {member}-recipe`");
        let is_recipe = member != "run";
        assert_eq!(index.contains(&run), is_recipe, "examples/README.md: {run}");
    }
}

/// The texts in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_file_that_contributors_are_sent_to_exists() {
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md"] {
        let text = read(page);
        let is_file = |name: &&str| {
            let mut folders = ["crates/", "examples/", "lab/", "tests/", "xtask/"].iter();
            folders.any(|folder| name.starts_with(folder)) && !name.contains(['{', ' ', '*'])
        };
        let missing: Vec<_> = quoted(&text)
            .filter(is_file)
            .filter(|name| !root().join(name).exists())
            .collect();
        assert_eq!(missing, [""; 0], "{page}");
    }
}

/// The code of all files, one after the other.
pub(crate) fn sources(folder: &Path) -> String {
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

/// The messages that a source logs at this level, each up to its first backtick.
fn log_lines(source: &str, level: &str) -> Vec<String> {
    let start = format!("{level}!(");
    let limited = source.split("limited!(").skip(1).filter_map(|call| {
        let (_, call) = call.split_once(',')?;
        let (of_level, call) = call.split_once(',')?;
        let message = call
            .split('"')
            .nth(1)
            .filter(|_| of_level.trim() == level)?;
        Some(message.split('`').next()?.trim_end().to_owned())
    });
    let calls = source.split(&start).skip(1);
    let messages = calls.filter(|call| !call.starts_with('$')).map(|call| {
        let mut quotes = call.match_indices('"').map(|(at, _)| at);
        let is_last = |at: &usize| call[at + 1..].trim_start().starts_with(')');
        let end = quotes.find(is_last).unwrap();
        let start = call[..end].rfind('"').unwrap() + 1;
        let parts = call[start..end].split("\\\n").map(str::trim_start);
        let message: String = parts.collect();
        message.split('`').next().unwrap().trim_end().to_owned()
    });
    messages.chain(limited).collect()
}

#[test]
fn the_manual_has_every_line_of_the_log() {
    let manual = read("crates/login/src/manual/reference/log_lines.md");
    let mut checked = 0;
    for folder in ["login", "tower", "actix", "redis"] {
        let sources = sources(&root().join("crates").join(folder).join("src"));
        for level in ["error", "warn", "info", "debug"] {
            for message in log_lines(&sources, level) {
                let row = format!("| {level} | `{message}");
                assert!(manual.contains(&row), "log_lines.md lacks {row}");
                checked += 1;
            }
        }
    }
    assert!(checked > 0, "no line was found");
}

/// The pages below a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    let pages = entries.flat_map(|entry| {
        let path = entry.unwrap().path();
        match path.extension() {
            _ if path.is_dir() => pages(&path),
            Some(extension) if extension == "md" => vec![path],
            _ => Vec::new(),
        }
    });
    pages.collect()
}

#[test]
fn the_code_of_every_page_is_compiled() {
    let compiled = read("tests/src/documentation.rs");
    let mut checked = 0;
    for page in pages(&root().join("crates")) {
        let name = page.strip_prefix(root()).unwrap().to_str().unwrap();
        if name.contains("/manual/") && read(name).contains("```rust") {
            assert!(compiled.contains(name), "documentation.rs lacks {name}");
            checked += 1;
        }
    }
    assert!(checked > 0, "no page was found");
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
            let is_test = scenarios::all().any(|scenario| scenario.name == name)
                || behaviours::ALL
                    .iter()
                    .any(|behaviour| behaviour.name == name)
                || tests.contains(&format!("fn {name}() {{"));
            assert!(is_test, "SECURITY.md: no test is {name}");
            checked += 1;
        }
    }
    assert!(checked > 0, "no name was found");
}

#[test]
fn unsafe_is_forbidden_in_every_crate() {
    for workspace in ["", "examples/ecosystem/"] {
        let manifest = read(&format!("{workspace}Cargo.toml"));
        assert!(manifest.contains("\nunsafe_code = \"forbid\"\n"));
    }
    for folder in ["crates", "examples", "examples/ecosystem"] {
        let entries = std::fs::read_dir(root().join(folder)).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let manifests = paths.map(|path| path.join("Cargo.toml"));
        let is_crate = |path: &PathBuf| path.is_file() && !path.ends_with("ecosystem/Cargo.toml");
        for manifest in manifests.filter(is_crate) {
            let manifest = std::fs::read_to_string(manifest).unwrap();
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
