//! Debian's nginx, with a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::UnixStream;
use tokio::time::sleep;

use super::skip;

/// A running nginx. It stops when the value is dropped.
pub struct Nginx {
    folder: PathBuf,
    child: Child,
}

impl Nginx {
    /// An nginx with these servers. `None` if nginx is not installed.
    ///
    /// One of them listens on [`Nginx::socket_in`] its folder. Settings that the servers leave out have nginx's defaults.
    ///
    /// # Panics
    ///
    /// If it doesn't start.
    pub async fn start(name: &str, servers: impl FnOnce(&Path) -> String) -> Option<Self> {
        let folder = format!("fncy-nginx-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        let config = format!("{FRAME_START}{}{FRAME_END}", servers(&folder));
        std::fs::write(folder.join("config"), config).unwrap();
        let child = Command::new("nginx")
            .arg("-p")
            .arg(&folder)
            .args(["-c", "config", "-e", "errors"])
            .stdin(Stdio::null())
            .spawn();
        let child = child
            .ok()
            .or_else(|| skip("skipped: install nginx (or `cargo xtask test`)"))?;
        let nginx = Self { folder, child };
        for _ in 0..1_000 {
            if UnixStream::connect(nginx.socket()).await.is_ok() {
                return Some(nginx);
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("nginx does not answer");
    }

    /// The socket that it listens on.
    pub fn socket(&self) -> PathBuf {
        Self::socket_in(&self.folder)
    }

    /// The socket of an nginx with this folder.
    pub fn socket_in(folder: &Path) -> PathBuf {
        folder.join("socket")
    }
}

/// Debian's configuration around the servers, with a single process, so that it ends with the test.
const FRAME_START: &str = "daemon off; master_process off; pid pid; events {}\n\
    http { access_log off; client_body_temp_path body; proxy_temp_path proxy;\n\
    fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n";
const FRAME_END: &str = "}\n";

impl Drop for Nginx {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        drop(std::fs::remove_dir_all(&self.folder));
    }
}
