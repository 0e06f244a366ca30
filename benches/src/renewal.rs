//! A renewal, and those who wait for it: over loopback, with a provider that answers at once.

use std::rc::Rc;
use std::sync::Arc;

use fncy_login::{Decision, Login, Verdict};
use futures_util::future::join_all;

use crate::interleave::Case;
use crate::sample::{Get, HandClock, Provider, TOKEN_LEN, set, sign_in};

/// Beyond the life of every token here, in seconds.
const LATER: u64 = 2;

/// With one request, and with a hundred at once.
pub async fn cases() -> Vec<Case> {
    let provider = Rc::new(Provider::start().await);
    provider.set_token_life(1);
    let clock = HandClock::at_start();
    let login = provider.login(|builder| builder.clock(Arc::clone(&clock) as _));
    let mut cases = Vec::new();
    for (name, requests) in [
        ("renewal, 1 request", 1),
        ("renewal, 100 requests at once", 100),
    ] {
        let mut cookies = sign_in(&login, TOKEN_LEN).await;
        let (login, clock, provider) = (login.clone(), Arc::clone(&clock), Rc::clone(&provider));
        cases.push(Case::waiting(name, async move || {
            clock.advance(LATER);
            let before = provider.tokens_issued();
            let head = Get::page(cookies.as_str());
            let given = join_all((0..requests).map(|_| renewed(&login, &head))).await;
            assert_eq!(provider.tokens_issued() - before, 1, "one renewal for all");
            cookies = set(given[0].iter().map(String::as_str));
        }));
    }
    cases
}

/// The cookies of a session whose token has expired.
async fn renewed(login: &Login, head: &Get) -> Vec<String> {
    let Decision::Later(verdict) = login.decide(head, None) else {
        unreachable!("the token has expired");
    };
    match verdict.await {
        Verdict::Admit(admitted) => admitted.finish.additions(false).cookies,
        Verdict::Reply(reply) => unreachable!("the provider answers: {reply:?}"),
    }
}
