//! A `redis-server`, of Redis or Valkey, on a socket in a folder of its own.
//!
//! Rule: it keeps nothing on disk, so a server that was killed has lost its memory.

#[cfg(test)]
mod cluster;
#[cfg(test)]
mod copies;
#[cfg(test)]
mod dump;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod processes;
#[cfg(test)]
mod several;
#[cfg(test)]
mod sites;
#[cfg(test)]
mod stopping;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod user_sessions;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fncy_login_redis::RedisStore;
use tokio::net::UnixStream;
use tokio::time::sleep;

use super::proxy::Target;
use super::skip;

const MISSING: &str = "skipped: install redis-server (or `cargo xtask test`)";

static STARTED: AtomicU32 = AtomicU32::new(0);

/// A server that can be stopped and started.
#[derive(Debug)]
pub struct Redis {
    folder: PathBuf,
    settings: Vec<String>,
    child: Option<Child>,
}

impl Redis {
    /// A running server. `None` if it is not installed.
    ///
    /// # Panics
    ///
    /// If it is installed and doesn't start, or if it isn't and `FNCY_REQUIRE_REAL_SERVERS=1`.
    pub async fn start() -> Option<Self> {
        Self::start_with(&[]).await
    }

    /// A running server with more settings.
    ///
    /// # Panics
    ///
    /// As [`Redis::start`].
    pub async fn start_with(settings: &[&str]) -> Option<Self> {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("fncy-redis-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let mut redis = Self {
            folder,
            settings: settings.iter().map(|&part| part.to_owned()).collect(),
            child: None,
        };
        redis.run().await.or_else(|| skip(MISSING))?;
        Some(redis)
    }

    /// Starts the server again, with an empty memory.
    ///
    /// # Panics
    ///
    /// If it doesn't start.
    pub async fn restart(&mut self) {
        self.kill();
        self.run().await.unwrap();
    }

    async fn run(&mut self) -> Option<()> {
        let socket = self.socket();
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no"])
            .arg("--unixsocket")
            .arg(&socket)
            .arg("--dir")
            .arg(&self.folder)
            .args(&self.settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        self.child = Some(child.ok()?);
        for _ in 0..1_000 {
            if UnixStream::connect(&socket).await.is_ok() {
                return Some(());
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("redis-server does not answer");
    }

    /// Kills the server, as a failing machine does.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Suspends the server, as a hanging machine does: connections stay open, and calls get no answer.
    pub fn pause(&self) {
        self.signal("STOP");
    }

    /// Resumes the server.
    pub fn resume(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let child = self.child.as_ref().unwrap();
        let status = Command::new("kill")
            .args([format!("-{name}"), child.id().to_string()])
            .status();
        assert!(status.unwrap().success());
    }

    /// A store on this server, for one instance of an application.
    pub fn instance(&self) -> RedisStore {
        self.way()()
    }

    /// A constructor of such stores, for any number of instances.
    pub fn way(&self) -> impl Fn() -> RedisStore + use<> {
        let url = self.url();
        move || RedisStore::new(&url).unwrap()
    }

    /// The server's address, as a setting has it.
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// The answer to a command, by `redis-cli`.
    pub fn tell(&self, words: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .arg("-s")
            .arg(self.socket())
            .args(words)
            .output();
        String::from_utf8_lossy(&output.unwrap().stdout).into_owned()
    }

    /// The keys with this ending.
    pub fn names(&self, end: &str) -> Vec<String> {
        let names = self.tell(&["keys", &format!("*{end}")]);
        let names = names.lines().filter(|name| !name.is_empty());
        names.map(str::to_owned).collect()
    }

    /// All keys and outcomes, as text, to look for secrets in them.
    pub fn contents(&self) -> String {
        let left = self.names(":outcome");
        let left: String = left
            .iter()
            .map(|name| self.tell(&["hgetall", name]))
            .collect();
        self.tell(&["keys", "*"]) + &left
    }

    /// The server's socket, for a proxy.
    pub fn target(&self) -> Target {
        Target::Unix(self.socket())
    }

    /// Waits until a replica has all of its master's data.
    ///
    /// # Panics
    ///
    /// If it hasn't within ten seconds.
    pub async fn until_replica_has(&self, master: &Self) {
        master.tell(&["set", "all-before-this", "heard"]);
        for _ in 0..1_000 {
            if self.tell(&["get", "all-before-this"]).trim() == "heard" {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("the replica hears nothing");
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("socket")
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
