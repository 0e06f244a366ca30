//! People who sign in, while strangers bring invented codes or invented bearer tokens.
//!
//! Rules: every second a person signs in, and the session of another person is refreshed. A sign-in succeeds if it ends in
//! a session, a refresh if its request passes. The wait is that of the successes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fncy_login::{BearerCheck, Login};
use futures_util::future::join_all;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

use crate::crowded_provider::{CrowdedProvider, From, ask, callback};
use crate::memory;
use crate::sample::{Get, HandClock};

/// Invented codes a second.
const RATES: [u64; 5] = [0, 1, 10, 100, 1_000];
/// How long the provider takes for a token request. Beyond ten seconds it is not waited for.
const DELAYS: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_millis(9_500),
];
/// Invented bearer tokens a second.
const TOKEN_RATES: [u64; 3] = [0, 1_000, 10_000];
/// How long the provider takes to refuse a token.
const TOKEN_DELAY: Duration = Duration::from_millis(200);
/// How often strangers come in bursts.
const BURSTS: u64 = 100;
/// How long they bring tokens.
const TOKENS_FOR: u32 = 60;
/// Of each kind.
const PEOPLE: u32 = 20;
const PAUSE: Duration = Duration::from_secs(1);
/// Strangers have come for so long when the first person does.
const HEAD_START: Duration = Duration::from_secs(3);
/// Shorter than what makes user data due.
const TOKEN_LIFE: u64 = 120;

/// How long each successful attempt waited, and the number of all attempts.
struct Succeeded(Vec<Duration>, usize);

/// Prints a table for strangers with invented tokens, one for strangers whose address is not known, and one for strangers
/// with one address.
#[expect(clippy::print_stdout, reason = "a table for people")]
pub async fn run() {
    invented_tokens().await;
    for is_known in [false, true] {
        let known = if is_known { "known" } else { "not known" };
        println!("\nThe clients' addresses are {known}.\n");
        println!(
            "| codes a second | FNCY takes | sign-ins | median, worst | refreshes | median, worst |"
        );
        println!("| --: | --: | --: | --: | --: | --: |");
        for rate in RATES {
            let cells = DELAYS.map(|delay| cell(rate, delay, is_known));
            for (delay, (sign_ins, refreshes)) in DELAYS.into_iter().zip(join_all(cells).await) {
                let took = delay.as_secs_f64();
                println!("| {rate} | {took} s | {sign_ins} | {refreshes} |");
            }
        }
    }
}

/// Prints a table for strangers with invented bearer tokens, and the memory that the process holds.
#[expect(clippy::print_stdout, reason = "a table for people")]
async fn invented_tokens() {
    println!("\nInvented bearer tokens, for {TOKENS_FOR} seconds.\n");
    println!(
        "| tokens a second | sign-ins | median, worst | refreshes | median, worst | new tokens | median, worst | MB before, after |"
    );
    println!("| --: | --: | --: | --: | --: | --: | --: | --: |");
    for rate in TOKEN_RATES {
        let before = memory::held();
        let [sign_ins, refreshes, tokens] = among_tokens(rate).await;
        let after = memory::held();
        println!("| {rate} | {sign_ins} | {refreshes} | {tokens} | {before}, {after} |");
    }
}

async fn among_tokens(rate: u64) -> [Succeeded; 3] {
    let provider = CrowdedProvider::start(TOKEN_DELAY, TOKEN_LIFE).await;
    let clock = HandClock::at_start();
    let check = BearerCheck::user_data().danger_any_client();
    let login = provider.login(|builder| {
        let builder = builder.clock(Arc::clone(&clock)).protected_prefix("/");
        builder.bearer_prefix("/api", check)
    });
    let mut sessions = Vec::new();
    for number in 0..TOKENS_FOR {
        let head = callback(&login, &address(number), &format!("u-{number}.c"));
        sessions.push(ask(&login, &head).await);
    }
    clock.advance(TOKEN_LIFE + 1);
    let flood = tokio::spawn(flood(login.clone(), rate));
    sleep(HEAD_START).await;
    let mut asked: [Vec<_>; 3] = Default::default();
    for (number, (_, cookies)) in (0..TOKENS_FOR).zip(sessions) {
        let heads = [
            (
                callback(
                    &login,
                    &address(number),
                    &format!("u-{}.c", number + TOKENS_FOR),
                ),
                303,
            ),
            (
                From::new(&address(number), Get::page(cookies.unwrap())),
                200,
            ),
            // The first question about this token waits among those of the strangers.
            (
                From::new(&address(number), Get::with_token("u-1.known").below("/api")),
                200,
            ),
        ];
        for (asked, (head, wanted)) in asked.iter_mut().zip(heads) {
            let login = login.clone();
            asked.push(tokio::spawn(
                async move { timed(&login, &head, wanted).await },
            ));
        }
        sleep(PAUSE).await;
    }
    let [sign_ins, refreshes, known] = asked.map(join_all);
    let people = [
        Succeeded::of(sign_ins.await),
        Succeeded::of(refreshes.await),
        Succeeded::of(known.await),
    ];
    flood.abort();
    people
}

/// Sends invented tokens at this rate, each from the same unknown address.
async fn flood(login: Login, rate: u64) {
    let mut coming = JoinSet::new();
    let mut ticks = interval(Duration::from_millis(1_000 / BURSTS));
    for burst in 0_u64.. {
        ticks.tick().await;
        for number in 0..rate / BURSTS {
            let (login, token) = (login.clone(), format!("invented-{burst}-{number}"));
            coming.spawn(async move {
                let head = Get::with_token(&token).below("/api");
                let (status, _) = ask(&login, &head).await;
                assert!(matches!(status, 401 | 503), "{status}");
            });
        }
        while let Some(answered) = coming.try_join_next() {
            answered.unwrap();
        }
    }
}

async fn cell(rate: u64, delay: Duration, is_known: bool) -> (String, String) {
    let provider = CrowdedProvider::start(Duration::ZERO, TOKEN_LIFE).await;
    let clock = HandClock::at_start();
    let login = provider.login(|builder| {
        let builder = builder.clock(Arc::clone(&clock));
        if is_known {
            builder.client_address(|headers| headers.last("x-real-ip")?.parse().ok())
        } else {
            builder
        }
    });
    let mut sessions = Vec::new();
    for number in 0..PEOPLE {
        let head = callback(&login, &address(number), &format!("u-{number}.c"));
        sessions.push(ask(&login, &head).await);
    }
    provider.set_delay(delay);
    clock.advance(TOKEN_LIFE + 1);
    let flood = {
        let login = login.clone();
        tokio::spawn(async move {
            let mut coming = JoinSet::new();
            let mut number = 0_u64;
            if rate == 0 {
                return;
            }
            let mut ticks = interval(Duration::from_micros(1_000_000 / rate));
            loop {
                ticks.tick().await;
                number += 1;
                let login = login.clone();
                coming.spawn(async move {
                    let head = callback(&login, "192.0.2.1", &format!("invented-{number}"));
                    ask(&login, &head).await
                });
                while coming.try_join_next().is_some() {}
            }
        })
    };
    sleep(HEAD_START).await;
    let mut sign_ins = Vec::new();
    let mut refreshes = Vec::new();
    for (number, (_, cookies)) in (0..PEOPLE).zip(sessions) {
        let page = From::new(&address(number), Get::page(cookies.unwrap()));
        let person = callback(
            &login,
            &address(number),
            &format!("u-{}.c", number + PEOPLE),
        );
        let (one, other) = (login.clone(), login.clone());
        sign_ins.push(tokio::spawn(async move { timed(&one, &person, 303).await }));
        refreshes.push(tokio::spawn(async move { timed(&other, &page, 200).await }));
        sleep(PAUSE).await;
    }
    let sign_ins = Succeeded::of(join_all(sign_ins).await);
    let refreshes = Succeeded::of(join_all(refreshes).await);
    flood.abort();
    (sign_ins.to_string(), refreshes.to_string())
}

fn address(number: u32) -> String {
    format!("198.51.100.{number}")
}

/// How long a request took, if it came to what it should.
#[expect(clippy::disallowed_methods, reason = "measures")]
async fn timed(login: &Login, head: &From, wanted: u16) -> Option<Duration> {
    let began = Instant::now();
    let (status, _) = ask(login, head).await;
    (status == wanted).then(|| began.elapsed())
}

impl Succeeded {
    fn of(all: Vec<Result<Option<Duration>, tokio::task::JoinError>>) -> Self {
        let count = all.len();
        let mut took: Vec<_> = all.into_iter().filter_map(Result::unwrap).collect();
        took.sort_unstable();
        Self(took, count)
    }
}

impl std::fmt::Display for Succeeded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = 100 * self.0.len() / self.1;
        match (self.0.get(self.0.len() / 2), self.0.last()) {
            (Some(median), Some(worst)) => {
                let (median, worst) = (median.as_secs_f64(), worst.as_secs_f64());
                write!(f, "{share} % | {median:.2} s, {worst:.2} s")
            }
            _ => write!(f, "{share} % | –"),
        }
    }
}
