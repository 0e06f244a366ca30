//! How an instance reaches its server.

use std::io;
use std::pin::Pin;

use redis::{RedisError, RedisResult, Value};

/// What a link returns.
pub type LinkFuture<T> = Pin<Box<dyn Future<Output = RedisResult<T>> + Send>>;

/// The simulated network between an instance and its server.
///
/// The store waits 1.5 seconds for each of these, as the real one does, and then drops the future.
pub trait Link: Send + Sync + 'static {
    /// Opens a connection.
    ///
    /// # Errors
    ///
    /// [`broken_connection`] if there is no way to the server.
    fn connect(&self) -> LinkFuture<()>;

    /// Sends a command on the open connection, and waits for the answer.
    ///
    /// # Errors
    ///
    /// [`broken_connection`] if the connection ends before the answer, or the error that the server answers.
    fn send(&self, command: Vec<Vec<u8>>) -> LinkFuture<Value>;
}

/// The error of a connection that can't be opened, or that ends before the answer.
#[must_use]
pub fn broken_connection() -> RedisError {
    io::Error::from(io::ErrorKind::BrokenPipe).into()
}
