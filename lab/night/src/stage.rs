//! What an incident happens to: a fleet in production, visitors, and FNCY after a proxy that can refuse connections.

use std::fs::OpenOptions;
use std::io::PipeReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use fncy_dev_server::{DemoUser, DevServer, Endpoint, Fault};
use fncy_login_tests::real_server::fleet::{Fleet, NGINX, free_address};
use fncy_login_tests::real_server::nginx::Nginx;
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, JoinSet};

use crate::log_lines::{Line, read};
use crate::prometheus::Prometheus;
use crate::rules::shortened;
use crate::strangers::{Invented, strangers};
use crate::tally::Tally;
use crate::visitor::{Site, crowd, stripped, user};

const RULES: &str = include_str!("../../../docs/alerts.yml");
const VISITORS: usize = 20;
/// Tokens are refreshed all the time.
const TOKEN_LIFE: Duration = Duration::from_secs(4);
/// The endpoint that the proxy before FNCY passes on.
const TOKEN_URL: &str = "FNCY_TOKEN_URL";

/// All programs, which end with the value.
pub struct Stage {
    pub(crate) fleet: Fleet,
    pub(crate) prometheus: Prometheus,
    pub(crate) site: Arc<Site>,
    /// The time of the start, by Prometheus' clock.
    pub(crate) began: f64,
    /// The cookie secret of the start.
    pub(crate) secret: String,
    /// The proxy before FNCY, and its port.
    before_fncy: (Option<Nginx>, u16),
    /// The length of each log at the last mark.
    marks: Vec<u64>,
    /// The other end of a log from which nothing is read.
    unread: Option<PipeReader>,
    strangers: Option<JoinHandle<()>>,
    visitors: JoinSet<()>,
    pub(crate) runtime: Runtime,
}

/// How an instance differs from the others.
#[derive(Clone, Copy)]
pub(crate) enum Oddity<'a> {
    None,
    /// Another value of a setting.
    Setting(&'a str, &'a str),
    /// A clock that is wrong by this, as `faketime` takes it.
    Clock(&'a str),
    /// Another place for its log.
    Log(Log),
}

/// A place for a log.
#[derive(Clone, Copy)]
pub(crate) enum Log {
    /// A disk without space.
    Full,
    /// A pipe from which nothing is read.
    Unread,
}

impl Stage {
    /// Starts all with this program of the recipes. `None` if a server is not installed.
    ///
    /// # Panics
    ///
    /// If a program doesn't start.
    #[must_use]
    pub fn start(program: &Path) -> Option<Self> {
        let runtime = Runtime::new().unwrap();
        let [port, fncy_port, before_fncy] = [(); 3].map(|()| free_address().port());
        let command = || {
            let mut command = Command::new(program);
            command.arg("production").env("STOP_PAUSE", "1").env(
                TOKEN_URL,
                format!("http://127.0.0.1:{before_fncy}/v1/oauth2/token"),
            );
            command
        };
        let users = (0..=VISITORS).map(|number| DemoUser::new(user(number), "Alex Example"));
        let fncy = DevServer::builder()
            .port(fncy_port)
            .users(users.collect())
            .access_token_lifetime(TOKEN_LIFE);
        let rules = rules_file();
        std::fs::write(&rules, shortened(RULES)).unwrap();
        let nginx = clients(NGINX);
        let starting = Fleet::start_with(port, &nginx, fncy, &rules, command);
        let fleet = runtime.block_on(starting)?;
        let site = Arc::new(Site {
            origin: fleet.origin.clone(),
            fncy: Arc::clone(&fleet.dev_server),
            tally: Tally::default(),
        });
        let mut stage = Self {
            prometheus: Prometheus::new(runtime.handle(), fleet.prometheus.as_ref()?.address),
            site,
            began: 0.0,
            secret: fleet.dev_server.cookie_secret(),
            before_fncy: (None, before_fncy),
            marks: Vec::new(),
            unread: None,
            strangers: None,
            visitors: JoinSet::new(),
            fleet,
            runtime,
        };
        stage.accept_for_fncy();
        stage.await_scrapes();
        {
            let _inside = stage.runtime.enter();
            stage.visitors = crowd(&stage.site, VISITORS);
        }
        Some(stage)
    }

    /// Waits until Prometheus has read all instances. It looks for new targets every five seconds.
    fn await_scrapes(&mut self) {
        let all = format!(
            "count(fncy_login_build_info) == {}",
            self.fleet.instances.len()
        );
        let start = self.prometheus.now();
        self.began = start;
        while self.prometheus.times(&all, start).unwrap().is_empty() {
            sleep(Duration::from_millis(200));
        }
    }

    /// FNCY's token endpoint accepts connections.
    pub(crate) fn accept_for_fncy(&mut self) {
        let fncy = self.site.fncy.base_url();
        let host = fncy.trim_start_matches("http://");
        let port = self.before_fncy.1;
        let starting = Nginx::start("fncy", |folder| {
            let socket = Nginx::socket_in(folder);
            format!(
                "server {{ listen 127.0.0.1:{port}; listen unix:{}; location / {{ proxy_pass {fncy}; \
                 proxy_set_header Host {host}; proxy_read_timeout 100s; }} }}\n",
                socket.display()
            )
        });
        self.before_fncy.0 = self.runtime.block_on(starting);
    }

    /// FNCY's token endpoint refuses connections.
    pub(crate) fn refuse_for_fncy(&mut self) {
        self.before_fncy.0 = None;
    }

    /// Has the settings for the instances in nginx, or nginx's defaults.
    pub(crate) fn proxy(&mut self, has_settings: bool) {
        let settings = [
            " max_fails=1 fail_timeout=1s",
            "keepalive 32;",
            "proxy_connect_timeout 2s;",
        ];
        let mut config = clients(NGINX);
        if !has_settings {
            for setting in settings {
                config = config.replace(setting, "");
            }
        }
        self.runtime.block_on(self.fleet.proxy(&config)).unwrap();
    }

    /// Stops an instance as an operator does, starts it in another way, and waits until it is ready.
    pub(crate) fn replace(&mut self, number: usize, oddity: Oddity<'_>) {
        let instance = &mut self.fleet.instances[number];
        instance.signal("TERM");
        self.runtime.block_on(instance.ended());
        self.start_again(number, oddity);
    }

    /// The same for all, one after the other.
    pub(crate) fn replace_all(&mut self) {
        for number in 0..self.fleet.instances.len() {
            self.replace(number, Oddity::None);
        }
    }

    /// Kills an instance, as a failing machine does.
    pub(crate) fn kill(&mut self, number: usize) {
        let instance = &mut self.fleet.instances[number];
        instance.signal("KILL");
        self.runtime.block_on(instance.ended());
    }

    /// Starts an instance that has ended.
    pub(crate) fn start_again(&mut self, number: usize, oddity: Oddity<'_>) {
        let instance = &mut self.fleet.instances[number];
        let odd = match oddity {
            Oddity::None | Oddity::Log(_) => Vec::new(),
            Oddity::Setting(name, value) => vec![(name.to_owned(), value.to_owned())],
            Oddity::Clock(offset) => wrong_clock(offset),
        };
        let append = |log: &Path| OpenOptions::new().append(true).open(log).unwrap().into();
        let log: Stdio = match oddity {
            Oddity::Log(Log::Full) => append(Path::new("/dev/full")),
            Oddity::Log(Log::Unread) => {
                let (reader, writer) = std::io::pipe().unwrap();
                self.unread = Some(reader);
                writer.into()
            }
            _ => append(instance.log()),
        };
        let usual: Vec<_> = odd
            .iter()
            .map(|(name, _)| {
                let mut envs = instance.command.get_envs();
                let value = envs.find(|(known, _)| *known == name.as_str());
                (
                    name,
                    value.and_then(|(_, value)| value.map(ToOwned::to_owned)),
                )
            })
            .collect();
        instance.command.stdout(log).envs(odd.clone());
        instance.restart();
        // The next start is a usual one.
        for (name, value) in usual {
            match value {
                Some(value) => instance.command.env(name, value),
                None => instance.command.env_remove(name),
            };
        }
        self.runtime.block_on(instance.until_ready());
    }

    /// From now on, [`lines`](Self::lines) are counted.
    pub(crate) fn mark(&mut self) {
        let logs = self.fleet.instances.iter().map(|instance| instance.log());
        self.marks = logs
            .map(|log| std::fs::metadata(log).unwrap().len())
            .collect();
    }

    /// The login's lines of each instance since the mark.
    pub(crate) fn lines(&self) -> Vec<Vec<Line>> {
        let logs = self.fleet.instances.iter().zip(&self.marks);
        logs.map(|(instance, mark)| read(instance.log(), *mark))
            .collect()
    }

    /// Gives all instances these cookie secrets, the first of which seals.
    pub(crate) fn set_cookie_secrets(&self, secrets: &[&str]) {
        self.fleet.set_cookie_secrets(&secrets.join(","));
    }

    /// Gives Redis a command.
    pub(crate) fn redis(&self, words: &[&str]) {
        self.fleet.redis.tell(words);
    }

    /// From now on, the token endpoint has this fault.
    pub(crate) fn fault(&self, fault: Fault) {
        self.site.fncy.fault(Endpoint::Token, fault);
    }

    /// FNCY works again.
    pub(crate) fn no_faults(&self) {
        self.site.fncy.clear_faults();
    }

    /// Strangers send so many requests a second.
    pub(crate) fn invade(&mut self, invented: Invented, rate: u32) {
        let _inside = self.runtime.enter();
        self.strangers = Some(strangers(&self.site, invented, rate));
    }

    /// A proxy removes the session cookie of one more visitor.
    pub(crate) fn strip(&mut self) {
        let _inside = self.runtime.enter();
        self.strangers = Some(stripped(&self.site, VISITORS));
    }

    /// Strangers go away.
    pub(crate) fn banish(&mut self) {
        if let Some(strangers) = self.strangers.take() {
            strangers.abort();
        }
    }
}

/// The file of the shortened rules.
fn rules_file() -> PathBuf {
    std::env::temp_dir().join(format!("fncy-night-{}.yml", std::process::id()))
}

/// A configuration of nginx in which each browser of this machine has an address of its own.
fn clients(config: &str) -> String {
    config.replace("$remote_addr", "$http_client")
}

/// The variables that make the clock of a program wrong, except that of timers.
fn wrong_clock(offset: &str) -> Vec<(String, String)> {
    let output = Command::new("faketime")
        .args(["-m", "-f", offset, "env"])
        .output();
    let output = String::from_utf8(output.unwrap().stdout).unwrap();
    let library = output
        .lines()
        .find_map(|line| line.strip_prefix("LD_PRELOAD="));
    [
        ("LD_PRELOAD", library.unwrap()),
        ("FAKETIME", offset),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.visitors.abort_all();
        self.banish();
        drop(std::fs::remove_file(rules_file()));
    }
}
