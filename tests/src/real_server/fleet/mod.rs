//! Three instances of the recipe `production` as an operator runs them: nginx before them, Redis, Prometheus and the dev
//! server beside them. All listen on loopback, and stop when the fleet is dropped.
//!
//! The instances are processes of a program that its caller names, since a test can't build another program.

mod instance;
mod prometheus;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use fncy_dev_server::{DevServer, DevServerBuilder};
use fncy_login::Setting;

pub use self::instance::Instance;
pub use self::prometheus::Prometheus;
use super::nginx::Nginx;
use super::redis::Redis;

/// The configuration of nginx that people copy.
pub const NGINX: &str = include_str!("../../../../docs/deploy/nginx.conf");
/// The file of the cookie secrets, beside Redis' socket.
const SECRETS: &str = "cookie-secrets";
/// The number of instances.
const INSTANCES: u8 = 3;

/// The processes.
pub struct Fleet {
    /// FNCY, in this process.
    pub dev_server: Arc<DevServer>,
    /// The store.
    pub redis: Redis,
    /// The proxy. `None` while it is changed.
    nginx: Option<Nginx>,
    /// `None` if it is not installed.
    pub prometheus: Option<Prometheus>,
    /// The instances, in nginx's order.
    pub instances: Vec<Instance>,
    /// The address that a browser opens.
    pub origin: String,
}

impl Fleet {
    /// A fleet whose nginx has this port and configuration, once all instances are ready. `None` if Redis or nginx is not
    /// installed.
    ///
    /// `program` is a program that runs the recipe. Its settings are added to its environment.
    ///
    /// # Panics
    ///
    /// If a part doesn't start.
    pub async fn start(port: u16, nginx: &str, program: impl Fn() -> Command) -> Option<Self> {
        let rules = repository("docs/alerts.yml");
        Self::start_with(port, nginx, DevServer::builder(), &rules, program).await
    }

    /// The same with an FNCY and alerting rules of the caller.
    ///
    /// # Panics
    ///
    /// If a part doesn't start.
    pub async fn start_with(
        port: u16,
        nginx: &str,
        dev_server: DevServerBuilder,
        rules: &Path,
        program: impl Fn() -> Command,
    ) -> Option<Self> {
        let origin = format!("http://localhost:{port}");
        let redirect_uri = format!("{origin}/auth/callback");
        let dev_server = dev_server.redirect_uri(&redirect_uri).start().unwrap();
        let redis = Redis::start().await?;
        let folder = redis.socket().with_file_name("");
        let secrets = folder.join(SECRETS);
        std::fs::write(&secrets, dev_server.cookie_secret()).unwrap();
        let (port, operations) = (free_address().port(), free_address().port());
        let instances: Vec<_> = (1..=INSTANCES)
            .map(|number| {
                let mut command = program();
                command
                    .envs(dev_server.environment())
                    .env(Setting::RedirectUri.name(), &redirect_uri)
                    .env(Setting::CookieSecretFile.name(), &secrets)
                    .env(Setting::AuthTime.name(), "/auth_time")
                    .env(Setting::DangerInsecureCookies.name(), "1")
                    .env("FNCY_REDIS_URL", redis.url())
                    .env("TRUST_PROXY", "1");
                let at = |port| SocketAddr::from((Ipv4Addr::new(127, 0, 0, number), port));
                let log = folder.join(format!("instance-{number}.log"));
                Instance::start(command, at(port), at(operations), log)
            })
            .collect();
        for instance in &instances {
            instance.until_ready().await;
        }
        let targets = instances.iter().map(|instance| instance.operations);
        let prometheus = Prometheus::start(&folder.join("prometheus"), rules, targets).await;
        let mut fleet = Self {
            dev_server: Arc::new(dev_server),
            nginx: None,
            redis,
            prometheus,
            instances,
            origin,
        };
        fleet.proxy(nginx).await?;
        Some(fleet)
    }

    /// Starts nginx with another configuration. `None` if it is not installed.
    ///
    /// # Panics
    ///
    /// If it doesn't start.
    pub async fn proxy(&mut self, config: &str) -> Option<()> {
        self.nginx = None;
        let (_, port) = self.origin.rsplit_once(':').unwrap();
        let config = on_this_machine(config, port, &self.instances);
        let nginx = Nginx::start(port, |folder| {
            let socket = Nginx::socket_in(folder);
            config.replacen(
                "listen ",
                &format!("listen unix:{};\nlisten ", socket.display()),
                1,
            )
        });
        self.nginx = Some(nginx.await?);
        Some(())
    }

    /// Stops nginx, so that another proxy can have its port.
    #[cfg(test)]
    pub(super) fn without_nginx(&mut self) {
        self.nginx = None;
    }

    /// Writes the cookie secrets into the file that all instances follow.
    ///
    /// # Panics
    ///
    /// If it can't be written.
    pub fn set_cookie_secrets(&self, secrets: &str) {
        std::fs::write(self.redis.socket().with_file_name(SECRETS), secrets).unwrap();
    }
}

/// The configuration with these addresses, and without TLS.
fn on_this_machine(config: &str, port: &str, instances: &[Instance]) -> String {
    let mut config = config
        .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{port};"))
        .replace("server_name app.example;", "server_name localhost;");
    for (number, instance) in instances.iter().enumerate() {
        let address = format!("127.0.0.1:{}", 3_001 + number);
        config = config.replace(&address, &instance.listen.to_string());
    }
    let lines = config.lines().filter(|line| !line.contains("ssl_"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// An address of this machine that is free.
///
/// # Panics
///
/// If the machine has no free port.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
