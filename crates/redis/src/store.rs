//! The way to the store: one connection, which is opened anew where another may fare better.
//!
//! Rules:
//! - A connection that is broken, or silent, or leads to a server that others have replaced is left; there
//!   are not more than two attempts a second to open one.
//! - An address in a file is looked at once a second, since connections are asked for as often.
//! - A store that says nothing is asked by one task alone, until it says something: requests are told at once that
//!   it can't be asked, those that wait for it included.
//! - A store that can't be asked is said once a minute, without its address, which may hold a password.

use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;

use fncy_login::SecretFile;
use fncy_login::store::StoreError;
use redis::{FromRedisValue, RedisError, RedisResult, Script, ScriptInvocation, ToRedisArgs};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use crate::redis_store::{FILE, parse};
use crate::server::{Connection, Server};

/// Between two warnings.
const QUIET: Duration = Duration::from_secs(60);
/// Between two attempts to open a connection.
const PAUSE: Duration = Duration::from_millis(500);
/// Between two looks at the file of the address.
const LOOK: Duration = Duration::from_secs(1);
/// What a store is asked that says nothing.
static PROBE: LazyLock<Script> = LazyLock::new(|| Script::new("return 1"));
/// What a server says that was a master, and is none any more.
const REPLACED: [&str; 2] = ["READONLY", "MASTERDOWN"];

pub(crate) struct Store {
    way: tokio::sync::Mutex<Way>,
    warned: Mutex<Option<Instant>>,
    /// Whether it says nothing, so that one task alone asks it.
    is_silent: watch::Sender<bool>,
}

struct Way {
    server: Server,
    file: Option<(SecretFile, Instant)>,
    open: Option<Connection>,
    /// When the last attempt to open one began: it tells the connections apart.
    tried: Option<Instant>,
}

impl Store {
    /// One at this server, or at those that the file of its address will name.
    pub(crate) fn new(server: Server, file: Option<SecretFile>) -> Self {
        let way = Way {
            server,
            file: file.map(|file| (file, Instant::now())),
            open: None,
            tried: None,
        };
        Self {
            way: tokio::sync::Mutex::new(way),
            warned: Mutex::new(None),
            is_silent: watch::Sender::new(false),
        }
    }

    /// Runs a script with these names and arguments.
    pub(crate) async fn run<T: FromRedisValue>(
        self: &Arc<Self>,
        script: &Script,
        names: &[String],
        arguments: impl ToRedisArgs,
    ) -> Result<T, StoreError> {
        let mut script = script.prepare_invoke();
        script.key(names).arg(arguments);
        let mut is_silent = self.is_silent.subscribe();
        if *is_silent.borrow() {
            return Err(StoreError);
        }
        tokio::select! {
            biased;
            answer = self.ask(&script) => answer,
            _ = is_silent.wait_for(|is_silent| *is_silent) => Err(StoreError),
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
                Err(StoreError)
            }
        }
    }

    /// The connection that is open, or a new one, and when it was opened. It lives in the runtime of who
    /// opens it: should that end, the next who asks opens another.
    async fn connection(self: &Arc<Self>) -> Result<(Connection, Option<Instant>), StoreError> {
        let mut way = self.way.lock().await;
        way.look();
        if let Some(open) = &way.open {
            return Ok((open.clone(), way.tried));
        }
        if way.tried.is_some_and(|tried| tried.elapsed() < PAUSE) {
            return Err(StoreError);
        }
        way.tried = Some(Instant::now());
        let opened = way.server.connect().await.map_err(|error| {
            self.failed(&error);
            StoreError
        })?;
        way.open = Some(opened.clone());
        Ok((opened, way.tried))
    }

    /// Whoever asks next opens another connection, unless somebody has.
    async fn leave(&self, opened: Option<Instant>) {
        let mut way = self.way.lock().await;
        if way.tried == opened {
            way.open = None;
        }
    }

    fn failed(self: &Arc<Self>, error: &RedisError) {
        self.warn(error);
        if error.is_timeout() && !self.is_silent.send_replace(true) {
            tokio::spawn(probe(Silence(Arc::downgrade(self))));
        }
    }

    fn warn(&self, error: &RedisError) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.is_none_or(|last| last.elapsed() >= QUIET) {
            *warned = Some(Instant::now());
            tracing::warn!(
                kind = ?error.kind(),
                code = error.code(),
                hint = hint(error),
                "the store that the instances share can't be asked; sessions are not refreshed, and \
                 protected paths may answer 503, until it can"
            );
        }
    }
}

impl Way {
    /// Leads elsewhere from now on, if the file of the address says so.
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

/// What an operator can do about it, where the code alone doesn't say. A script's command that is not allowed is an
/// `ERR`, as is much else.
fn hint(error: &RedisError) -> Option<&'static str> {
    let detail = error.detail().unwrap_or_default();
    let is_forbidden = error.code() == Some("NOPERM")
        || ["can't run this command", "ACL failure in script"]
            .iter()
            .any(|part| detail.contains(part));
    is_forbidden.then_some(
        "its user may not run a command that is needed, or not on these names: give it those of `ACL SETUSER` in docs/scale.md (info is one of @dangerous)",
    )
}

/// A store that says nothing: over when it is dropped, so that it ends with the runtime of who asks.
struct Silence(Weak<Store>);

impl Drop for Silence {
    fn drop(&mut self) {
        if let Some(store) = self.0.upgrade() {
            store.is_silent.send_replace(false);
        }
    }
}

/// Asks until there is an answer, be it an error.
async fn probe(silence: Silence) {
    loop {
        sleep(PAUSE).await;
        let Some(store) = silence.0.upgrade() else {
            return;
        };
        let asking = async {
            let mut way = store.way.lock().await;
            way.look();
            way.tried = Some(Instant::now());
            let mut connection = way.server.connect().await?;
            let answer: RedisResult<u8> = connection.run(&PROBE.prepare_invoke()).await;
            way.open = Some(connection);
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

    use super::Store;
    use crate::server::Server;

    #[tokio::test]
    async fn of_many_who_ask_one_tries_to_connect() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::at(&format!("redis://{address}")).unwrap();
        let store = Arc::new(Store::new(server, None));
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
                let answer = store.run::<u8>(&script, &[], 1).await;
                assert_eq!(answer, Err(StoreError));
            }
        };
        tokio::select! {
            () = refuse => {}
            () = ask => {}
        }
        assert_eq!(came.load(Ordering::Relaxed), 1);
    }
}
