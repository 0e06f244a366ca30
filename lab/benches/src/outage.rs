//! Thirty users whose tokens live for two seconds, while the provider fails for one of them or for all.
//!
//! Rule: each user asks for a page twice a second, as a browser does, and keeps the cookies of the answers.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::sleep;

use crate::crowded_provider::{CrowdedProvider, Refusal, ask, callback};
use crate::sample::Get;

const USERS: u32 = 30;
const TOKEN_LIFE: u64 = 2;
const PAUSE: Duration = Duration::from_millis(500);
/// Twenty seconds, of which the first three are good.
const REQUESTS: u32 = 40;
const GOOD: Duration = Duration::from_secs(3);
/// For so long no connection can be made.
const DOWN: Duration = Duration::from_secs(5);

/// What happens after the good time.
enum Trouble {
    /// To one user.
    One(Refusal),
    /// To all, and it ends.
    All,
}

/// Prints how many answers were not 200.
#[expect(clippy::print_stdout, reason = "a table for people")]
pub async fn run() {
    let refusal = |status, error, retry_after| {
        Trouble::One(Refusal {
            status,
            error,
            retry_after,
        })
    };
    println!("| FNCY answers | the one user: not 200 | the others: not 200 |\n| --- | --: | --: |");
    for (name, trouble) in [
        ("one user with 500", refusal(500, "server_error", 0)),
        (
            "one user with 429, `Retry-After: 300`",
            refusal(429, "slow_down", 300),
        ),
        (
            "one user with `invalid_client`",
            refusal(401, "invalid_client", 0),
        ),
        ("no connection for five seconds", Trouble::All),
    ] {
        let (one, others, asked) = visits(trouble).await;
        println!("| {name} | {one} of {REQUESTS} | {others} of {asked} |");
    }
}

async fn visits(trouble: Trouble) -> (u32, u32, u32) {
    let provider = CrowdedProvider::start(Duration::from_millis(5), TOKEN_LIFE).await;
    let login = provider.login(|builder| builder);
    let users = (0..USERS).map(|number| {
        let login = login.clone();
        tokio::spawn(async move {
            // They come one after the other, as people do.
            sleep(PAUSE * number / USERS).await;
            let head = callback(&login, "192.0.2.1", &format!("u-{number}.c"));
            let (_, cookies) = ask(&login, &head).await;
            let mut cookies = cookies.unwrap();
            let mut not_served = 0;
            for _ in 0..REQUESTS {
                let (status, newer) = ask(&login, &Get::page(cookies.clone())).await;
                not_served += u32::from(status != 200);
                if let Some(newer) = newer.filter(|_| status == 200) {
                    cookies = newer;
                }
                sleep(PAUSE).await;
            }
            not_served
        })
    });
    let users: Vec<_> = users.collect();
    sleep(GOOD).await;
    match trouble {
        Trouble::One(refusal) => provider.refuse("u-0", refusal),
        Trouble::All => {
            provider.stop();
            sleep(DOWN).await;
            provider.listen_again().await;
        }
    }
    let mut not_served = join_all(users).await.into_iter().map(Result::unwrap);
    let one = not_served.next().unwrap();
    (one, not_served.sum(), (USERS - 1) * REQUESTS)
}
