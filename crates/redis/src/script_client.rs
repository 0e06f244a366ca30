//! Running scripts on the server: one connection, which is opened anew where another may fare better.
//!
//! Rules:
//! - A connection is left if it is broken or silent, or if it leads to a server that is no longer the master. There are
//!   at most two attempts a second to open another.
//! - The file with the address is read at most once a second.
//! - A silent server is asked by one task alone until it answers. All callers get an error at once, those that wait
//!   included.
//! - A failure is logged at most once a minute for each kind and code, without the address, which may hold a password.

use std::sync::{Arc, LazyLock, Weak};
use std::time::Duration;

use fncy_login::SecretFile;
use fncy_login::store::{OncePerMinute, StoreError};
use redis::{FromRedisValue, RedisError, RedisResult, Script, ScriptInvocation, ToRedisArgs};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::redis_url::{FILE, parse};
use crate::server::{Connection, Server};

/// Between two attempts to open a connection.
const PAUSE: Duration = Duration::from_millis(500);
/// Between two looks at the file of the address.
const LOOK: Duration = Duration::from_secs(1);
/// The question to a silent server.
static PROBE: LazyLock<Script> = LazyLock::new(|| Script::new("return 1"));
/// What a server answers that is no longer the master.
const REPLACED: [&str; 2] = ["READONLY", "MASTERDOWN"];

pub(crate) struct ScriptClient {
    link: tokio::sync::Mutex<Link>,
    warning: OncePerMinute,
    /// Whether the server is silent, so that one task alone asks it.
    is_silent: watch::Sender<bool>,
}

struct Link {
    server: Server,
    file: Option<(SecretFile, Instant)>,
    open: Option<Connection>,
    /// When the last attempt to open a connection began. It tells connections apart.
    tried: Option<Instant>,
}

impl ScriptClient {
    /// A client of this server, and of those whose address the file will hold.
    pub(crate) fn new(server: Server, file: Option<SecretFile>) -> Self {
        let link = Link {
            server,
            file: file.map(|file| (file, Instant::now())),
            open: None,
            tried: None,
        };
        Self {
            link: tokio::sync::Mutex::new(link),
            warning: OncePerMinute::default(),
            is_silent: watch::Sender::new(false),
        }
    }

    /// Runs a script with these keys and arguments.
    pub(crate) async fn run<T: FromRedisValue>(
        self: &Arc<Self>,
        script: &Script,
        keys: &[String],
        arguments: impl ToRedisArgs,
    ) -> Result<T, StoreError> {
        let mut script = script.prepare_invoke();
        script.key(keys).arg(arguments);
        let mut is_silent = self.is_silent.subscribe();
        if *is_silent.borrow() {
            return Err(StoreError::new());
        }
        tokio::select! {
            biased;
            answer = self.ask(&script) => answer,
            _ = is_silent.wait_for(|is_silent| *is_silent) => Err(StoreError::new()),
        }
    }

    async fn ask<T: FromRedisValue>(
        self: &Arc<Self>,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, StoreError> {
        let (mut connection, opened) = self.connection().await?;
        match connection.run(script).await {
            Ok(answer) => Ok(answer),
            Err(error) => {
                self.failed(&error);
                if error.code().is_none_or(|code| REPLACED.contains(&code)) {
                    self.leave(opened).await;
                }
                Err(StoreError::new())
            }
        }
    }

    /// The open connection or a new one, and when it was opened. A connection ends with the runtime in which it was
    /// opened. The next call then opens another.
    async fn connection(self: &Arc<Self>) -> Result<(Connection, Option<Instant>), StoreError> {
        let mut link = self.link.lock().await;
        link.look();
        if let Some(open) = &link.open {
            return Ok((open.clone(), link.tried));
        }
        if link.tried.is_some_and(|tried| tried.elapsed() < PAUSE) {
            return Err(StoreError::new());
        }
        link.tried = Some(Instant::now());
        let opened = link.server.connect().await.map_err(|error| {
            self.failed(&error);
            StoreError::new()
        })?;
        link.open = Some(opened.clone());
        Ok((opened, link.tried))
    }

    /// Lets the next call open another connection, unless that has happened.
    async fn leave(&self, opened: Option<Instant>) {
        let mut link = self.link.lock().await;
        if link.tried == opened {
            link.open = None;
        }
    }

    fn failed(self: &Arc<Self>, error: &RedisError) {
        self.warn(error);
        if error.is_timeout() && !self.is_silent.send_replace(true) {
            tokio::spawn(probe(Silence(Arc::downgrade(self))));
        }
    }

    fn warn(&self, error: &RedisError) {
        let (kind, code) = (format!("{:?}", error.kind()), error.code());
        if self.warning.is_due((&kind, code)) {
            tracing::warn!(
                kind,
                code,
                hint = hint(error),
                "Redis can't be reached: sessions are not refreshed, and protected paths may answer 503"
            );
        }
    }
}

impl Link {
    /// Takes the address in the file, if it has changed.
    fn look(&mut self) {
        let Some((file, looked)) = &mut self.file else {
            return;
        };
        if looked.elapsed() < LOOK {
            return;
        }
        *looked = Instant::now();
        let server = match file.changed() {
            Ok(None) => return,
            Ok(Some(url)) => parse(&url).map_err(|error| error.to_string()),
            Err(error) => Err(error.kind().to_string()),
        };
        match server {
            Ok(server) => {
                tracing::info!(setting = FILE, "a secret's file has changed, and is used");
                self.server = server;
                self.open = None;
                self.tried = None;
            }
            Err(cause) => tracing::error!(
                setting = FILE,
                cause,
                "a secret's file has changed, and can't be used; the former secret stays"
            ),
        }
    }
}

/// What an operator can do, if the code alone doesn't say it. A command of a script that is not allowed is an `ERR`, as
/// is much else.
fn hint(error: &RedisError) -> Option<&'static str> {
    let detail = error.detail().unwrap_or_default();
    let is_forbidden = error.code() == Some("NOPERM")
        || ["can't run this command", "ACL failure in script"]
            .iter()
            .any(|part| detail.contains(part));
    is_forbidden.then_some(
        "the user of the address may not run a command of the scripts, or not on these keys; run `ACL SETUSER` as docs/scale.md shows (info is one of @dangerous)",
    )
}

/// The time in which the server is silent. It is over when this is dropped, so it ends with its task's runtime.
struct Silence(Weak<ScriptClient>);

impl Drop for Silence {
    fn drop(&mut self) {
        if let Some(client) = self.0.upgrade() {
            client.is_silent.send_replace(false);
        }
    }
}

/// Asks until there is an answer, or an error that is no silence.
async fn probe(silence: Silence) {
    loop {
        sleep(PAUSE).await;
        let Some(client) = silence.0.upgrade() else {
            return;
        };
        let asking = async {
            let mut link = client.link.lock().await;
            link.look();
            link.tried = Some(Instant::now());
            let mut connection = link.server.connect().await?;
            let answer: RedisResult<u8> = connection.run(&PROBE.prepare_invoke()).await;
            link.open = Some(connection);
            answer
        };
        let answer = asking.await;
        if !answer.is_err_and(|error| error.is_timeout()) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use fncy_login::store::StoreError;
    use redis::Script;
    use tokio::net::TcpListener;

    use super::ScriptClient;
    use crate::server::Server;

    #[tokio::test]
    async fn of_many_callers_one_tries_to_connect() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::at(&format!("redis://{address}")).unwrap();
        let client = Arc::new(ScriptClient::new(server, None));
        let came = AtomicUsize::new(0);
        let refuse = async {
            while let Ok(connection) = listener.accept().await {
                came.fetch_add(1, Ordering::Relaxed);
                drop(connection);
            }
        };
        let script = Script::new("return 1");
        let ask = async {
            for _ in 0..20 {
                let answer = client.run::<u8>(&script, &[], 1).await;
                assert_eq!(answer, Err(StoreError::new()));
            }
        };
        tokio::select! {
            () = refuse => {}
            () = ask => {}
        }
        assert_eq!(came.load(Ordering::Relaxed), 1);
    }
}
