//! The way to the store: one connection, which comes back by itself.
//!
//! Rules: nothing is waited for longer than the driver waits; a store that can't be asked is said once a
//! minute, without its address, which may hold a password.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use fncy_login::coordinator::Unreachable;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, FromRedisValue, RedisResult, Script, ToRedisArgs};
use tokio::time::Instant;

/// Less than the two seconds that the driver waits.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Between two warnings.
const QUIET: Duration = Duration::from_secs(60);
/// The longest pause between two attempts to reach a store that is down.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

pub(crate) struct Store {
    client: Client,
    /// Made by the first who asks, since it lives in their runtime.
    connection: OnceLock<RedisResult<ConnectionManager>>,
    warned: Mutex<Option<Instant>>,
}

impl Store {
    pub(crate) fn new(client: Client) -> Self {
        Self {
            client,
            connection: OnceLock::new(),
            warned: Mutex::new(None),
        }
    }

    /// Runs a script with these names and arguments.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        script: &Script,
        names: &[String],
        arguments: impl ToRedisArgs,
    ) -> Result<T, Unreachable> {
        let mut script = script.prepare_invoke();
        script.key(names).arg(arguments);
        let answer = match self.connection.get_or_init(|| connect(&self.client)) {
            Ok(connection) => script.invoke_async(&mut connection.clone()).await,
            Err(error) => Err(error.clone()),
        };
        answer.map_err(|error| {
            self.warn(&error);
            Unreachable
        })
    }

    fn warn(&self, error: &redis::RedisError) {
        let mut warned = self.warned.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.is_none_or(|last| last.elapsed() >= QUIET) {
            *warned = Some(Instant::now());
            tracing::warn!(
                kind = ?error.kind(),
                code = error.code(),
                "the store that the instances share can't be asked; sessions are not renewed, and \
                 protected paths may answer 503, until it can"
            );
        }
    }
}

fn connect(client: &Client) -> RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
        .set_max_delay(LONGEST_PAUSE);
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}
