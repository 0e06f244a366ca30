//! A connection over a link: the replacement for `crates/redis/src/server.rs`.
//!
//! Rule: it waits as long as the real one.

use std::cell::RefCell;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::ConnectionLike;
use redis::{
    Arg, Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisFuture, RedisResult,
    ScriptInvocation, Value,
};
use tokio::time::timeout;

use crate::link::{Link, LinkFuture};
use crate::product::redis_store::RedisStore;

/// As in the real one.
const PATIENCE: Duration = Duration::from_millis(1_500);

thread_local! {
    /// The link of the store that is being made. An address is all that the store hands to its server.
    static LINK: RefCell<Option<Arc<dyn Link>>> = const { RefCell::new(None) };
}

/// A store of `crates/redis` over a link.
///
/// # Panics
///
/// Never: the address is right.
#[must_use]
pub fn store(link: Arc<dyn Link>) -> RedisStore {
    LINK.set(Some(link));
    #[expect(clippy::unwrap_used, reason = "`Server::at` finds the link")]
    RedisStore::new("simulated").unwrap()
}

pub(crate) struct Server(Arc<dyn Link>);

/// A connection. Clones share it.
#[derive(Clone)]
pub(crate) struct Connection(Arc<dyn Link>);

impl Server {
    /// The server at the end of the link that [`store`] has left.
    pub(crate) fn at(_address: &str) -> RedisResult<Self> {
        let none = (ErrorKind::InvalidClientConfig, "there is no link");
        LINK.take().map(Self).ok_or(none.into())
    }

    pub(crate) async fn connect(&self) -> RedisResult<Connection> {
        patient(self.0.connect()).await?;
        Ok(Connection(Arc::clone(&self.0)))
    }
}

impl Connection {
    pub(crate) async fn run<T: FromRedisValue>(
        &mut self,
        script: &ScriptInvocation<'_>,
    ) -> RedisResult<T> {
        script.invoke_async(self).await
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        let words = command.args_iter().map(|word| match word {
            Arg::Simple(word) => word.to_vec(),
            _ => Vec::new(),
        });
        Box::pin(patient(self.0.send(words.collect())))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let unused = (ErrorKind::Client, "the store sends no pipelines");
        Box::pin(async move { Err(RedisError::from(unused)) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

async fn patient<T>(waiting: LinkFuture<T>) -> RedisResult<T> {
    let in_time = timeout(PATIENCE, waiting).await;
    in_time.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}
