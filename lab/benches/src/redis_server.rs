//! A redis-server of this program's own, on a socket in a folder of its own, and its figures.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fncy_login_redis::RedisStore;
use tokio::time::sleep;

/// A server that forgets all when it ends.
const FORGETFUL: &[&str] = &["--save", "", "--maxclients", "4000"];
/// A server that keeps all but the last second on its disk, as `docs/scale.md` recommends.
const LASTING: &[&str] = &["--appendonly", "yes", "--appendfsync", "everysec"];

/// It ends when this is dropped, with all that it kept.
pub struct RedisServer {
    folder: PathBuf,
    settings: &'static [&'static str],
    child: Child,
}

impl RedisServer {
    /// An empty server, which keeps all in its memory.
    pub fn start() -> Self {
        Self::start_with(FORGETFUL)
    }

    /// An empty server, which keeps what it has on its disk.
    pub fn start_lasting() -> Self {
        Self::start_with(LASTING)
    }

    fn start_with(settings: &'static [&'static str]) -> Self {
        let folder = std::env::temp_dir().join(format!("fncy-measured-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let child = run(&folder, settings);
        let server = Self {
            folder,
            settings,
            child,
        };
        server.until_ready();
        server
    }

    /// Kills it, as a failing machine does.
    pub fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// Starts it again after [`kill`](Self::kill).
    pub fn restart(&mut self) {
        self.child = run(&self.folder, self.settings);
        self.until_ready();
    }

    fn until_ready(&self) {
        while !self.says(&["ping"]).contains("PONG") {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Its address, as a setting has it.
    pub fn url(&self) -> String {
        format!("redis+unix://{}", self.folder.join("socket").display())
    }

    /// The number of its keys.
    pub fn keys(&self) -> u64 {
        self.says(&["dbsize"]).trim().parse().unwrap()
    }

    /// The number of its leases.
    pub fn leases(&self) -> usize {
        self.says(&["keys", "*:lease"]).split_whitespace().count()
    }

    /// A way to it for one instance of an application.
    pub fn instance(&self) -> RedisStore {
        RedisStore::new(&self.url()).unwrap()
    }

    /// The processor time that it has taken, in seconds.
    pub fn cpu(&self) -> f64 {
        self.number("cpu", "used_cpu_user:") + self.number("cpu", "used_cpu_sys:")
    }

    /// The memory that it has in use, in bytes.
    pub fn memory(&self) -> f64 {
        self.number("memory", "used_memory:")
    }

    /// Forgets everything, once those who were there have gone: they would tell it again.
    pub async fn empty(&self) {
        sleep(Duration::from_secs(2)).await;
        self.says(&["flushall", "sync"]);
    }

    fn number(&self, section: &str, field: &str) -> f64 {
        let said = self.says(&["info", section]);
        let mut lines = said.lines();
        let value = lines.find_map(|line| line.strip_prefix(field));
        value.unwrap().trim().parse().unwrap()
    }

    fn says(&self, words: &[&str]) -> String {
        let mut command = Command::new("redis-cli");
        command
            .arg("-s")
            .arg(self.folder.join("socket"))
            .args(words);
        let output = command.stderr(Stdio::null()).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn run(folder: &Path, settings: &[&str]) -> Child {
    Command::new("redis-server")
        .args(["--port", "0"])
        .args(settings)
        .arg("--dir")
        .arg(folder)
        .arg("--unixsocket")
        .arg(folder.join("socket"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}
