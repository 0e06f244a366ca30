//! The front pages of the published crates: each is the crate's README, and says what its manifest says.

use std::collections::BTreeSet;

use crate::claims::{read, root, sources, tree};
use crate::links::targets;

/// The folders of the published crates.
fn crates() -> Vec<String> {
    let folders = std::fs::read_dir(root().join("crates")).unwrap();
    let names = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap());
    let names: Vec<_> = names.collect();
    assert!(!names.is_empty(), "no crate was found");
    names
}

/// A feature in a manifest: its name, and whether it is on by default.
fn features(manifest: &str) -> Vec<(&str, bool)> {
    let section = manifest.split_once("\n[features]\n");
    let section = section.map_or("", |(_, rest)| rest.split("\n[").next().unwrap());
    let lines = section.lines().filter_map(|line| line.split_once(" = "));
    let (defaults, features): (Vec<_>, Vec<_>) = lines.partition(|(name, _)| *name == "default");
    let is_default = |name: &str| {
        let name = format!("\"{name}\"");
        defaults.iter().any(|(_, names)| names.contains(&name))
    };
    let features = features.into_iter();
    features.map(|(name, _)| (name, is_default(name))).collect()
}

/// The crates of a build with these features alone.
fn built(package: &str, features: &str) -> BTreeSet<String> {
    let edges = ["--edges", "normal", "--no-default-features"];
    let tree = tree(&[&edges[..], &["--package", package, "--features", features]].concat());
    tree.lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn each_front_page_lists_the_features_of_its_crate_and_the_crates_that_they_add() {
    for folder in crates() {
        let manifest = read(&format!("crates/{folder}/Cargo.toml"));
        let package = manifest.split('"').nth(1).unwrap();
        let without = built(package, "");
        let expected = features(&manifest).into_iter().map(|(name, is_default)| {
            let default = if is_default { "yes" } else { "no" };
            let added = built(package, name).difference(&without).count();
            [format!("`{name}`"), default.to_owned(), added.to_string()]
        });

        let page = read(&format!("crates/{folder}/README.md"));
        let section = page.split_once("\n## Features\n");
        let section = section.map_or("", |(_, rest)| rest.split("\n## ").next().unwrap());
        let rows = section.lines().filter(|line| line.starts_with("| `"));
        let listed = rows.map(|row| {
            let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
            [0, 1, 3].map(|cell| cells[cell].to_owned())
        });
        let listed: Vec<_> = listed.collect();
        assert_eq!(listed, expected.collect::<Vec<_>>(), "{package}");
    }
}

#[test]
fn each_front_page_is_the_readme_and_docs_rs_shows_all_features_on_it() {
    let manifest = read("Cargo.toml");
    let oldest = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \"")?.strip_suffix('"'))
        .unwrap();
    for folder in crates() {
        for (file, needed) in [
            (
                "Cargo.toml",
                "\n[package.metadata.docs.rs]\nall-features = true\n",
            ),
            ("Cargo.toml", "\nreadme = \"README.md\"\n"),
            ("src/lib.rs", "doc = include_str!(\"../README.md\")"),
            ("src/lib.rs", "\n#![cfg_attr(docsrs, feature(doc_cfg))]\n"),
            ("README.md", "[FNCY](https://docs.fncy.world)"),
            ("README.md", &format!("\nYou need Rust {oldest} or newer.")),
        ] {
            let text = read(&format!("crates/{folder}/{file}"));
            assert!(text.contains(needed), "crates/{folder}/{file}: {needed}");
        }
        // crates.io shows the page far from the files beside it.
        let relative = targets(&read(&format!("crates/{folder}/README.md")))
            .into_iter()
            .find(|target| !target.starts_with("https://"));
        assert_eq!(relative, None, "crates/{folder}/README.md");
    }
}

/// What people type into the search of the documentation. It knows names and aliases only, and no underscores.
const SEARCHED: &[&str] = &[
    "audit",
    "bearer",
    "callback",
    "claims",
    "cookie key",
    "csrf",
    "current_user",
    "expiry",
    "extractor",
    "guard",
    "health",
    "id_token",
    "identity",
    "idle timeout",
    "jwt",
    "kubernetes",
    "log in",
    "login",
    "logout",
    "logout everywhere",
    "max_age",
    "middleware",
    "mobile",
    "mock",
    "nginx",
    "oidc",
    "permission",
    "principal",
    "prompt",
    "public page",
    "public path",
    "redirect after login",
    "redirect_uri",
    "remember me",
    "revoke",
    "role",
    "secret rotation",
    "session data",
    "session store",
    "session timeout",
    "sign out",
    "single sign-on",
    "sliding expiration",
    "sso",
    "ttl",
    "user",
    "websocket",
];

#[test]
fn each_word_that_people_search_finds_an_item() {
    let sources = sources(&root().join("crates"));
    let aliases = sources.split("#[doc(alias").skip(1).flat_map(|rest| {
        rest.split(")]")
            .next()
            .unwrap()
            .split('"')
            .skip(1)
            .step_by(2)
    });
    let names = sources.split("pub ").skip(1).filter_map(|rest| {
        let mut words = rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        words
            .find(|word| !["async", "const", "enum", "fn", "mod", "struct", "trait"].contains(word))
    });
    let known: BTreeSet<_> = aliases.chain(names).map(searched).collect();
    let unknown: Vec<_> = SEARCHED
        .iter()
        .filter(|word| !known.contains(&searched(word)))
        .collect();
    assert_eq!(unknown, [&""; 0]);
}

/// A word as the search of the documentation compares it.
fn searched(word: &str) -> String {
    word.to_lowercase().replace('_', "")
}
