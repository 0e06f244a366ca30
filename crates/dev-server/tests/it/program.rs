//! The program, as a shell runs it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::client::send;
use crate::users::TemporaryFile;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fncy-dev-server"));
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The settings that the program prints, and the number of other lines before the last setting.
fn settings(lines: impl Iterator<Item = String>) -> (Vec<(String, String)>, usize) {
    let (mut settings, mut others) = (Vec::new(), 0);
    for line in lines {
        match line.split_once('=') {
            Some((name, value)) => settings.push((name.to_owned(), value.to_owned())),
            None => others += 1,
        }
        if settings.len() == 9 {
            break;
        }
    }
    (settings, others)
}

#[test]
fn it_prints_the_settings_and_serves() {
    for (arguments, env_only) in [
        (&["--port", "0"][..], false),
        (&["--env", "--port", "0"], true),
    ] {
        let mut child = program(arguments).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (variables, others) = settings(lines.map(Result::unwrap));
        let base_url = &variables[0].1;
        let front_page = send(base_url, "GET", "/", &[], "").unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(front_page.status, 200);
        assert_eq!(others == 0, env_only);
        let names: Vec<_> = variables.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "FNCY_BASE_URL",
                "FNCY_CLIENT_ID",
                "FNCY_CLIENT_SECRET",
                "FNCY_USERINFO_URL",
                "FNCY_REVOCATION_URL",
                "FNCY_SIGN_OUT_URL",
                "FNCY_AUTH_TIME",
                "FNCY_REDIRECT_URI",
                "FNCY_COOKIE_SECRET",
            ]
        );
        let sign_out = format!("{base_url}/sign-out?return_to=http://localhost:3000/auth/logout");
        assert_eq!(variables[5].1, sign_out);
        assert_eq!(STANDARD.decode(&variables[8].1).unwrap().len(), 32);
        // A shell would split a value at a space. The front page shows the same lines.
        let page = &front_page.body;
        for (name, value) in &variables {
            assert!(!value.contains(char::is_whitespace), "{name}");
            assert!(
                page.contains(&format!("{name}={value}\n")),
                "{name}: {page}"
            );
        }
    }
}

#[test]
fn the_lifetime_of_access_tokens_is_an_option() {
    let arguments = ["--port", "0", "--token-lifetime", "20"];
    let mut child = program(&arguments).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let base_url = lines.find_map(|line| {
        let base_url = line.strip_prefix("FNCY_BASE_URL=")?;
        Some(base_url.to_owned())
    });
    let request = json!({
        "client_id": "demo-app",
        "client_secret": "demo-secret",
        "grant_type": "client_credentials",
    });
    let headers = [("Content-Type", "application/json")];
    let reply = send(
        &base_url.unwrap(),
        "POST",
        "/v1/oauth2/token",
        &headers,
        &request.to_string(),
    );
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(reply.unwrap().json()["expires_in"], 20);
}

#[test]
fn an_invalid_lifetime_is_explained() {
    for bad in ["0", "-1", "1.5", "5m", "4294967296", ""] {
        let output = program(&["--token-lifetime", bad]).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{bad:?}");
        assert_eq!(
            stderr.lines().next().unwrap(),
            format!(
                "fncy-dev-server: --token-lifetime takes a whole number of seconds from 1 to 4294967295, not {bad:?}"
            )
        );
    }
}

#[test]
fn unknown_arguments_are_refused() {
    let help = program(&["--help"]).output().unwrap();
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).unwrap();
    for option in [
        "--env",
        "--port N",
        "--token-lifetime SECONDS",
        "--jwt",
        "--audience NAME",
        "--users FILE",
        "--user-id-member NAME",
    ] {
        assert!(text.contains(&format!("\n  {option}\n")), "{option}");
    }
    assert!(text.lines().all(|line| line.len() <= 92), "{text}");
    for bad in [
        &["--host", "0.0.0.0"][..],
        &["--port", "many"],
        &["--port"],
        &["--token-lifetime"],
        &["--env=1"],
        &["--jwt=1"],
        &["--audience"],
        &["--users"],
        &["--user-id-member="],
    ] {
        let output = program(bad).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{bad:?}");
        assert!(String::from_utf8(output.stderr).unwrap().contains("--help"));
    }
}

#[test]
fn the_users_of_the_help_page_are_a_users_file() {
    let help = program(&["--help"]).output().unwrap();
    let text = String::from_utf8(help.stdout).unwrap();
    let (start, end) = (
        text.find("      [\n").unwrap(),
        text.find("\n      ]\n").unwrap(),
    );
    let file = TemporaryFile::new("help.json", &text[start..end + 9]);
    let arguments = ["--env", "--port", "0", "--users", file.path()];
    let mut child = program(&arguments).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (variables, _) = settings(lines.map(Result::unwrap));
    let front_page = send(&variables[0].1, "GET", "/", &[], "").unwrap().body;
    child.kill().unwrap();
    child.wait().unwrap();
    for name in ["Mina Kim", "guest"] {
        assert!(front_page.contains(name), "{name}");
    }
}

#[test]
fn a_bad_users_file_is_explained() {
    let file = TemporaryFile::new("program.json", "[{\"name\": \"Mina\"}]");
    let arguments = ["--users", file.path(), "--user-id-member", "sub"];
    let output = program(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!(
            "fncy-dev-server: user 1 of the users file {} has no ID at /sub; \
             write a string or a whole number there\n",
            file.path()
        )
    );
}
