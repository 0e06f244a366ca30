//! A small Redis in memory that runs scripts.

use std::collections::BTreeMap;
use std::mem::take;
use std::sync::Arc;
use std::time::Duration;

use redis::{RedisResult, Script, Value};

pub use crate::commands::ServerState;
use crate::commands::{Execution, milliseconds};
use crate::interpreter;
use crate::keyspace::Keyspace;
use crate::refusal::Refusal;

/// A server with keys, a script cache, a wall clock and a run id. A clone goes its own way, with the same keys.
///
/// It is Redis 7 for the scripts of the store: their commands, and the errors of [`ServerState`].
#[derive(Clone, Default)]
pub struct SimulatedServer {
    keys: Keyspace,
    /// The text of each script, by its hash.
    scripts: BTreeMap<String, Arc<str>>,
    state: ServerState,
    /// How many seconds its wall clock is ahead of the time.
    ahead: i64,
    starts: u64,
}

/// The keys of a server at some time: what a replica has received, or what is on its disk.
#[derive(Clone)]
pub struct Snapshot(Keyspace);

impl SimulatedServer {
    /// An empty server.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `EVALSHA`, `EVAL` or `SCRIPT LOAD` at a time since 1970.
    ///
    /// Keys expire by the server's wall clock, when it runs a command.
    ///
    /// # Errors
    ///
    /// What the server answers: `NOSCRIPT`, the error of its [`ServerState`], or the error of the script.
    pub fn run(&mut self, now: Duration, command: &[Vec<u8>]) -> RedisResult<Value> {
        self.answer(now, command).map_err(Refusal::into_error)
    }

    fn answer(&mut self, now: Duration, command: &[Vec<u8>]) -> Result<Value, Refusal> {
        match self.state {
            ServerState::Loading => {
                return Err(Refusal::new(
                    "LOADING",
                    "Redis is loading the dataset in memory",
                ));
            }
            ServerState::Busy => {
                let detail = "Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
                return Err(Refusal::new("BUSY", detail));
            }
            _ => {}
        }
        match command {
            [name, load, text] if name == b"SCRIPT" && load == b"LOAD" => {
                Ok(Value::BulkString(self.load(text).into_bytes()))
            }
            [name, hash, words @ ..] if name == b"EVALSHA" => {
                self.evaluate(now, &String::from_utf8_lossy(hash), words)
            }
            [name, text, words @ ..] if name == b"EVAL" => {
                let hash = self.load(text);
                self.evaluate(now, &hash, words)
            }
            _ => Err(Refusal::new("ERR", "this command is not simulated")),
        }
    }

    fn load(&mut self, text: &[u8]) -> String {
        let text = String::from_utf8_lossy(text);
        let hash = Script::new(&text).get_hash().to_owned();
        self.scripts.insert(hash.clone(), text.into());
        hash
    }

    fn evaluate(&mut self, now: Duration, hash: &str, words: &[Vec<u8>]) -> Result<Value, Refusal> {
        let text = self.scripts.get(hash).map(Arc::clone);
        let text =
            text.ok_or_else(|| Refusal::new("NOSCRIPT", "No matching script. Please use EVAL."))?;
        let counted = words.split_first().and_then(|(number, words)| {
            let number = str::from_utf8(number).ok()?.parse().ok()?;
            words.split_at_checked(number)
        });
        let (keys, arguments) = counted
            .ok_or_else(|| Refusal::new("ERR", "the number of keys is no number, or too large"))?;
        let offset = Duration::from_secs(self.ahead.unsigned_abs());
        let time = if self.ahead < 0 {
            now.saturating_sub(offset)
        } else {
            now + offset
        };
        self.keys.expire(milliseconds(time));
        let mut execution = Execution {
            keys: take(&mut self.keys),
            time,
            run_id: format!("{:040x}", self.starts),
            state: self.state,
            has_written: false,
        };
        let answer = interpreter::run(hash, &text, keys, arguments, &mut execution);
        self.keys = execution.keys;
        answer
    }

    /// Moves its wall clock by this many seconds.
    pub fn jump(&mut self, seconds: i64) {
        self.ahead += seconds;
    }

    /// Changes what it is able to do.
    pub fn set_state(&mut self, state: ServerState) {
        self.state = state;
    }

    /// Drops all keys, as `FLUSHALL` does.
    pub fn empty(&mut self) {
        self.keys = Keyspace::default();
    }

    /// Its keys now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.keys.clone())
    }

    /// Starts it anew, ready, with another run id and without scripts.
    ///
    /// Without a snapshot it has no keys, as a server without persistence. With an older snapshot it is a server that
    /// was killed and has lost what it had not yet written, or a replica that takes over.
    pub fn restart(&mut self, snapshot: Option<Snapshot>) {
        *self = Self {
            keys: snapshot.map_or_else(Keyspace::default, |Snapshot(keys)| keys),
            ahead: self.ahead,
            starts: self.starts + 1,
            ..Self::default()
        };
    }

    /// The number of keys, with those that have expired since the last command.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether it has no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes of its keys and of what they have, without what a real server needs around them.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.keys.bytes()
    }
}
