//! `cargo xtask soak`: many visitors use a site for minutes, while its provider fails now and then.
//!
//! Rules:
//! - Every answer is judged: it names its own user, or refuses a user that it must refuse, or says when to ask again.
//! - No visitor signs in again, and in the end all are signed in. The provider revokes all tokens of a session if a refresh
//!   token is used twice, so that a double use would be seen, too; its refusals are counted besides.
//! - Memory and tasks are compared at rest: after a tenth of the time without faults, and in the end.

mod faults;
mod findings;
pub mod site;
mod tally;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::{Instant, sleep};

use crate::dev_server::{DevServerProcess, user};
use crate::load::requests_a_second;
use faults::Control;
use findings::{ALLOWED_GROWTH, Findings};
use site::{Framework, Grown, PUBLIC, Site};
use tally::Tally;
use visitor::{Address, Visitor};

const VISITORS: usize = 100;
/// In seconds: all tokens are refreshed all the time.
const TOKEN_LIFE: u64 = 2;
/// Beside the visitors.
const WRK_CONNECTIONS: usize = 4;
/// Beyond the longest rest that a failing provider is given, and a request that still hangs.
const UNTIL_ANSWERED: Duration = Duration::from_secs(45);
/// Beyond the minute for which refreshes are remembered.
const UNTIL_AT_REST: Duration = Duration::from_secs(75);
const LATER: u16 = 503;
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// Lets visitors loose on a site, prints what happened, and says whether all of it was right.
#[expect(clippy::print_stdout, reason = "figures for people")]
pub async fn run(framework: Framework, seconds: u64) -> bool {
    let length = Duration::from_secs(seconds);
    let mut provider = DevServerProcess::start(VISITORS, TOKEN_LIFE);
    let mut site = Site::start(framework, provider.vars());
    let idle_tasks = site.grown().tasks;
    let address = Arc::new(Address {
        origin: site.origin.clone(),
        provider: provider.base_url(),
        tally: Tally::default(),
    });
    println!("\n{}, {VISITORS} visitors, {seconds} s\n", framework.name);

    let sign_in = |number| Visitor::sign_in(Arc::clone(&address), user(number));
    let visitors = join_all((0..VISITORS).map(sign_in)).await;
    let mut visitors = browse(visitors, length / 10).await;
    let unprovoked = address.tally.answers_of(LATER);
    let is_idle = |grown: &Grown| grown.tasks <= idle_tasks;
    let before = rest(&mut site, &mut visitors[0], is_idle).await;

    let (page, cookies) = (format!("{}{PUBLIC}", site.origin), visitors[0].cookies());
    let wrk = spawn_blocking(move || requests_a_second(&page, &cookies, WRK_CONNECTIONS, seconds));
    let control = Control::new(&address.provider);
    let (mut visitors, faults) = tokio::join!(browse(visitors, length), control.run(length));

    let end = Instant::now() + UNTIL_ANSWERED;
    let all = visitors.iter_mut();
    let signed_in = join_all(all.map(|visitor| visitor.is_signed_in_by(end))).await;
    let after = rest(&mut site, &mut visitors[0], |grown| {
        is_idle(grown) && grown.memory <= before.memory + ALLOWED_GROWTH
    });
    let findings = Findings {
        unprovoked,
        faults,
        idle_tasks,
        after: after.await,
        before,
        tally: &address.tally,
        wrk: wrk.await.unwrap(),
        provider: provider.counts(),
        lost: signed_in.into_iter().filter(|signed_in| !signed_in).count(),
    };
    println!("{findings}");
    findings.are_right()
}

/// All at once, each in a task; then they close their browsers.
async fn browse(visitors: Vec<Visitor>, length: Duration) -> Vec<Visitor> {
    let end = Instant::now() + length;
    let mut all: JoinSet<Visitor> = visitors
        .into_iter()
        .map(|visitor| visitor.browse_until(end))
        .collect();
    let mut back = Vec::new();
    while let Some(visitor) = all.join_next().await {
        back.push(visitor.unwrap());
    }
    back
}

/// What there is when the site is at rest, or when it has had the time for it. Somebody looks in, since
/// what is no more is given back with the next refresh.
async fn rest(
    site: &mut Site,
    visitor: &mut Visitor,
    is_at_rest: impl Fn(&Grown) -> bool,
) -> Grown {
    let end = Instant::now() + UNTIL_AT_REST;
    loop {
        let grown = site.grown();
        if is_at_rest(&grown) || Instant::now() > end {
            return grown;
        }
        visitor.is_signed_in_by(end).await;
        sleep(LOOK_AGAIN).await;
    }
}
