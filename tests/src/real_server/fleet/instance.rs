//! An instance of the recipe `production`, in a process of its own.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::sleep;

/// A running process. It is killed when the value is dropped.
pub struct Instance {
    /// Its program and environment, for the next start.
    pub command: Command,
    /// Where the proxy finds it.
    pub listen: SocketAddr,
    /// Where its metrics and probes are.
    pub operations: SocketAddr,
    log: PathBuf,
    child: Child,
}

impl Instance {
    /// Starts a program that runs the recipe at these addresses. Its lines go to the file.
    ///
    /// # Panics
    ///
    /// If it doesn't start.
    pub fn start(
        mut command: Command,
        listen: SocketAddr,
        operations: SocketAddr,
        log: PathBuf,
    ) -> Self {
        command
            .env("LISTEN", listen.to_string())
            .env("OPERATIONS_LISTEN", operations.to_string())
            .stdin(Stdio::null())
            .stdout(File::create(&log).unwrap());
        let child = command.spawn().unwrap();
        Self {
            command,
            listen,
            operations,
            log,
            child,
        }
    }

    /// Starts it again after it has ended, with its `command` as it is now.
    ///
    /// # Panics
    ///
    /// If it doesn't start.
    pub fn restart(&mut self) {
        self.child = self.command.spawn().unwrap();
    }

    /// Waits until its readiness probe succeeds.
    ///
    /// # Panics
    ///
    /// If it isn't ready within 30 seconds.
    pub async fn until_ready(&self) {
        self.until_answers("/ready").await;
    }

    /// Waits until a path of its second listener answers 200.
    ///
    /// # Panics
    ///
    /// If it doesn't within 30 seconds.
    pub async fn until_answers(&self, path: &str) {
        for _ in 0..3_000 {
            if self.ask(path).await.starts_with("HTTP/1.1 200") {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("{path} of an instance is not 200: {}", self.lines());
    }

    /// The answer of its second listener, with its head. It is empty if the instance does not answer.
    pub async fn ask(&self, path: &str) -> String {
        let mut answer = String::new();
        let exchange = async {
            let mut stream = TcpStream::connect(self.operations).await?;
            let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            stream.write_all(request.as_bytes()).await?;
            stream.read_to_string(&mut answer).await
        };
        // Without an answer there is nothing to read.
        drop(exchange.await);
        answer
    }

    /// The id of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends its process a signal: `TERM`, `KILL`, `STOP` or `CONT`.
    ///
    /// # Panics
    ///
    /// If it has ended.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.pid().to_string()])
            .status();
        assert!(status.unwrap().success());
    }

    /// Waits until its process has ended.
    ///
    /// # Panics
    ///
    /// If it hasn't within a minute.
    pub async fn ended(&mut self) -> ExitStatus {
        for _ in 0..6_000 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("an instance doesn't end: {}", self.lines());
    }

    /// The file with its lines.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// All its lines.
    pub fn lines(&self) -> String {
        // A device would never end.
        let log = Some(&self.log).filter(|log| log.is_file());
        log.and_then(|log| std::fs::read_to_string(log).ok())
            .unwrap_or_default()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // It may have ended before.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
