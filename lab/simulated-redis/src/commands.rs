//! The commands of the scripts, on one server's keys.
//!
//! Rule: a command that no script uses is refused, and so is a form of one that no script uses.

use std::time::Duration;

use redis::Value;

use crate::keyspace::{Hash, Keyspace};
use crate::refusal::Refusal;
use crate::sorted_set::{Bound, Score, SortedSet};

/// What a server is able to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServerState {
    /// All.
    #[default]
    Ready,
    /// It reads its file, and answers `LOADING`.
    Loading,
    /// A script of another application runs, and it answers `BUSY`.
    Busy,
    /// It is a replica: the first write of a script is refused with `READONLY`.
    ReadOnly,
    /// It has no memory left: a write that needs some is refused with `OOM`, unless its script has written before.
    Full,
    /// It can't write to its disk: the first write of a script is refused with `MISCONF`.
    Unsaved,
}

/// One script's work on the keys of a server.
#[derive(Default)]
pub(crate) struct Execution {
    pub(crate) keys: Keyspace,
    /// The server's clock, which stands still while a script runs.
    pub(crate) time: Duration,
    pub(crate) run_id: String,
    pub(crate) state: ServerState,
    /// Whether the script has written. It is then no longer refused, since half of its work would be worse.
    pub(crate) has_written: bool,
}

impl Execution {
    /// Runs a command of the script.
    pub(crate) fn call(&mut self, words: &[Vec<u8>]) -> Result<Value, Refusal> {
        let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
        let (name, arguments) = words
            .split_first()
            .ok_or_else(|| Refusal::new("ERR", "a command is missing"))?;
        self.admit(name)?;
        match *name {
            b"GET" | b"SET" | b"DEL" | b"EXISTS" => self.text(name, arguments),
            b"HGET" | b"HMGET" | b"HSET" => self.hash(name, arguments),
            b"PEXPIRE" | b"PERSIST" | b"PTTL" => self.expiry(name, arguments),
            b"TIME" | b"INFO" => self.server(arguments),
            _ => self.sorted_set(name, arguments),
        }
    }

    fn admit(&mut self, name: &[u8]) -> Result<(), Refusal> {
        let needs_memory = matches!(name, b"SET" | b"HSET" | b"ZADD");
        let writes = needs_memory || matches!(name, b"DEL" | b"PEXPIRE" | b"PERSIST" | b"ZREM");
        let refusal = match self.state {
            _ if self.has_written => None,
            ServerState::ReadOnly if writes => {
                Some(("READONLY", "You can't write against a read only replica."))
            }
            ServerState::Unsaved if writes => Some((
                "MISCONF",
                "Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
            )),
            ServerState::Full if needs_memory => {
                Some(("OOM", "command not allowed when used memory > 'maxmemory'."))
            }
            _ => None,
        };
        self.has_written |= writes && refusal.is_none();
        refusal.map_or(Ok(()), |(code, detail)| Err(Refusal::new(code, detail)))
    }

    fn text(&mut self, name: &[u8], arguments: &[&[u8]]) -> Result<Value, Refusal> {
        match (name, arguments) {
            (b"GET", [key]) if self.keys.has(key) => {
                self.keys.read(key, |text: &Vec<u8>| bulk(text))
            }
            (b"GET", [_]) => Ok(Value::Nil),
            (b"SET", [key, text, unit, life]) => {
                let unit = match *unit {
                    b"EX" => 1_000,
                    b"PX" => 1,
                    _ => return Err(unknown(name)),
                };
                let life = integer(life)?;
                if life <= 0 {
                    return Err(Refusal::new("ERR", "invalid expire time in 'set' command"));
                }
                self.keys.set(key, text, Some(self.now() + unit * life));
                Ok(Value::Okay)
            }
            (b"DEL", [key]) => Ok(count(self.keys.remove(key).into())),
            (b"EXISTS", [key]) => Ok(count(self.keys.has(key).into())),
            _ => Err(unknown(name)),
        }
    }

    fn hash(&mut self, name: &[u8], arguments: &[&[u8]]) -> Result<Value, Refusal> {
        let value = |text: Option<&Vec<u8>>| text.map_or(Value::Nil, |text| bulk(text));
        match (name, arguments) {
            (b"HGET", [key, field]) => self.keys.read(key, |hash: &Hash| value(hash.get(*field))),
            (b"HMGET", [key, fields @ ..]) => self.keys.read(key, |hash: &Hash| {
                Value::Array(fields.iter().map(|field| value(hash.get(*field))).collect())
            }),
            (b"HSET", [key, pairs @ ..]) => self.keys.change(key, |hash: &mut Hash| {
                let (pairs, _) = pairs.as_chunks::<2>();
                let before = hash.len();
                hash.extend(pairs.iter().map(|pair| pair.map(<[u8]>::to_vec).into()));
                count(hash.len() - before)
            }),
            _ => Err(unknown(name)),
        }
    }

    fn expiry(&mut self, name: &[u8], arguments: &[&[u8]]) -> Result<Value, Refusal> {
        let now = self.now();
        let expiry = |key: &&[u8]| self.keys.has(key).then(|| self.keys.expiry(key));
        let before = arguments.first().and_then(expiry);
        match (name, arguments) {
            (b"PTTL", [_]) => Ok(Value::Int(match before {
                None => -2,
                Some(None) => -1,
                Some(Some(expires)) => expires - now,
            })),
            (b"PERSIST", [key]) => {
                self.keys.set_expiry(key, None);
                Ok(count(before.flatten().is_some().into()))
            }
            (b"PEXPIRE", [key, life]) => {
                let life = integer(life)?;
                if life > 0 {
                    self.keys.set_expiry(key, Some(now + life));
                } else {
                    self.keys.remove(key);
                }
                Ok(count(before.is_some().into()))
            }
            _ => Err(unknown(name)),
        }
    }

    fn sorted_set(&mut self, name: &[u8], arguments: &[&[u8]]) -> Result<Value, Refusal> {
        match (name, arguments) {
            (b"ZADD", [key, condition @ .., score, member]) => {
                let score = Score::parse(score)?;
                let applies: fn(Score, Score) -> bool = match condition {
                    [] => |_, _| true,
                    [b"NX"] => |_, _| false,
                    [b"GT"] => |before, score| score > before,
                    _ => return Err(unknown(name)),
                };
                self.keys.change(key, |set: &mut SortedSet| {
                    let before = set.score(member);
                    let is_put = before.is_none_or(|before| applies(before, score));
                    count((is_put && set.put(member, score)).into())
                })
            }
            (b"ZREM", [key, member]) => self
                .keys
                .change(key, |set: &mut SortedSet| count(set.remove(member).into())),
            (b"ZCARD", [key]) => self.keys.read(key, |set: &SortedSet| count(set.len())),
            (b"ZSCORE", [key, member]) => self.keys.read(key, |set: &SortedSet| {
                set.score(member).map_or(Ok(Value::Nil), score_text)
            })?,
            (b"ZRANGEBYSCORE", [key, least, most, options @ ..]) => {
                let (least, most) = (Bound::parse(least)?, Bound::parse(most)?);
                let (has_scores, options) = match options {
                    [b"WITHSCORES", options @ ..] => (true, options),
                    options => (false, options),
                };
                let (skipped, limit) = match options {
                    [] => (0, -1),
                    [b"LIMIT", skipped, limit] => (integer(skipped)?, integer(limit)?),
                    _ => return Err(unknown(name)),
                };
                let [skipped, limit] =
                    [skipped, limit].map(|n| usize::try_from(n).unwrap_or(usize::MAX));
                self.keys.read(key, |set: &SortedSet| {
                    let members = set.between(&least, &most).skip(skipped).take(limit);
                    listed(members, has_scores)
                })?
            }
            (b"ZREVRANGE", [key, b"0", last, options @ ..]) => {
                let length = usize::try_from(integer(last)? + 1).unwrap_or(usize::MAX);
                let has_scores = options == [b"WITHSCORES"];
                self.keys.read(key, |set: &SortedSet| {
                    listed(set.descending().take(length), has_scores)
                })?
            }
            _ => Err(unknown(name)),
        }
    }

    fn server(&self, arguments: &[&[u8]]) -> Result<Value, Refusal> {
        let number = |number: u64| bulk(number.to_string().as_bytes());
        match arguments {
            [] => Ok(Value::Array(vec![
                number(self.time.as_secs()),
                number(self.time.subsec_micros().into()),
            ])),
            [b"server"] => Ok(bulk(
                format!(
                    "# Server\r\nredis_mode:standalone\r\nrun_id:{}\r\n",
                    self.run_id
                )
                .as_bytes(),
            )),
            _ => Err(unknown(b"INFO")),
        }
    }

    fn now(&self) -> i64 {
        milliseconds(self.time)
    }
}

/// A time of the server's clock, as its keys have it.
pub(crate) fn milliseconds(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// A number as the server writes one that a script hands to it. The scripts count without fractions.
pub(crate) fn number_text(number: f64) -> Result<Vec<u8>, Refusal> {
    if number.fract() == 0.0 && number.abs() < 1e17 {
        Ok(format!("{number:.0}").into_bytes())
    } else {
        let detail = format!("{number} has a fraction or too many digits, which is not simulated");
        Err(Refusal::new("ERR", &detail))
    }
}

fn score_text(Score(score): Score) -> Result<Value, Refusal> {
    number_text(score).map(Value::BulkString)
}

fn listed<'a>(
    members: impl Iterator<Item = &'a (Score, Vec<u8>)>,
    has_scores: bool,
) -> Result<Value, Refusal> {
    let mut list = Vec::new();
    for (score, member) in members {
        list.push(bulk(member));
        if has_scores {
            list.push(score_text(*score)?);
        }
    }
    Ok(Value::Array(list))
}

fn bulk(text: &[u8]) -> Value {
    Value::BulkString(text.to_vec())
}

fn count(number: usize) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn integer(text: &[u8]) -> Result<i64, Refusal> {
    let number = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
    number.ok_or_else(|| Refusal::new("ERR", "value is not an integer or out of range"))
}

fn unknown(name: &[u8]) -> Refusal {
    let name = String::from_utf8_lossy(name);
    Refusal::new("ERR", &format!("this form of {name} is not simulated"))
}
