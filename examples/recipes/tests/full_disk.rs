//! A process whose log can't be written (row XR15).

#![allow(clippy::unwrap_used, reason = "a test's failure is a panic")]

use std::fs::File;
use std::process::Command;

use fncy_login_tests::browser::{Backend as _, RawRequest, Socket};
use fncy_login_tests::real_server::fleet::{Instance, free_address};

/// Linux has a file whose disk is always full.
const FULL: &str = "/dev/full";

#[tokio::test]
async fn xr15_a_full_disk_cuts_no_request() {
    let Ok(full) = File::options().write(true).open(FULL) else {
        return;
    };
    let mut command = Command::new(env!("CARGO_BIN_EXE_recipes"));
    command
        .arg("production")
        // A Redis that is down, so that there is more to log.
        .env("FNCY_REDIS_URL", "redis://127.0.0.1:1")
        .env("STOP_PAUSE", "0")
        .stderr(full);
    let mut instance = Instance::start(command, free_address(), free_address(), FULL.into());
    instance.until_answers("/live").await;
    let application = Socket(instance.listen);
    for _ in 0..3 {
        for (target, status) in [("/", 303), ("/auth/callback?code=a&state=b", 400)] {
            let request = RawRequest::new("GET", target)
                .with_header("host", "localhost:3000")
                .with_header("accept", "text/html");
            let answer = application.send(request).await;
            assert_eq!(answer.status, status, "{}", answer.text());
        }
    }
    instance.signal("TERM");
    assert!(instance.ended().await.success());
}
