//! Debian's Prometheus, with a folder of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;

use super::free_address;
use crate::real_server::skip;

/// The configuration that people copy.
const CONFIG: &str = include_str!("../../../../docs/deploy/prometheus.yml");

/// A running Prometheus. It stops when the value is dropped.
pub struct Prometheus {
    /// Its address, for its page and its API.
    pub address: SocketAddr,
    child: Child,
}

impl Prometheus {
    /// A Prometheus that reads these addresses each second, and has these rules. `None` if it is not installed.
    ///
    /// # Panics
    ///
    /// If it doesn't start.
    pub async fn start(
        folder: &Path,
        rules: &Path,
        targets: impl Iterator<Item = SocketAddr>,
    ) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let targets: Vec<_> = targets.map(|target| format!("{target:?}")).collect();
        let mut config: String = CONFIG.replace("15s", "1s");
        config.truncate(config.find("- targets").unwrap());
        config += &format!("- targets: [{}]\n", targets.join(", "));
        let config = config.replace("alerts.yml", &rules.display().to_string());
        std::fs::write(folder.join("prometheus.yml"), config).unwrap();
        let address = free_address();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}/prometheus.yml", folder.display()))
            .arg(format!("--storage.tsdb.path={}/data", folder.display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--log.level=error")
            .stdin(Stdio::null())
            .spawn();
        let child = child.ok().or_else(|| skip("skipped: install prometheus"))?;
        let prometheus = Self { address, child };
        for _ in 0..1_000 {
            if TcpStream::connect(address).await.is_ok() {
                return Some(prometheus);
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("prometheus does not answer");
    }

    /// The id of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
