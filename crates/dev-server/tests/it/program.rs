//! The binary, as it is run from a shell.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

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
        .filter(|line| line.starts_with("FNCY_"))
        .take(6)
        .collect();
    let base_url = variables[0].strip_prefix("FNCY_BASE_URL=").unwrap();
    let status = send(base_url, "GET", "/", &[], "").unwrap().status;
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!((status, variables.len()), (200, 6));
}

#[test]
fn it_explains_itself_and_refuses_what_it_does_not_know() {
    let help = program(&["--help"]).output().unwrap();
    assert!(help.status.success());
    assert!(String::from_utf8(help.stdout).unwrap().contains("--port N"));
    for bad in [&["--host", "0.0.0.0"][..], &["--port", "many"], &["--port"]] {
        let output = program(bad).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{bad:?}");
        assert!(
            String::from_utf8(output.stderr)
                .unwrap()
                .contains("loopback only")
        );
    }
}
