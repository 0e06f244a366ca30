//! A set of chunks: in each order, with gaps, repetitions and foreign chunks (rows K9 to K12).
//!
//! The machine writes a session of some size in as many cookies as it takes, and the fuzzer puts the cookies together anew.
//! A reader of `docs/cookie-format.md` says what the result is.

use fncy_login_core::Core;

use crate::app::{self, NOW, Outcome, PRIVATE};
use crate::input::Input;
use crate::jar::{self, Jar};
use crate::reply::{assert_cookie, set_cookies};
use crate::request::Request;
use crate::sealer::{self, SESSION};
use crate::sign_in::sign_in;

/// Two sizes, then a cookie for each two bytes.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let (alex, bora) = (written("alex", &mut input), written("bora", &mut input));
    let (Some(alex), Some(bora)) = (alex, bora) else {
        return;
    };
    let mut pairs = Vec::new();
    while !input.is_empty() && pairs.len() < 40 {
        pairs.push(cookie(&mut input, &alex, &bora));
    }
    let found = Found::in_pairs(&pairs, [&alex, &bora]);
    assert_found(&PRIVATE, &pairs, &found);
}

/// A session, as it was written.
struct Written {
    user: &'static str,
    chunks: Vec<String>,
    access_token: String,
}

impl Written {
    /// The first segment, and the second.
    fn segments(&self) -> (String, String) {
        let value = self.chunks.concat();
        let (first, second) = value.split_once('.').unwrap();
        (first.to_owned(), second.to_owned())
    }
}

/// Signs in with a token of some length. None where it does not fit, which somebody sees (K10).
fn written(user: &'static str, input: &mut Input<'_>) -> Option<Written> {
    let access_token = "t".repeat(1 + input.number() % 16_384);
    let reply = sign_in(&PRIVATE, user, &access_token);
    if reply.status != 303 {
        assert!(reply.body.contains("session_too_large"), "{}", reply.body);
        assert!(access_token.len() > 14_000, "{}", access_token.len());
        return None;
    }
    let lines = set_cookies(&reply);
    let chunks = lines.iter().filter(|line| line.starts_with(SESSION));
    let chunks: Vec<_> = chunks.map(|line| pair(line)).collect();
    for (index, (name, value)) in chunks.iter().enumerate() {
        assert_eq!(
            *name,
            chunk_name(index),
            "K11: in order, and none is left out"
        );
        assert!(!value.is_empty(), "K11: no empty chunk");
    }
    assert!(chunks.len() <= 5);
    let full = chunks[0].1.len();
    let (_, all_but_last) = chunks.split_last().unwrap();
    assert!(all_but_last.iter().all(|(_, value)| value.len() == full));
    Some(Written {
        user,
        chunks: chunks
            .into_iter()
            .map(|(_, value)| value.to_owned())
            .collect(),
        access_token,
    })
}

fn pair(line: &str) -> (&str, &str) {
    line.split(';').next().unwrap().split_once('=').unwrap()
}

fn chunk_name(index: usize) -> String {
    match index {
        0 => SESSION.to_owned(),
        index => format!("{SESSION}.{index}"),
    }
}

/// A cookie: some name, and some chunk of somebody's.
fn cookie(input: &mut Input<'_>, alex: &Written, bora: &Written) -> (String, String) {
    let name = match input.below(10) {
        index @ 0..=6 => chunk_name(index),
        7 => format!("{SESSION}.00"),
        8 => format!("{SESSION}.-1"),
        _ => format!("{SESSION}.99999999"),
    };
    let of = input.below(16);
    let written = if of < 8 { alex } else { bora };
    let chunk = match of % 8 {
        7 => "stranger",
        index => written.chunks.get(index).map_or("", String::as_str),
    };
    (name, chunk.to_owned())
}

/// What a set of cookies is.
struct Found {
    /// Who is known.
    user: Option<&'static str>,
    /// The access token, if the tokens are whole.
    access_token: Option<String>,
    /// Whether two sessions are there, or something that is nobody's.
    is_dead: bool,
}

impl Found {
    fn in_pairs(pairs: &[(String, String)], written: [&Written; 2]) -> Self {
        let values = |name: &str| {
            let values: Vec<&str> = pairs
                .iter()
                .filter(|(found, _)| found == name)
                .map(|(_, value)| value.as_str())
                .collect();
            values
        };
        let tried: Vec<_> = values(SESSION).into_iter().take(3).collect();
        let opens = |written: &&&Written| {
            let (first, _) = written.segments();
            tried
                .iter()
                .any(|value| value.split('.').next() == Some(&first))
        };
        let open: Vec<_> = written.iter().filter(opens).collect();
        let firsts = tried.iter().map(|value| value.split('.').next());
        let has_foreign = firsts
            .flatten()
            .any(|first| sealer::is_foreign(first.as_bytes()));
        let [session] = open.as_slice() else {
            return Self {
                user: None,
                access_token: None,
                is_dead: open.len() == 2 || !tried.is_empty() && !has_foreign,
            };
        };
        let rest: Option<String> = (1..session.chunks.len())
            .map(|index| values(&chunk_name(index)).first().copied())
            .collect();
        let (_, second) = session.segments();
        let is_whole = rest.is_some_and(|rest| {
            let mut starts = tried.iter().filter_map(|value| value.split_once('.'));
            starts.any(|(_, start)| format!("{start}{rest}") == second)
        });
        Self {
            user: Some(session.user),
            access_token: is_whole.then(|| session.access_token.clone()),
            is_dead: false,
        }
    }
}

fn assert_found(core: &Core, pairs: &[(String, String)], found: &Found) {
    let request = Request::get("/page").header("cookie", jar::header(pairs));
    let outcome = app::settle(core, &request, NOW, |exchange| {
        panic!("it asks {exchange:?}")
    });
    match outcome {
        Outcome::Admit(admission) => {
            let user = admission.user.unwrap();
            assert_eq!(Some(user.id()), found.user);
            let tokens = core.handling(&request).tokens(&user, NOW).ok();
            let access_token = tokens.map(|tokens| tokens.access_token().to_owned());
            assert_eq!(access_token, found.access_token);
            assert_roll(core, pairs, found);
        }
        Outcome::Reply(reply) => {
            assert_eq!(found.user, None);
            assert_eq!(!set_cookies(&reply).is_empty(), found.is_dead);
        }
    }
}

/// A roll writes the session anew: what a browser has afterwards is it, and nothing is left over.
fn assert_roll(core: &Core, pairs: &[(String, String)], found: &Found) {
    // More than a tenth of a day.
    let later = NOW.plus(10_000);
    let begin = |pairs: &[(String, String)]| {
        let request = Request::get("/page").header("cookie", jar::header(pairs));
        match app::settle(core, &request, later, |exchange| {
            panic!("it asks {exchange:?}")
        }) {
            Outcome::Admit(admission) => (request, admission),
            Outcome::Reply(reply) => panic!("{reply:?}"),
        }
    };
    let (_, admission) = begin(pairs);
    let mut jar = Jar::default();
    for (name, value) in pairs {
        jar.take(&format!("{name}={value}; Max-Age=1"), later.as_unix());
    }
    for line in admission.update.unwrap().cookies {
        assert_cookie(&line);
        jar.take(&line, later.as_unix());
    }
    let kept = jar.pairs(later.as_unix());
    let (request, admission) = begin(&kept);
    let user = admission.user.unwrap();
    assert_eq!(Some(user.id()), found.user);
    let tokens = core.handling(&request).tokens(&user, later).ok();
    let access_token = tokens.map(|tokens| tokens.access_token().to_owned());
    assert_eq!(access_token, found.access_token);
    let ours = |name: &str| (0..5).any(|index| name == chunk_name(index));
    let ours = kept.iter().filter(|(name, _)| ours(name)).count();
    assert!((1..=5).contains(&ours));
    if let Some(access_token) = &found.access_token {
        // Two base64 texts, and what is round the token.
        let expected = (access_token.len() * 4 / 3 + 400).div_ceil(4_000);
        assert!(
            ours <= expected,
            "K12: {ours} cookies are left, not {expected}"
        );
    }
}
