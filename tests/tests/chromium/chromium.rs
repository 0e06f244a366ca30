//! The browser: a child process that takes lines of JSON, and Chromium below it.
//!
//! It is optional, as the real servers are: where one of the two is not installed, the run says so and ends.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use fncy_login_tests::real_server::skip;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::front::Front;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/real-servers");
const PROGRAM: &str = "/usr/bin/chromium";
const MISSING: &str = "skipped: install Debian's chromium, and run `npm ci` in tests/real-servers (or \
                       `cargo xtask test`)";
/// It asks nobody but the servers of the run.
const ARGUMENTS: [&str; 8] = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Device Bound Session Credentials, with keys in software.
    "--enable-features=DeviceBoundSessions,EnableBoundSessionCredentialsSoftwareKeysForManualTesting",
];

/// The browser, which starts with the first flow and ends with this.
pub(crate) struct Chromium {
    arguments: Vec<String>,
    process: OnceLock<Process>,
    waiting: Waiting,
    next: AtomicU64,
}

struct Process {
    child: Child,
    /// None once it is told to end.
    requests: Mutex<Option<ChildStdin>>,
}

type Answer = oneshot::Receiver<Result<Value, String>>;
type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Result<Value, String>>>>>;

impl Chromium {
    /// A browser that finds sites at the front; none where it is not installed.
    pub(crate) fn new(front: &Front) -> Option<Self> {
        if !Path::new(PROGRAM).exists() || !Path::new(FOLDER).join("node_modules").is_dir() {
            return skip(MISSING);
        }
        let arguments = ARGUMENTS.into_iter().map(str::to_owned);
        Some(Self {
            arguments: arguments.chain(front.arguments()).collect(),
            process: OnceLock::new(),
            waiting: Waiting::default(),
            next: AtomicU64::new(0),
        })
    }

    /// Does one of the acts of `chromium.mjs`.
    ///
    /// # Panics
    ///
    /// It fails.
    pub(crate) async fn act(&self, act: &str, tab: Option<u64>, args: Value) -> Value {
        let answer = self.ask(act, tab, &args).await;
        let answer = answer.unwrap_or(Err("the browser is gone".to_owned()));
        answer.unwrap_or_else(|problem| panic!("{act} {args}: {problem}"))
    }

    /// The same for who needn't wait for the answer.
    pub(crate) fn ask(&self, act: &str, tab: Option<u64>, args: &Value) -> Answer {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (send, answer) = oneshot::channel();
        self.waiting.lock().unwrap().insert(id, send);
        let request = json!({ "id": id, "act": act, "tab": tab, "args": args });
        let process = self.process.get_or_init(|| self.start());
        if let Some(requests) = process.requests.lock().unwrap().as_mut() {
            writeln!(requests, "{request}").unwrap();
        }
        answer
    }

    fn start(&self) -> Process {
        let settings = json!({ "program": PROGRAM, "args": self.arguments });
        let mut child = Command::new("node")
            .current_dir(FOLDER)
            .args(["chromium.mjs", &settings.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let requests = Mutex::new(child.stdin.take());
        let answers = child.stdout.take().unwrap();
        let waiting = Arc::clone(&self.waiting);
        std::thread::spawn(move || hear(answers, &waiting));
        Process { child, requests }
    }
}

/// Gives each answer to whoever waits for it.
fn hear(answers: ChildStdout, waiting: &Waiting) {
    for line in BufReader::new(answers).lines().map_while(Result::ok) {
        let mut answer: Value = serde_json::from_str(&line).unwrap();
        let id = answer["id"].as_u64();
        let result = match answer["problem"].as_str() {
            Some(problem) => Err(problem.to_owned()),
            None => Ok(answer["value"].take()),
        };
        if let Some(asked) = id.and_then(|id| waiting.lock().unwrap().remove(&id)) {
            // An error means that nobody waits.
            let _ = asked.send(result);
        }
    }
    waiting.lock().unwrap().clear();
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.requests.lock().unwrap().take());
        // It fails only for a child that is gone already.
        let _ = self.child.wait();
    }
}
