//! What may happen next: a script with keys and arguments as the store writes them, a pause, or a fault.

use std::fmt;
use std::time::Duration;

use fncy_login_simulated_redis::ServerState;

use crate::random::Random;

macro_rules! scripts {
    ($($name:ident: $($file:literal),+;)*) => {
        $(const $name: Text = Text {
            name: stringify!($name),
            text: concat!(
                $(include_str!(concat!("../../../../crates/redis/src/scripts/", $file, ".lua"))),+
            ),
        };)*
    };
}
scripts! {
    CLAIM: "claim";
    FIND: "find";
    FINISH: "finish";
    RELEASE: "release";
    EXPECT: "expect";
    CONFIRM: "confirm";
    SHORTEN: "shorten";
    IS_OUTDATED: "is_outdated";
    APPEND: "clock", "append";
    READ: "clock", "read";
    PING: "ping";
    LIST: "list";
    LISTED: "listed";
}

/// Milliseconds that a pause outlasts.
const SHORT: &str = "12";
const PAUSE: Duration = Duration::from_millis(30);
/// In the place of a server's run id.
pub(crate) const RUN_ID: &str = "RUN_ID";
/// In the place of the age and the number that the last reading returned.
pub(crate) const LAST_READ: [&str; 2] = ["LAST_AGE", "LAST_NUMBER"];

/// A script of the store.
#[derive(Clone, Copy)]
pub(crate) struct Text {
    name: &'static str,
    pub(crate) text: &'static str,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

#[derive(Debug)]
pub(crate) enum Step {
    Script {
        script: Text,
        keys: Vec<String>,
        arguments: Vec<String>,
    },
    Pause(Duration),
    State(ServerState),
    Empty,
}

pub(crate) fn draw(random: &mut Random) -> Step {
    let lease = lease(random.one_of(&["a", "b"]));
    let session = session(random.one_of(&["a", "b"]));
    let life = [SHORT, "60000"];
    let life = random.one_of(&life);
    let version = random.one_of(&["0", "1", "2", "3"]);
    let fence = random.one_of(&["\u{0}\u{1}", "fence", "another"]);
    let (script, keys, arguments) = match random.below(100) {
        0..18 => {
            let known = random.one_of(&["-1", "0", "1", "2"]);
            (CLAIM, lease.to_vec(), vec![known, life, fence])
        }
        18..22 => (
            FIND,
            lease.to_vec(),
            vec![random.one_of(&["-1", "0", "1", "2"])],
        ),
        22..34 => {
            let sealed = random.one_of(&["sealed", "\r\n", ""]);
            let spent = random.one_of(&["0", SHORT, "600000"]);
            (
                FINISH,
                lease.to_vec(),
                vec![fence, version, sealed, life, spent],
            )
        }
        34..40 => (RELEASE, lease[..1].to_vec(), vec![fence]),
        40..46 => {
            let hash = random.one_of(&["hash", "other", "third"]);
            (EXPECT, session.to_vec(), vec![version, hash, life])
        }
        46..54 => {
            let stay = random.one_of(&[SHORT, "86400000"]);
            (CONFIRM, session.to_vec(), vec![version, life, stay])
        }
        54..58 => (IS_OUTDATED, session.to_vec(), vec![version]),
        58..62 => (SHORTEN, lease[1..2].to_vec(), vec![version, life]),
        62..70 => {
            let [age, number] = match random.below(4) {
                0 => ["", "0"],
                1 => ["1.2@RUN_ID", "1"],
                _ => LAST_READ,
            };
            let most = random.one_of(&["2", "5000"]);
            (
                READ,
                revocations().to_vec(),
                vec![age, number, most, "2592000"],
            )
        }
        70..80 => (APPEND, revocations().to_vec(), entries(random)),
        80..82 => (PING, vec!["p:{revocations}:ping".into()], vec!["60"]),
        82..88 => {
            let id = random.one_of(&["id", "other", "third"]);
            let sealed = random.one_of(&["", "sealed", "an.other"]);
            let most = random.one_of(&["2", "100"]);
            (LIST, vec![list()], vec![id, sealed, life, most])
        }
        88..90 => (LISTED, vec![list()], vec![random.one_of(&["1", "100"])]),
        90..94 => return Step::Pause(PAUSE),
        94..99 => {
            return Step::State(match random.below(5) {
                0 => ServerState::Full,
                1 => ServerState::ReadOnly,
                2 => ServerState::Unsaved,
                _ => ServerState::Ready,
            });
        }
        _ => return Step::Empty,
    };
    Step::Script {
        script,
        keys,
        arguments: arguments.into_iter().map(str::to_owned).collect(),
    }
}

/// The arguments of an append.
fn entries(random: &mut Random) -> Vec<&'static str> {
    let mut arguments = vec![random.one_of(&["3", "1000000"])];
    let names = ["first", "second", "third", "fourth", "fifth"];
    let needless = random.below(3);
    arguments.push(["0", "1", "2"][needless]);
    arguments.extend((0..needless).map(|_| random.one_of(&names)));
    for _ in 0..random.below(4) {
        // A life of zero seconds is over with the next append.
        arguments.extend([random.one_of(&names), random.one_of(&["0", "1", "100"])]);
    }
    arguments
}

fn lease(name: &str) -> [String; 3] {
    ["lease", "outcome", "spent"].map(|part| format!("p:{{refresh:{name}}}:{part}"))
}

fn session(name: &str) -> [String; 2] {
    ["refreshes", "shown"].map(|part| format!("p:{{session:{name}}}:{part}"))
}

fn revocations() -> [String; 3] {
    ["log", "expiry", "clock"].map(|part| format!("p:{{revocations}}:{part}"))
}

fn list() -> String {
    "p:{user:a}:sessions".to_owned()
}

/// All keys that a step may touch.
pub(crate) fn keys() -> Vec<String> {
    let mut keys = vec![list(), "p:{revocations}:ping".to_owned()];
    keys.extend(revocations());
    for name in ["a", "b"] {
        keys.extend(lease(name));
        keys.extend(session(name));
    }
    keys
}
