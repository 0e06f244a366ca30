//! The start of each proxy, with the configuration that people copy. What differs on this machine is replaced: addresses,
//! ports and the names of files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::body::Bytes;
use fncy_login_testing::App as _;
use http::Request;
use tokio::time::{sleep, timeout};

use super::instances::{Instances, host};
use crate::real_server::fleet::{NGINX, free_address};
use crate::real_server::nginx::Nginx;
use crate::real_server::skip;
use crate::real_server::tls::{HOST, OverTls};

const CADDY: &str = include_str!("../../../../docs/deploy/Caddyfile");
const TRAEFIK: [(&str, &str); 2] = [
    (
        "traefik.yaml",
        include_str!("../../../../docs/deploy/traefik.yaml"),
    ),
    (
        "traefik-routes.yaml",
        include_str!("../../../../docs/deploy/traefik-routes.yaml"),
    ),
];

/// A running proxy. It stops when the value is dropped.
pub(super) struct Proxy {
    pub(super) front: OverTls,
    _process: Process,
}

enum Process {
    Nginx { _nginx: Nginx },
    Child { child: Child, folder: PathBuf },
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Self::Child { child, folder } = self {
            child.kill().unwrap();
            child.wait().unwrap();
            drop(fs::remove_dir_all(folder));
        }
    }
}

/// nginx, which knows no readiness probe: the instance that is not ready is left out.
pub(super) async fn nginx(instances: &Instances) -> Option<Proxy> {
    let mut front = None;
    let nginx = Nginx::start("proxies", |folder| {
        let address = free_address();
        front = Some(OverTls::new(address, folder));
        let listen = format!(
            "listen unix:{};\nlisten {address} ssl;",
            Nginx::socket_in(folder).display()
        );
        let upstream = |number| format!("{}:{}", host(number), instances.port);
        changed(
            NGINX,
            &[
                ("listen 443 ssl;", &listen),
                ("/etc/ssl/certs/app.example.pem", "certificate"),
                ("/etc/ssl/private/app.example.key", "key"),
                ("127.0.0.1:3001", &upstream(1)),
                ("127.0.0.1:3002", &upstream(3)),
                ("127.0.0.1:3003", &upstream(4)),
            ],
        )
    });
    let _nginx = nginx.await?;
    Some(Proxy {
        front: front?,
        _process: Process::Nginx { _nginx },
    })
}

/// Caddy, with a certificate of the test in place of one that it would get by itself.
pub(super) async fn caddy(instances: &Instances) -> Option<Proxy> {
    start("caddy", |folder, port| {
        let site = format!(
            "{{\n\tadmin off\n\tauto_https off\n}}\n\n{HOST}:{port} {{\n\ttls certificate key\n"
        );
        let config = on_this_machine(CADDY, instances, "health_port");
        let config = changed(&config, &[("app.example {\n", &site)]);
        fs::write(folder.join("Caddyfile"), config).unwrap();
        let mut command = Command::new("caddy");
        command
            .args(["run", "--config", "Caddyfile", "--adapter", "caddyfile"])
            .env("XDG_CONFIG_HOME", folder)
            .env("XDG_DATA_HOME", folder);
        command
    })
    .await
}

/// Traefik, which `cargo xtask test` installs beside the other real servers.
pub(super) async fn traefik(instances: &Instances) -> Option<Proxy> {
    start("traefik", |folder, port| {
        let [entry, routes] = TRAEFIK.map(|(name, config)| (folder.join(name), config));
        let config = changed(
            entry.1,
            &[
                (":443", &format!("127.0.0.1:{port}")),
                ("/etc/traefik/traefik-routes.yaml", "traefik-routes.yaml"),
            ],
        );
        fs::write(&entry.0, config).unwrap();
        let config = on_this_machine(routes.1, instances, "port:");
        let config = changed(
            &config,
            &[
                ("/etc/ssl/certs/app.example.pem", "certificate"),
                ("/etc/ssl/private/app.example.key", "key"),
            ],
        );
        fs::write(routes.0, config).unwrap();
        let program = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(program.join("real-servers/traefik/bin/traefik"));
        command.arg("--configFile=traefik.yaml");
        command
    })
    .await
}

async fn start(name: &str, command: impl FnOnce(&Path, u16) -> Command) -> Option<Proxy> {
    let folder = format!("fncy-{name}-{}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    fs::create_dir_all(&folder).unwrap();
    let address = free_address();
    let front = OverTls::new(address, &folder);
    let child = command(&folder, address.port())
        .current_dir(&folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let child = child
        .ok()
        .or_else(|| skip(&format!("skipped: install {name} (or `cargo xtask test`)")))?;
    let proxy = Proxy {
        front,
        _process: Process::Child { child, folder },
    };
    proxy.until_it_serves().await;
    Some(proxy)
}

impl Proxy {
    /// Until its routes are there, and its probe has found the instance that isn't ready.
    async fn until_it_serves(&self) {
        let (front, mut served) = (&self.front, 0);
        let serving = async {
            while served < 20 {
                let request = Request::get("/seen").header("host", HOST);
                let answer = front.call(request.body(Bytes::new()).unwrap()).await;
                let is_served = answer.is_ok_and(|answer| answer.status() == 200);
                served = if is_served { served + 1 } else { 0 };
                sleep(Duration::from_millis(10)).await;
            }
        };
        let began = timeout(Duration::from_secs(20), serving).await;
        assert!(began.is_ok(), "the proxy does not serve");
    }
}

/// The configuration with these instances, which Caddy and Traefik find at three hosts.
fn on_this_machine(config: &str, instances: &Instances, probe: &str) -> String {
    let mut config = changed(
        config,
        &[(
            &format!("{probe} 9000"),
            &format!("{probe} {}", instances.operations),
        )],
    );
    for number in 1..=3 {
        let (there, here) = (format!("10.0.0.{number}:3000"), host(number));
        config = changed(&config, &[(&there, &format!("{here}:{}", instances.port))]);
    }
    config
}

fn changed(config: &str, changes: &[(&str, &str)]) -> String {
    let mut config = config.to_owned();
    for (there, here) in changes {
        assert_eq!(config.matches(there).count(), 1, "{there}");
        config = config.replace(there, here);
    }
    config
}
