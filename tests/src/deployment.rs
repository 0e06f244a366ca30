//! The files of `docs/deploy`, which people copy (row XR17).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use fncy_login::Setting;

const FOLDER: &str = "../docs/deploy";
/// What the recipe `production` reads, in the documentation of its module.
const RECIPE: &str = include_str!("../../examples/recipes/src/operations/production/mod.rs");

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// Runs a tool of the system on a file of the folder. A machine may lack the tool.
fn checked_by(program: &str, arguments: &[&str], name: &str, content: &str) {
    let path = std::env::temp_dir().join(format!("{}-{name}", std::process::id()));
    std::fs::write(&path, content).unwrap();
    let output = Command::new(program).args(arguments).arg(&path).output();
    std::fs::remove_file(&path).unwrap();
    let Ok(output) = output else {
        eprintln!("not checked: {program} is not installed");
        return;
    };
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{name}: {said}");
}

/// The words of a file that look like environment variables.
fn variables(content: &str) -> BTreeSet<&str> {
    let is_part = |letter: char| letter.is_ascii_uppercase() || letter == '_';
    let words = content.split(|letter| !is_part(letter));
    let is_variable = |word: &&str| {
        word.starts_with("FNCY_") || ["LISTEN", "TRUST_PROXY", "STOP_PAUSE"].contains(word)
    };
    words.filter(is_variable).collect()
}

#[test]
fn xr17_each_variable_is_a_setting() {
    for name in [
        "Dockerfile",
        "compose.yaml",
        "fncy-shop.service",
        "kubernetes.yaml",
        "nginx.conf",
        "Caddyfile",
        "traefik-routes.yaml",
    ] {
        let content = file(name);
        for variable in variables(&content) {
            let is_setting = Setting::ALL.iter().any(|known| known.name() == variable)
                || variable.starts_with("FNCY_REDIS_URL")
                || RECIPE.contains(&format!("`{variable}`"));
            assert!(is_setting, "{name}: {variable}");
        }
    }
}

#[test]
fn xr17_the_required_settings_are_in_each_file_that_runs_the_application() {
    for name in ["compose.yaml", "fncy-shop.service", "kubernetes.yaml"] {
        let content = file(name);
        let variables = variables(&content);
        for setting in [
            Setting::BaseUrl,
            Setting::ClientId,
            Setting::ClientSecretFile,
            Setting::CookieSecretFile,
            Setting::RedirectUri,
            Setting::UserinfoUrl,
        ] {
            assert!(variables.contains(setting.name()), "{name}: {setting:?}");
        }
        assert!(variables.contains("FNCY_REDIS_URL_FILE"), "{name}");
    }
}

#[test]
fn xr17_no_secret_gets_into_a_layer_of_the_image() {
    let (compose, ignored) = (file("compose.yaml"), file(".dockerignore"));
    let files = compose.lines().filter_map(|line| {
        let (_, file) = line.split_once("file: ./")?;
        file.split_whitespace().next()
    });
    let files: BTreeSet<_> = files.collect();
    assert_eq!(files.len(), 3);
    for file in files {
        assert!(ignored.lines().any(|line| line == file), "{file}");
    }
}

#[test]
fn xr17_systemd_takes_the_unit() {
    let unit = file("fncy-shop.service").replace("/usr/local/bin/shop", "/bin/true");
    checked_by("systemd-analyze", &["verify"], "fncy-shop.service", &unit);
    let security = ["security", "--offline=yes", "--no-pager", "--threshold=20"];
    checked_by("systemd-analyze", &security, "fncy-shop.service", &unit);
}

#[test]
fn xr17_prometheus_takes_its_configuration() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/alerts.yml");
    let named = format!("  - {}\n", rules.display());
    let config = file("prometheus.yml").replace("  - alerts.yml\n", &named);
    assert!(config.contains(&named));
    checked_by("promtool", &["check", "config"], "prometheus.yml", &config);
}

#[test]
fn xr17_the_documents_are_yaml() {
    let parse = "import sys\ntry:\n import yaml\nexcept ImportError:\n sys.exit()\nfor name in sys.argv[1:]:\n assert all(list(yaml.safe_load_all(open(name))))";
    for name in [
        "compose.yaml",
        "kubernetes.yaml",
        "prometheus.yml",
        "traefik.yaml",
        "traefik-routes.yaml",
    ] {
        checked_by("python3", &["-c", parse], name, &file(name));
    }
}
