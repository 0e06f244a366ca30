//! A real server and a simulated one, which are asked the same.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use fncy_login_simulated_redis::{ServerState, SimulatedServer};
use redis::{Client, Connection, RedisResult, Script, Value, cmd};

use crate::steps::{LAST_READ, RUN_ID, Step, Text, keys};

/// The content of each key, and the time at which it expires.
const DUMP: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local dump = {}
for _, key in ipairs(KEYS) do
    local content
    local kind = string.match(key, ':(%w+)$')
    if kind == 'lease' or kind == 'spent' or kind == 'ping' then
        content = redis.call('GET', key)
    elseif kind == 'outcome' then
        content = redis.call('HMGET', key, 'version', 'sealed')
    elseif kind == 'clock' then
        content = redis.call('HMGET', key, 'time', 'seen')
    else
        content = redis.call('ZRANGEBYSCORE', key, '-inf', '+inf', 'WITHSCORES')
    end
    table.insert(dump, content)
    local life = redis.call('PTTL', key)
    table.insert(dump, life < 0 and life or now + life)
end
return dump
";
/// The times at which a key expires may differ by this many milliseconds.
const TOLERANCE: i64 = 2;

/// A result, or the code of an error.
type Answer = Result<Value, Option<String>>;

pub(crate) struct Pair {
    real: Connection,
    simulated: SimulatedServer,
    /// A folder that is missing, in which the real server then can't save.
    folder: PathBuf,
    /// The real and the simulated run id.
    run_ids: [String; 2],
    /// What the last reading of the log returned first.
    last_read: [String; 2],
}

impl Pair {
    pub(crate) fn new(url: &str, folder: &Path) -> Self {
        let real = Client::open(url).unwrap().get_connection().unwrap();
        let mut pair = Self {
            real,
            simulated: SimulatedServer::new(),
            folder: folder.to_owned(),
            run_ids: [String::new(), String::new()],
            last_read: ["", "0"].map(str::to_owned),
        };
        pair.fail_to_save();
        pair.begin();
        let script = "return string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')";
        let words = command("EVAL", script, &[], &[]);
        let answers = [pair.ask(&words), pair.simulated.run(now(), &words)];
        pair.run_ids = answers.map(|answer| redis::from_redis_value(answer.unwrap()).unwrap());
        pair
    }

    /// Empties both.
    pub(crate) fn begin(&mut self) {
        self.set_state(ServerState::Ready);
        for words in [["FLUSHALL", "SYNC"], ["SCRIPT", "FLUSH"]] {
            self.tell(&words).unwrap();
        }
        self.simulated = SimulatedServer::new();
        self.last_read = ["", "0"].map(str::to_owned);
    }

    pub(crate) fn run(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Pause(pause) => sleep(*pause),
            Step::State(state) => self.set_state(*state),
            Step::Empty => {
                self.set_state(ServerState::Ready);
                self.tell(&["FLUSHALL", "SYNC"]).unwrap();
                self.simulated.empty();
            }
            Step::Script {
                script: Text { text, .. },
                keys,
                arguments,
            } => self.run_script(text, keys, arguments)?,
        }
        Ok(())
    }

    fn run_script(
        &mut self,
        text: &str,
        keys: &[String],
        arguments: &[String],
    ) -> Result<(), String> {
        let hash = Script::new(text).get_hash().to_owned();
        let mut answer = self.compare(&hash, keys, arguments)?;
        if answer == Err(Some("NOSCRIPT".to_owned())) {
            let load = ["SCRIPT", "LOAD", text].map(Vec::from);
            let answers = [self.ask(&load), self.simulated.run(now(), &load)];
            let [real, simulated] = answers.map(|answer| self.comparable(answer));
            if real != simulated {
                return Err(format!("{real:?} is not {simulated:?} for a new script"));
            }
            answer = self.compare(&hash, keys, arguments)?;
        }
        self.note(&answer);
        Ok(())
    }

    /// Keeps the first parts of the answer to a reading.
    fn note(&mut self, answer: &Answer) {
        if let Ok(Value::Array(parts)) = answer
            && let [Value::BulkString(age), Value::BulkString(number), ..] = parts.as_slice()
            && age.ends_with(RUN_ID.as_bytes())
        {
            self.last_read = [age, number].map(|part| String::from_utf8(part.clone()).unwrap());
        }
    }

    /// Asks both, and the simulated one at each time at which the real one may have answered.
    fn compare(
        &mut self,
        hash: &str,
        keys: &[String],
        arguments: &[String],
    ) -> Result<Answer, String> {
        let [real_words, simulated_words] = [0, 1].map(|side| {
            let arguments = arguments.iter().map(|word| self.word(word, side));
            command("EVALSHA", hash, keys, &arguments.collect::<Vec<_>>())
        });
        let before = now();
        let answer = self.ask(&real_words);
        let real = self.comparable(answer);
        let real_dump = self.dump_real();
        let after = now();
        let mut found = Vec::new();
        for time in times(before, after, &real) {
            let mut simulated = self.simulated.clone();
            let answer = self.comparable(simulated.run(time, &simulated_words));
            let mut differs = None;
            if answer != real {
                differs = Some(format!("{answer:?}"));
            } else if let Some(key) = difference(&real_dump, &dump(&mut simulated, after), after) {
                differs = Some(key);
            }
            let Some(differs) = differs else {
                self.simulated = simulated;
                return Ok(real);
            };
            found.push(differs);
        }
        found.dedup();
        Err(format!(
            "the real server answers {real:?}, and the simulated one {found:?}"
        ))
    }

    /// A word of a step as this side has it.
    fn word(&self, word: &str, side: usize) -> String {
        let last = LAST_READ.iter().position(|last| *last == word);
        let word = last.map_or(word, |index| &self.last_read[index]);
        word.replace(RUN_ID, &self.run_ids[side])
    }

    /// An answer without a run id, or the code of an error.
    fn comparable(&self, answer: RedisResult<Value>) -> Answer {
        match answer {
            Ok(answer) => Ok(without(answer, &self.run_ids)),
            Err(error) => Err(error.code().map(str::to_owned)),
        }
    }

    fn ask(&mut self, words: &[Vec<u8>]) -> RedisResult<Value> {
        let [name, arguments @ ..] = words else {
            return Ok(Value::Nil);
        };
        let mut command = cmd(str::from_utf8(name).unwrap());
        command.arg(arguments).query(&mut self.real)
    }

    fn tell(&mut self, words: &[&str]) -> RedisResult<Value> {
        let words: Vec<_> = words.iter().map(|word| word.as_bytes().to_vec()).collect();
        self.ask(&words)
    }

    fn dump_real(&mut self) -> Value {
        self.ask(&command("EVAL", DUMP, &keys(), &[])).unwrap()
    }

    fn set_state(&mut self, state: ServerState) {
        let is = |wanted| state == wanted;
        let master = if is(ServerState::ReadOnly) {
            ["127.0.0.1", "1"]
        } else {
            ["NO", "ONE"]
        };
        let memory = if is(ServerState::Full) { "1" } else { "0" };
        let save = if is(ServerState::Unsaved) {
            "3600 1"
        } else {
            ""
        };
        self.tell(&["REPLICAOF", master[0], master[1]]).unwrap();
        self.tell(&["CONFIG", "SET", "maxmemory", memory, "save", save])
            .unwrap();
        self.simulated.set_state(state);
    }

    /// Lets the real server fail to save, so that it refuses writes while it has something to save.
    fn fail_to_save(&mut self) {
        std::fs::create_dir(&self.folder).unwrap();
        let folder = self.folder.to_str().unwrap().to_owned();
        self.tell(&["CONFIG", "SET", "dir", &folder]).unwrap();
        std::fs::remove_dir(&self.folder).unwrap();
        self.tell(&["BGSAVE"]).unwrap();
        while !self.says("rdb_last_bgsave_status:err") {
            sleep(Duration::from_millis(10));
        }
    }

    fn says(&mut self, line: &str) -> bool {
        let answer: String = cmd("INFO")
            .arg("persistence")
            .query(&mut self.real)
            .unwrap();
        answer.contains(line)
    }
}

/// The times at which a command may have run.
fn times(before: Duration, after: Duration, answer: &Answer) -> Vec<Duration> {
    let whole = before.as_millis()..=after.as_millis();
    let mut times: Vec<_> = whole
        .map(|time| Duration::from_millis(time as u64))
        .collect();
    times[0] = before;
    // A new log has the time in microseconds as its age.
    if let Ok(Value::Array(parts)) = answer
        && let Some(Value::BulkString(age)) = parts.first()
        && let Ok(age) = str::from_utf8(age)
        && let Some((seconds, rest)) = age.split_once('.')
        && let Some((micros, _)) = rest.split_once('@')
        && let (Ok(seconds), Ok(micros)) = (seconds.parse(), micros.parse())
    {
        let age = Duration::from_secs(seconds) + Duration::from_micros(micros);
        times.extend((before..=after).contains(&age).then_some(age));
    }
    times
}

/// The content of the simulated server at a time.
fn dump(simulated: &mut SimulatedServer, time: Duration) -> Value {
    let words = command("EVAL", DUMP, &keys(), &[]);
    simulated.run(time, &words).unwrap()
}

/// The first key that differs at a time.
fn difference(real: &Value, simulated: &Value, now: Duration) -> Option<String> {
    let (Value::Array(real), Value::Array(simulated)) = (real, simulated) else {
        return Some(format!("{real:?} {simulated:?}"));
    };
    let now = i64::try_from(now.as_millis()).unwrap();
    let [real, simulated] = [real, simulated].map(|dump| dump.as_chunks::<2>().0);
    let pairs = keys().into_iter().zip(real.iter().zip(simulated));
    let mut differing = pairs.filter(|(_, ([a, expires], [b, other]))| {
        let (Value::Int(expires), Value::Int(other)) = (expires, other) else {
            return true;
        };
        // One of them may have dropped the key a moment before the other.
        let is_ending = (0..=now + TOLERANCE).contains(expires.max(other));
        !is_ending && (a != b || (expires - other).abs() > TOLERANCE)
    });
    differing.next().map(|different| format!("{different:?}"))
}

/// The words of a script's command.
fn command(name: &str, script: &str, keys: &[String], arguments: &[String]) -> Vec<Vec<u8>> {
    let mut words = [name, script].map(Vec::from).to_vec();
    words.push(keys.len().to_string().into_bytes());
    words.extend(
        keys.iter()
            .chain(arguments)
            .map(|word| word.clone().into_bytes()),
    );
    words
}

/// An answer without run ids.
fn without(answer: Value, run_ids: &[String; 2]) -> Value {
    match answer {
        Value::BulkString(text) => {
            let text = String::from_utf8(text).unwrap();
            let replaced = run_ids
                .iter()
                .fold(text, |text, id| text.replace(id, RUN_ID));
            Value::BulkString(replaced.into_bytes())
        }
        Value::Array(parts) => Value::Array(
            parts
                .into_iter()
                .map(|part| without(part, run_ids))
                .collect(),
        ),
        other => other,
    }
}

fn now() -> Duration {
    #[expect(
        clippy::disallowed_methods,
        reason = "the real server has the machine's clock"
    )]
    let now = SystemTime::now();
    now.duration_since(SystemTime::UNIX_EPOCH).unwrap()
}
