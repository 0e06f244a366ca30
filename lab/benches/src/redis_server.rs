//! A redis-server of this program's own, on a socket in a folder of its own, and its figures.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use fncy_login_redis::RedisStore;
use tokio::time::sleep;

/// It ends when this is dropped, with all that it kept.
pub struct RedisServer {
    folder: PathBuf,
    child: Child,
}

impl RedisServer {
    /// An empty server.
    pub fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("fncy-measured-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--maxclients", "4000"])
            .arg("--dir")
            .arg(&folder)
            .arg("--unixsocket")
            .arg(folder.join("socket"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { folder, child };
        while !server.says(&["ping"]).contains("PONG") {
            std::thread::sleep(Duration::from_millis(10));
        }
        server
    }

    /// A way to it for one instance of an application.
    pub fn instance(&self) -> RedisStore {
        let socket = self.folder.join("socket");
        RedisStore::new(&format!("redis+unix://{}", socket.display())).unwrap()
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
        drop(self.child.kill());
        drop(self.child.wait());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
