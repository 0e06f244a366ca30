//! The login without a framework.

use std::hint::black_box;
use std::sync::Arc;

use fncy_login::adapter::{self, Decision, Verdict};
use fncy_login::{AuthContext, BearerCheck, Login, LoginBuilder};

use crate::device::sign_in_and_bind;
use crate::frameworks::SignedIn;
use crate::interleave::Case;
use crate::sample::{Get, HandClock, Provider, TOKEN_LEN, TWELVE_MORE, USER_ID, sign_in};

const NO_COOKIE: &str = "public page, no cookie";

/// Three hours: a session's idle end is moved on after a tenth of its day.
const UNTIL_ROLL: u64 = 3 * 60 * 60;

/// All of them, with private cookies and with signed ones.
pub async fn cases(provider: &Provider, private: SignedIn<'_>, signed: SignedIn<'_>) -> Vec<Case> {
    let SignedIn { login, cookies } = private;
    let large = sign_in(login, 10 * TOKEN_LEN).await;
    let behind_others = format!("{TWELVE_MORE}; {cookies}");
    let mut cases = vec![
        check("check, private", login, cookies),
        check("check, signed", signed.login, signed.cookies),
        check("check, behind 12 other cookies", login, &behind_others),
        check("check, access token of 9,000", login, &large),
        tokens("tokens on demand", login, cookies),
        tokens("tokens on demand, of 9,000", login, &large),
        start(login),
        unauthorized("401, no cookie", login, ""),
        unauthorized("401, a cookie that doesn't open", login, &tampered(cookies)),
        public_prefix(provider),
        roll(provider, cookies),
        known_token(provider).await,
        unbound(provider).await,
        bound(provider).await,
    ];
    cases.extend(refusals(provider, cookies));
    cases
}

/// A decision, without a framework.
pub fn check(name: &str, login: &Login, cookies: &str) -> Case {
    let (login, head) = (login.clone(), Get::page(cookies));
    Case::new(name, move || {
        let context = context(&login, black_box(&head));
        assert_eq!(black_box(context.user().unwrap().id()), USER_ID);
    })
}

fn context(login: &Login, head: &Get) -> AuthContext {
    match login.decide(head, None) {
        Decision::Now(Verdict::Admit { context, .. }) => context,
        _ => unreachable!("somebody is signed in, or the page is public"),
    }
}

fn tokens(name: &str, login: &Login, cookies: &str) -> Case {
    let head = Get::page(cookies);
    let context = context(login, &head);
    Case::new(name, move || {
        let tokens = adapter::tokens(&context, black_box(&head)).unwrap();
        assert!(black_box(tokens.access_token()).len() >= TOKEN_LEN);
    })
}

fn start(login: &Login) -> Case {
    let (login, head) = (login.clone(), Get::page(""));
    Case::new("start of a login", move || {
        match login.decide(black_box(&head), None) {
            Decision::Now(Verdict::Reply(reply)) => assert_eq!(black_box(reply.status), 303),
            _ => unreachable!("nobody is signed in"),
        }
    })
}

fn unauthorized(name: &str, login: &Login, cookies: &str) -> Case {
    let (login, head) = (login.clone(), Get::by_script(cookies));
    Case::new(name, move || match login.decide(black_box(&head), None) {
        Decision::Now(Verdict::Reply(reply)) => assert_eq!(black_box(reply.status), 401),
        _ => unreachable!("no user is signed in"),
    })
}

fn public_prefix(provider: &Provider) -> Case {
    let login = provider.login(|builder| builder.public_prefix("/assets"));
    let head = Get::at("/assets/styles/site.3f2a9c.css", "", String::new());
    Case::new("public page below a prefix, no cookie", move || {
        assert!(black_box(context(&login, black_box(&head)).user()).is_none());
    })
}

/// Opens the user's segment and seals it anew.
fn roll(provider: &Provider, cookies: &str) -> Case {
    let clock = HandClock::at_start();
    let login = provider.login(|builder| builder.clock(Arc::clone(&clock)));
    clock.advance(UNTIL_ROLL);
    let head = Get::page(cookies);
    Case::new("a session that rolls (sealing)", move || {
        let Decision::Now(Verdict::Admit { patch, .. }) = login.decide(black_box(&head), None)
        else {
            unreachable!("somebody is signed in");
        };
        assert_eq!(black_box(patch.header_changes(false).cookies.len()), 1);
    })
}

/// A bearer token of the usual length that was asked about before.
async fn known_token(provider: &Provider) -> Case {
    let check = BearerCheck::user_data().danger_any_client();
    let clock = HandClock::at_start();
    let login = provider.login(|builder| builder.bearer_prefix("/", check).clock(clock));
    let head = Get::with_token(&"a".repeat(TOKEN_LEN));
    let Decision::Later(asked) = login.decide(&head, None) else {
        unreachable!("the token is not known");
    };
    assert!(matches!(asked.await, Verdict::Admit { .. }));
    Case::new("bearer token, known", move || {
        let context = context(&login, black_box(&head));
        assert_eq!(black_box(context.user().unwrap().id()), USER_ID);
    })
}

/// A session that its browser has not bound, where others are.
async fn unbound(provider: &Provider) -> Case {
    let login = provider.login(LoginBuilder::device_bound);
    let cookies = sign_in(&login, TOKEN_LEN).await;
    check("check, not bound to a device", &login, &cookies)
}

/// A session that is bound to a device key, with its device cookie.
async fn bound(provider: &Provider) -> Case {
    let login = provider.login(LoginBuilder::device_bound);
    let cookies = sign_in_and_bind(&login).await;
    check("check, bound to a device", &login, &cookies)
}

/// Bad cookies on a public page, which leaves them alone: what is more than with no cookie at
/// all is the price of the refusal.
fn refusals(provider: &Provider, cookies: &str) -> impl Iterator<Item = Case> {
    let login = provider.login(|builder| builder.public_path("/"));
    let (name, value) = cookies.split_once('=').unwrap();
    let (segment, tokens) = value.split_once('.').unwrap();
    let other = segment.replacen(&segment[4..7], "AAA", 1);
    let tampered = tampered(cookies);
    [
        (NO_COOKIE, String::new()),
        ("refusal, tampered", tampered.clone()),
        ("refusal, three tampered", vec![tampered; 3].join("; ")),
        (
            "refusal, of another key",
            format!("{name}={other}.{tokens}"),
        ),
        (
            "refusal, 64 KB",
            format!("{name}={}", "A".repeat(64 * 1024)),
        ),
        ("refusal, 10,000 pairs", vec!["a=b"; 10_000].join("; ")),
    ]
    .into_iter()
    .map(move |(name, cookies)| {
        let (login, head) = (login.clone(), Get::page(cookies));
        let case = Case::new(name, move || {
            assert!(black_box(context(&login, black_box(&head)).user()).is_none());
        });
        if name == NO_COOKIE {
            case
        } else {
            case.beyond(NO_COOKIE)
        }
    })
}

/// A session's cookie with a changed seal of its first segment.
fn tampered(cookies: &str) -> String {
    let (segment, tokens) = cookies.split_once('.').unwrap();
    // The last character says less than six bits: the one before it says six.
    let (kept, last) = segment.split_at(segment.len() - 2);
    let changed = if last.starts_with('A') { "B" } else { "A" };
    format!("{kept}{changed}{}.{tokens}", &last[1..])
}
