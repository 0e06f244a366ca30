//! `cargo xtask soak`: visitors use four instances that share a Redis, while their provider, Redis and the instances fail
//! in turns.
//!
//! Rules:
//! - Two instances use axum and two actix-web. Each is a process. Visitors are given one after the other, as a proxy does.
//! - Every answer is judged: it names its own user, or refuses a user that it must refuse, or says when to ask again. It says
//!   so only during an incident, and while that recovers.
//! - The provider revokes all tokens of a session if a refresh token is used twice. So a session is lost only with a second
//!   use, and each second use has a reason: its first answer was lost with an instance, with Redis, or on the way.
//! - Memory, tasks, threads and open files are compared at rest: after a tenth of the time without incidents, and in the end.

mod findings;
mod fleet;
mod incidents;
mod periods;
mod place;
pub mod site;
mod tally;
mod uses;
mod visitor;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fncy_dev_server::{DemoUser, DevServer, Endpoint};
use fncy_login::Setting;
use futures_util::future::join_all;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::dev_server::user;
use crate::load::listener;
use crate::redis_server::RedisServer;
use crate::sample::SECRET;
use findings::{ALLOWED_GROWTH, Findings, Measured};
use fleet::Fleet;
use incidents::{ALL, Stage};
use periods::Periods;
use place::Place;
use site::{Grown, NUMBER};
use tally::Tally;
use uses::Times;
use visitor::Visitor;

const VISITORS: usize = 40;
const INSTANCES: usize = 4;
/// In seconds: all tokens are refreshed all the time.
const TOKEN_LIFE: u64 = 10;
/// In a longer run tokens live longer, since the provider keeps no more than 10,000 requests.
const TOKENS_IN_A_RUN: u64 = 120;
/// The longest time without incidents before the first of them.
const CALM: Duration = Duration::from_secs(60);
/// After an incident has recovered.
const BETWEEN: Duration = Duration::from_secs(3);
/// Beyond the longest rest that a failing provider is given, and a request that still hangs.
const UNTIL_ANSWERED: Duration = Duration::from_secs(45);
/// Beyond the minute for which refreshes are remembered.
const UNTIL_AT_REST: Duration = Duration::from_secs(75);
const LOOK_AGAIN: Duration = Duration::from_millis(500);
/// Before an instance is killed or suspended, its answer may be so long under way.
const UNDER_WAY: Duration = Duration::from_secs(15);

/// Lets visitors loose on the sites, prints what happened, and says whether all of it was right.
#[expect(clippy::print_stdout, reason = "figures for people")]
pub async fn run(seconds: u64) -> bool {
    let length = Duration::from_secs(seconds);
    let users = (0..VISITORS).map(|number| DemoUser::new(user(number), "Alex Example"));
    let token_life = TOKEN_LIFE.max(seconds / TOKENS_IN_A_RUN);
    let provider = DevServer::builder()
        .users(users.collect())
        .access_token_lifetime(Duration::from_secs(token_life))
        .start();
    let provider = Arc::new(provider.unwrap());
    let redis = RedisServer::start_lasting();
    // The port of a proxy, which no instance gets.
    let front = listener();
    let origin = format!("http://{}", front.local_addr().unwrap());
    let settings = (0..INSTANCES).map(|number| settings(&provider, &redis, &origin, number));
    let mut stage = Stage::new(
        Fleet::start(settings.collect()),
        redis,
        Arc::clone(&provider),
    );
    let place = Arc::new(Place {
        origin,
        provider: Arc::clone(&provider),
        proxy: Arc::clone(&stage.fleet.proxy),
        periods: Periods::default(),
        tally: Tally::default(),
    });
    println!(
        "{INSTANCES} instances, {VISITORS} visitors, {seconds} s, tokens live {token_life} s\n"
    );

    let times = Arc::new(Times::default());
    let watching = {
        let (times, provider) = (Arc::clone(&times), Arc::clone(&provider));
        tokio::spawn(async move { times.watch(&provider).await })
    };
    let sign_in = |number| Visitor::sign_in(Arc::clone(&place), user(number));
    let visitors = join_all((0..VISITORS).map(sign_in)).await;
    let visitors = browse(visitors, Instant::now() + CALM.min(length / 10));
    let visitors = visitors.join_all().await;
    let before = rest(&mut stage, |_| false).await;

    let end = Instant::now() + length;
    let visitors = browse(visitors, end);
    play(&mut stage, &place.periods, end).await;
    let mut visitors = visitors.join_all().await;

    let end = Instant::now() + UNTIL_ANSWERED;
    let all = visitors.iter_mut();
    let signed_in = join_all(all.map(|visitor| visitor.is_signed_in_by(end))).await;
    let after = rest(&mut stage, |grown| {
        let mut both = grown.iter().zip(&before.instances);
        both.all(|(after, before)| {
            after.tasks <= before.tasks && after.memory <= before.memory + ALLOWED_GROWTH
        })
    });
    let after = after.await;
    watching.abort();
    let (mut reuses, mut unexplained) = (BTreeMap::new(), Vec::new());
    for reuse in times.reuses(&provider) {
        let reason = place.periods.explain_reuse(reuse.at).or_else(|| {
            let was_away = place
                .proxy
                .was_away(reuse.by, reuse.at, reuse.at + UNDER_WAY);
            was_away.then_some("its instance was killed or suspended")
        });
        match reason {
            Some(reason) => *reuses.entry(reason).or_default() += 1,
            None => unexplained.push(format!("used twice: {}", reuse.story)),
        }
    }
    let findings = Findings {
        place: &place,
        reuses,
        unexplained,
        token_requests: provider.request_count(Endpoint::Token),
        not_signed_in: signed_in.into_iter().filter(|signed_in| !signed_in).count(),
        lasting: stage.fleet.mortals().next().unwrap(),
        before,
        after,
    };
    println!("{findings}");
    let problems = findings.problems();
    for problem in &problems {
        println!("- {problem}");
    }
    println!("findings: {}", problems.len());
    problems.is_empty()
}

/// The settings of an instance, and its number, by which the provider knows it.
fn settings(
    provider: &DevServer,
    redis: &RedisServer,
    origin: &str,
    number: usize,
) -> Vec<(String, String)> {
    let redirect_uri = format!("{origin}/auth/callback");
    let own = [
        (Setting::RedirectUri.name(), redirect_uri),
        (Setting::CookieSecret.name(), SECRET.to_owned()),
        ("FNCY_REDIS_URL", redis.url()),
        (NUMBER, number.to_string()),
    ];
    let all = provider.environment().into_iter().chain(own);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// One incident after the other, as long as there is time for the next.
async fn play(stage: &mut Stage, periods: &Periods, end: Instant) {
    for incident in ALL.iter().cycle() {
        let lasts = Duration::from_secs(incident.lasts);
        let recovers = Duration::from_secs(incident.recovers) + BETWEEN;
        if Instant::now() + lasts + recovers > end {
            return;
        }
        periods.begin(incident);
        (incident.begin)(stage);
        sleep(lasts).await;
        (incident.end)(stage);
        periods.end();
        sleep(recovers).await;
    }
}

/// All at once, each in a task; then they close their browsers.
fn browse(visitors: Vec<Visitor>, end: Instant) -> JoinSet<Visitor> {
    let visitors = visitors.into_iter();
    visitors.map(|visitor| visitor.browse_until(end)).collect()
}

/// What there is when the instances are at rest, or when they have had the time for it.
async fn rest(stage: &mut Stage, is_at_rest: impl Fn(&[Grown]) -> bool) -> Measured {
    let end = Instant::now() + UNTIL_AT_REST;
    loop {
        let instances = stage.fleet.grown();
        if is_at_rest(&instances) || Instant::now() > end {
            return Measured {
                instances,
                redis_memory: stage.redis.memory(),
                redis_keys: stage.redis.keys(),
                redis_leases: stage.redis.leases(),
            };
        }
        sleep(LOOK_AGAIN).await;
    }
}
