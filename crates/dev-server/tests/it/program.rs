//! The binary, as it is run from a shell.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::client::send;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fncy-dev-server"));
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[test]
fn it_prints_what_an_application_needs_and_serves() {
    let mut child = program(&["--port", "0"]).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let variables: Vec<_> = lines
        .filter_map(|line| {
            let (name, value) = line.split_once('=')?;
            Some((name.strip_prefix("FNCY_")?.to_owned(), value.to_owned()))
        })
        .take(8)
        .collect();
    let base_url = &variables[0].1;
    let status = send(base_url, "GET", "/", &[], "").unwrap().status;
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(status, 200);
    let names: Vec<_> = variables.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "BASE_URL",
            "CLIENT_ID",
            "CLIENT_SECRET",
            "USERINFO_URL",
            "REVOCATION_URL",
            "REDIRECT_URI",
            "COOKIE_SECRET",
            "SIGN_OUT_URL"
        ]
    );
    assert_eq!(STANDARD.decode(&variables[6].1).unwrap().len(), 32);
    let sign_out = format!("{base_url}/sign-out?return_to=http://localhost:3000/auth/logout");
    assert_eq!(variables[7].1, sign_out);
}

#[test]
fn the_life_of_access_tokens_can_be_chosen() {
    let arguments = ["--port", "0", "--token-life", "20"];
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
fn a_life_that_is_none_is_one_sentence() {
    for bad in ["0", "-1", "1.5", "5m", "4294967296", ""] {
        let output = program(&["--token-life", bad]).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{bad:?}");
        assert_eq!(
            stderr.lines().next().unwrap(),
            format!(
                "fncy-dev-server: --token-life takes a whole number of seconds from 1 to 4294967295, not {bad:?}"
            )
        );
    }
}

#[test]
fn it_explains_itself_and_refuses_what_it_does_not_know() {
    let help = program(&["--help"]).output().unwrap();
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).unwrap();
    assert!(text.contains("--port N") && text.contains("--token-life SECONDS"));
    for bad in [
        &["--host", "0.0.0.0"][..],
        &["--port", "many"],
        &["--port"],
        &["--token-life"],
    ] {
        let output = program(bad).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{bad:?}");
        assert!(
            String::from_utf8(output.stderr)
                .unwrap()
                .contains("loopback only")
        );
    }
}
