//! The check of a signed-in request beside more and more of something: rules, cookies, sign-outs, refreshes.
//!
//! Rules: the cases of a row are measured in turns, and compared with the first; a ratio above the row's limit fails the
//! run.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use fncy_login::adapter::{self, Decision, Verdict};
use fncy_login::store::{
    Claim, LeaseKey, LeaseKind, LeaseOutcome, Leases as _, MemoryStore, Revocations as _,
    RevokedSession, SessionId, SessionRef,
};
use fncy_login::{Login, LoginBuilder, Timestamp};

use crate::interleave::{Case, measure};
use crate::sample::{Get, HandClock, Provider, TOKEN_LEN, USER_ID, set, sign_in};

/// The limit of a row without an effect. It allows for noise.
const NO_EFFECT: f64 = 1.08;
/// With a hash of the user's id.
const USERS: f64 = 1.1;
/// With 0.3 F for the first rule.
const RULES: f64 = 1.35;
/// The sessions that a case checks in turn. A filter may take one of them for a revoked one.
const SESSIONS: usize = 8;
/// How long the first access token of a session lives, and a later one, in seconds.
const TOKEN_LIFE: u64 = 60;
const LONG: u64 = 30 * 24 * 60 * 60;
/// Entries of a store are issued in 2100, so that they stay.
const ISSUED: u64 = 4_102_444_800;

/// Measures all rows, and returns whether each ratio is within its limit.
pub async fn run() -> bool {
    let provider = &Provider::start().await;
    let mut is_within = true;
    heading();
    for (name, limit, cases) in [
        (
            "public prefixes",
            RULES,
            rules(provider, LoginBuilder::public_prefix).await,
        ),
        ("protected prefixes", RULES, rules(provider, protect).await),
        ("guards", RULES, rules(provider, guard).await),
        ("cookies in front", 4.0, cookies(provider).await),
        ("cookies of the session", 2.0, chunks(provider).await),
        ("the same, tokens opened", 10.0, opened(provider).await),
        (
            "revoked sessions",
            NO_EFFECT,
            store(provider, [0, 1, 1_000, 1_000_000], revoke).await,
        ),
        (
            "of this user",
            NO_EFFECT,
            store(provider, [0, 1, 999], revoke_own).await,
        ),
        (
            "revoked users",
            USERS,
            store(provider, [0, 1, 100_000], revoke_user).await,
        ),
        (
            "unconfirmed refreshes",
            NO_EFFECT,
            store(provider, [0, 1, 10_000], refresh).await,
        ),
    ] {
        is_within &= row(name, limit, cases).await;
    }
    is_within
}

#[expect(clippy::print_stdout, reason = "a table for people")]
fn heading() {
    println!("| what | how many | ns | of the first | at most |\n| --- | --: | --: | --: | --: |");
}

#[expect(clippy::print_stdout, reason = "a table for people")]
async fn row(name: &str, limit: f64, cases: Vec<Case>) -> bool {
    let figures = measure(cases).await;
    let first = figures[0].whole;
    for figure in &figures {
        let (count, whole, ratio) = (&figure.name, figure.whole, figure.whole / first);
        let exceeds = if ratio > limit { ", exceeded" } else { "" };
        println!("| {name} | {count} | {whole:.0} | {ratio:.2} | {limit}{exceeds} |");
    }
    figures.iter().all(|figure| figure.whole <= limit * first)
}

/// A case named by an amount.
fn check(count: usize, login: Login, heads: Vec<Get>) -> Case {
    let mut turn = 0;
    Case::new(count.to_string(), move || {
        turn = (turn + 1) % heads.len();
        let Decision::Now(Verdict::Admit { context, .. }) =
            login.decide(black_box(&heads[turn]), None)
        else {
            unreachable!("the user is signed in");
        };
        assert_eq!(black_box(context.user().unwrap().id()), USER_ID);
    })
}

/// Rules for other pages.
async fn rules(
    provider: &Provider,
    add: impl Fn(LoginBuilder, String) -> LoginBuilder,
) -> Vec<Case> {
    let cookies = sign_in(&provider.login(|builder| builder), TOKEN_LEN).await;
    let page = Get::at("/account/orders/2030-17", "", cookies);
    let cases = [0, 1, 10, 100, 1_000].map(|count| {
        let mut paths = (0..count).map(|number| format!("/area-{number}"));
        let login = provider.login(|builder| paths.by_ref().fold(builder, &add));
        check(count, login, vec![page.clone()])
    });
    cases.into()
}

fn protect(builder: LoginBuilder, path: String) -> LoginBuilder {
    builder.protected_prefix(path)
}

fn guard(builder: LoginBuilder, path: String) -> LoginBuilder {
    builder.require_scope_prefix(path, "orders")
}

/// Other cookies before the session's.
async fn cookies(provider: &Provider) -> Vec<Case> {
    let login = provider.login(|builder| builder);
    let own = sign_in(&login, TOKEN_LEN).await;
    let cases = [0, 12, 100].map(|count| {
        let others = (0..count).map(|number| format!("other_{number}=a-value-of-an-analyst; "));
        let page = Get::page(others.collect::<String>() + &own);
        check(count, login.clone(), vec![page])
    });
    cases.into()
}

/// A login, and the cookies of sessions that take one cookie, two and so on.
async fn sessions_of_chunks(provider: &Provider) -> (Login, Vec<(usize, String)>) {
    let login = provider.login(|builder| builder);
    let mut sessions = Vec::new();
    for length in [900, 4_500, 7_500, 10_500, 13_000] {
        let cookies = sign_in(&login, length).await;
        sessions.push((cookies.matches("_session").count(), cookies));
    }
    (login, sessions)
}

async fn chunks(provider: &Provider) -> Vec<Case> {
    let (login, sessions) = sessions_of_chunks(provider).await;
    let cases = sessions.into_iter();
    let case = |(count, cookies)| check(count, login.clone(), vec![Get::page(cookies)]);
    cases.map(case).collect()
}

async fn opened(provider: &Provider) -> Vec<Case> {
    let (login, sessions) = sessions_of_chunks(provider).await;
    let case = |(count, cookies): (usize, String)| {
        let head = Get::page(cookies);
        let Decision::Now(Verdict::Admit { context, .. }) = login.decide(&head, None) else {
            unreachable!("the user is signed in");
        };
        Case::new(count.to_string(), move || {
            let tokens = adapter::tokens(&context, black_box(&head)).unwrap();
            assert!(black_box(tokens.access_token()).len() >= TOKEN_LEN);
        })
    };
    sessions.into_iter().map(case).collect()
}

/// Entries in the store, which concern no session that is checked. The sessions were refreshed once, since a new one
/// needs no confirmation.
async fn store<const N: usize>(
    provider: &Provider,
    counts: [u64; N],
    add: impl AsyncFn(&MemoryStore, u64),
) -> Vec<Case> {
    let mut cases = Vec::new();
    for count in counts {
        let store = MemoryStore::new();
        for number in 0..count {
            add(&store, number).await;
        }
        let clock = HandClock::at_start();
        let login = provider.login(|builder| builder.store(store).clock(Arc::clone(&clock)));
        let mut heads = Vec::new();
        provider.set_token_life(TOKEN_LIFE);
        for _ in 0..SESSIONS {
            heads.push(Get::page(sign_in(&login, TOKEN_LEN).await));
        }
        provider.set_token_life(LONG);
        clock.advance(TOKEN_LIFE);
        for head in &mut heads {
            *head = Get::page(refreshed(&login, head).await);
        }
        cases.push(check(usize::try_from(count).unwrap(), login, heads));
    }
    cases
}

/// The cookies of a session after its refresh.
async fn refreshed(login: &Login, head: &Get) -> String {
    let Decision::Later(verdict) = login.decide(head, None) else {
        unreachable!("the token has expired");
    };
    match verdict.await {
        Verdict::Admit { patch, .. } => {
            let cookies = patch.header_changes(false).cookies;
            set(cookies.iter().map(String::as_str))
        }
        Verdict::Reply(reply) => unreachable!("the provider answers: {reply:?}"),
    }
}

fn session(number: u64) -> SessionRef {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&number.to_le_bytes());
    let [issued, ends] = [ISSUED, ISSUED + 604_800].map(Timestamp::from_unix);
    SessionRef::new(SessionId::from_bytes(id), 1, issued, ends)
}

async fn revoke(store: &MemoryStore, number: u64) {
    let revoked = RevokedSession::new(session(number), &format!("user-{number}"));
    store.revoke(revoked).await.unwrap();
}

async fn revoke_own(store: &MemoryStore, number: u64) {
    let revoked = RevokedSession::new(session(number), USER_ID);
    store.revoke(revoked).await.unwrap();
}

async fn revoke_user(store: &MemoryStore, number: u64) {
    let until = Timestamp::from_unix(ISSUED);
    let user = format!("user-{number}");
    store.revoke_user(&user, until, None).await.unwrap();
}

async fn refresh(store: &MemoryStore, number: u64) {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&number.to_le_bytes());
    let key = LeaseKey::new(LeaseKind::Refresh, hash);
    let Claim::Granted(lease) = store.claim(key, Some(0)).await.unwrap() else {
        unreachable!("no other claimant");
    };
    let outcome = LeaseOutcome::new("sealed", Duration::from_secs(3_600)).with_version(1);
    let outcome = outcome.with_session(session(number).id());
    lease.finish(outcome).await.unwrap();
}
