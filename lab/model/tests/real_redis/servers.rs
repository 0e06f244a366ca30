//! A redis-server and its replica, on sockets in a folder of their own, and the harm that is done to them.
//!
//! Rule: the address is in a file, which the stores follow.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::time::sleep;

/// What happens to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    /// Killed, and started again with all that it had answered.
    Kill,
    /// Killed, and started again with nothing.
    Empty,
    /// Suspended, for longer than a call waits.
    Suspend,
    /// Its clock is set ahead.
    Clock,
    /// Killed, and a replica takes over that has not heard the last writes.
    Failover,
}

impl Fault {
    pub(crate) const ALL: [Self; 6] = [
        Self::None,
        Self::Kill,
        Self::Empty,
        Self::Suspend,
        Self::Clock,
        Self::Failover,
    ];

    /// Whether data may be lost.
    pub(crate) const fn loses_data(self) -> bool {
        matches!(self, Self::Empty | Self::Clock | Self::Failover)
    }
}

struct Server {
    socket: PathBuf,
    port: u16,
    arguments: Vec<String>,
    child: Child,
}

impl Server {
    /// `None` if redis-server is not installed.
    async fn start(folder: &Path, name: &str, settings: &[&str]) -> Option<Self> {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let socket = folder.join("socket");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let number = port.to_string();
        let mut arguments = vec!["--bind", "127.0.0.1", "--port", &number, "--save", ""];
        arguments.extend(["--unixsocket", socket.to_str().unwrap()]);
        arguments.extend(["--dir", folder.to_str().unwrap()]);
        arguments.extend(settings);
        let arguments: Vec<_> = arguments.into_iter().map(str::to_owned).collect();
        let child = run(&arguments, &socket).await?;
        Some(Self {
            socket,
            port,
            arguments,
            child,
        })
    }

    fn kill(&mut self) {
        // It may be killed already.
        drop(self.child.kill());
        self.child.wait().unwrap();
    }

    async fn restart(&mut self) {
        self.kill();
        self.child = run(&self.arguments, &self.socket).await.unwrap();
    }

    fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        let status = Command::new("kill").args([name, &process]).status();
        assert!(status.unwrap().success());
    }

    fn tell(&self, words: &[&str]) -> String {
        let told = Command::new("redis-cli")
            .arg("-s")
            .arg(&self.socket)
            .args(words)
            .output();
        String::from_utf8(told.unwrap().stdout).unwrap()
    }

    /// Follows a master until it has all of its data.
    async fn follow(&self, master: &Self) {
        self.tell(&["replicaof", "127.0.0.1", &master.port.to_string()]);
        for _ in 0..1_000 {
            if self
                .tell(&["info", "replication"])
                .contains("master_link_status:up")
            {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("the replica hears nothing");
    }
}

async fn run(arguments: &[String], socket: &Path) -> Option<Child> {
    let server = Command::new("redis-server")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    let child = server.ok()?;
    for _ in 0..1_000 {
        if UnixStream::connect(socket).await.is_ok() {
            return Some(child);
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("redis-server does not answer");
}

/// The servers of one run.
pub(crate) struct Servers {
    fault: Fault,
    folder: PathBuf,
    master: Server,
    replica: Server,
}

impl Servers {
    /// `None` if redis-server is not installed.
    ///
    /// # Panics
    ///
    /// If it isn't and `FNCY_REQUIRE_REAL_SERVERS=1`.
    pub(crate) async fn start(fault: Fault) -> Option<Self> {
        let name = format!("fncy-histories-{}-{fault:?}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let settings: &[&str] = match fault {
            Fault::Kill => &["--appendonly", "yes", "--appendfsync", "always"],
            _ => &[],
        };
        let Some(master) = Server::start(&folder, "first", settings).await else {
            #[expect(clippy::disallowed_methods, reason = "a setting of the tests")]
            let required = std::env::var("FNCY_REQUIRE_REAL_SERVERS");
            assert_ne!(required.as_deref(), Ok("1"), "install redis-server");
            return None;
        };
        let replica = Server::start(&folder, "second", &[]).await?;
        let servers = Self {
            fault,
            folder,
            master,
            replica,
        };
        servers.publish();
        Some(servers)
    }

    /// The file with the master's address.
    pub(crate) fn address(&self) -> PathBuf {
        self.folder.join("address")
    }

    fn publish(&self) {
        let address = format!("redis+unix://{}", self.master.socket.display());
        std::fs::write(self.address(), address).unwrap();
    }

    /// Does its harm once.
    pub(crate) async fn harm(&mut self) {
        match self.fault {
            Fault::None => sleep(Duration::from_secs(1)).await,
            Fault::Kill | Fault::Empty => self.master.restart().await,
            Fault::Suspend => {
                self.master.signal("-STOP");
                sleep(Duration::from_millis(2_000)).await;
                self.master.signal("-CONT");
            }
            Fault::Clock => {
                for lease in self.master.tell(&["keys", "*:lease"]).lines() {
                    self.master.tell(&["pexpire", lease, "1"]);
                }
            }
            Fault::Failover => {
                // As a master, it would grant leases to instances that still have its address.
                self.replica.restart().await;
                self.replica.follow(&self.master).await;
                sleep(Duration::from_millis(300)).await;
                self.replica.tell(&["replicaof", "no", "one"]);
                // These writes are lost.
                sleep(Duration::from_millis(100)).await;
                self.master.kill();
                std::mem::swap(&mut self.master, &mut self.replica);
                self.publish();
            }
        }
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        self.master.kill();
        self.replica.kill();
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
