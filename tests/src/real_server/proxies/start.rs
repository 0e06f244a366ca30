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
const TRAEFIK: &str = include_str!("../../../../docs/deploy/traefik.yaml");
const TRAEFIK_ROUTES: &str = include_str!("../../../../docs/deploy/traefik-routes.yaml");

/// A running proxy, met over TLS. It stops when the value is dropped.
pub(super) struct Proxy {
    pub(super) front: OverTls,
    _process: Running,
}

#[expect(dead_code, reason = "it runs until it is dropped")]
enum Running {
    Nginx(Nginx),
    Process(Process),
}

/// A running Caddy or Traefik. It stops when the value is dropped.
pub(in crate::real_server) struct Process {
    child: Child,
    folder: PathBuf,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        drop(fs::remove_dir_all(&self.folder));
    }
}

impl Process {
    fn start(name: &str, folder: PathBuf, mut command: Command) -> Option<Self> {
        let child = command
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = child
            .ok()
            .or_else(|| skip(&format!("skipped: install {name} (or `cargo xtask test`)")))?;
        Some(Self { child, folder })
    }

    /// Caddy without TLS, at this port of localhost.
    pub(in crate::real_server) fn plain_caddy(port: u16, instances: &Instances) -> Option<Self> {
        let folder = folder("plain-caddy");
        let site = format!("http://localhost:{port} {{\n");
        Self::start("caddy", folder.clone(), caddy_in(&folder, &site, instances))
    }

    /// Traefik without TLS, at this port of localhost.
    pub(in crate::real_server) fn plain_traefik(port: u16, instances: &Instances) -> Option<Self> {
        let folder = folder("plain-traefik");
        let routes = traefik_routes(instances);
        let (routes, _) = routes.split_once("\ntls:\n").unwrap();
        let routes = routes
            .replace("      tls: {}\n", "")
            .replace(HOST, "localhost");
        Self::start(
            "traefik",
            folder.clone(),
            traefik_in(&folder, port, &routes),
        )
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
    let nginx = nginx.await?;
    Some(Proxy {
        front: front?,
        _process: Running::Nginx(nginx),
    })
}

/// Caddy, with a certificate of the test in place of the one that Caddy would request by itself.
pub(super) async fn caddy(instances: &Instances) -> Option<Proxy> {
    let folder = folder("caddy");
    let front = OverTls::new(free_address(), &folder);
    let site = format!(
        "{HOST}:{} {{\n\ttls certificate key\n",
        front.address.port()
    );
    let command = caddy_in(&folder, &site, instances);
    Proxy::met_at(front, Process::start("caddy", folder, command)?).await
}

/// Traefik, which `cargo xtask test` installs beside the other real servers.
pub(super) async fn traefik(instances: &Instances) -> Option<Proxy> {
    let folder = folder("traefik");
    let front = OverTls::new(free_address(), &folder);
    let routes = changed(
        &traefik_routes(instances),
        &[
            ("/etc/ssl/certs/app.example.pem", "certificate"),
            ("/etc/ssl/private/app.example.key", "key"),
        ],
    );
    let command = traefik_in(&folder, front.address.port(), &routes);
    Proxy::met_at(front, Process::start("traefik", folder, command)?).await
}

/// Caddy with the start of its site. It neither asks for certificates nor listens for its operator.
fn caddy_in(folder: &Path, site: &str, instances: &Instances) -> Command {
    let site = format!("{{\n\tadmin off\n\tauto_https off\n}}\n\n{site}");
    let config = on_this_machine(CADDY, instances, "health_port");
    let config = changed(&config, &[("app.example {\n", &site)]);
    fs::write(folder.join("Caddyfile"), config).unwrap();
    let mut command = Command::new("caddy");
    command
        .args(["run", "--config", "Caddyfile", "--adapter", "caddyfile"])
        .env("XDG_CONFIG_HOME", folder)
        .env("XDG_DATA_HOME", folder);
    command
}

fn traefik_routes(instances: &Instances) -> String {
    on_this_machine(TRAEFIK_ROUTES, instances, "port:")
}

fn traefik_in(folder: &Path, port: u16, routes: &str) -> Command {
    let config = changed(
        TRAEFIK,
        &[
            (":443", &format!("127.0.0.1:{port}")),
            ("/etc/traefik/traefik-routes.yaml", "traefik-routes.yaml"),
        ],
    );
    fs::write(folder.join("traefik.yaml"), config).unwrap();
    fs::write(folder.join("traefik-routes.yaml"), routes).unwrap();
    let program = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(program.join("real-servers/traefik/bin/traefik"));
    command.arg("--configFile=traefik.yaml");
    command
}

/// An empty folder for a proxy.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("fncy-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

impl Proxy {
    async fn met_at(front: OverTls, process: Process) -> Option<Self> {
        let proxy = Self {
            front,
            _process: Running::Process(process),
        };
        proxy.until_it_serves().await;
        Some(proxy)
    }

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
