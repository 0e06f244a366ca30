//! A sealed value, for either protection: only what was sealed opens.
//!
//! The reader of an opened body accepts any bytes, since a newer release may have sealed them.

use fncy_login_core::{Begin, Core, Exchange, Failure, SignInReplies};

use crate::app::{self, NOW, Outcome, PRIVATE, SIGNED};
use crate::bodies::{self, Login, Session, texts};
use crate::input::Input;
use crate::reply::{removed, set_cookies};
use crate::request::Request;
use crate::sealer::{self, OURS, SESSION, encode};

/// The first byte says what is tried, the second which application reads it.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let mode = input.below(7);
    let is_signed = input.byte() % 2 == 1;
    let core = if is_signed { &*SIGNED } else { &*PRIVATE };
    match mode {
        0 => changed(core, input, is_signed),
        1 => any_text(core, input.rest()),
        2 => any_user(core, input.rest(), is_signed),
        3 => any_tokens(core, input.rest()),
        4 => any_login(core, input.rest()),
        5 => any_round(core, input.rest()),
        _ => any_outcome(core, input.rest()),
    }
}

/// A session's value, with some of its bytes changed.
fn changed(core: &Core, mut input: Input<'_>, is_signed: bool) {
    let session = Session::of("alex");
    let body = session.encode();
    let user = if is_signed {
        OURS.signed(&body)
    } else {
        OURS.session(&body)
    };
    let tokens = OURS.tokens(session.session_id, 0, &texts(&["access", "refresh"]));
    let mut value = format!("{user}.{tokens}").into_bytes();
    while !input.is_empty() && !value.is_empty() {
        let at = input.number() % value.len();
        match input.below(4) {
            0 => value[at] = input.byte(),
            1 => value.insert(at, input.byte()),
            2 => drop(value.remove(at)),
            _ => value.truncate(at),
        }
    }
    assert_value(core, &value, &user, &tokens);
}

/// A value that was never sealed.
fn any_text(core: &Core, text: &[u8]) {
    assert_value(core, text, "", "");
}

/// What a value opens to, of which only this user and these tokens were ever sealed.
fn assert_value(core: &Core, value: &[u8], user: &str, tokens: &str) {
    // As a header has it: what is behind a semicolon is another cookie, and spaces don't count.
    let value = value
        .split(|byte| *byte == b';')
        .next()
        .unwrap()
        .trim_ascii();
    let cookies = [SESSION.as_bytes(), b"=", value].concat();
    let request = Request::get("/public").header("cookie", &cookies);
    let dot = value.iter().position(|byte| *byte == b'.');
    let (first, second) = value.split_at(dot.unwrap_or(value.len()));
    let Outcome::Admit(admission) = public(core, &request) else {
        panic!("a public path is not admitted")
    };
    let is_own = !user.is_empty() && first == user.as_bytes();
    assert_eq!(admission.user.is_some(), is_own);
    if let Some(found) = admission.user {
        assert_eq!(found.id(), "alex");
        let opened = core.handling(&request).tokens(&found, NOW);
        let is_whole = second.strip_prefix(b".") == Some(tokens.as_bytes());
        assert_eq!(opened.is_ok(), is_whole);
        return;
    }
    let request = Request::get("/page").header("cookie", &cookies);
    let reply = app::reply_to(core, &request, NOW);
    let stays = sealer::is_foreign(first);
    let expected: &[&str] = if stays { &[] } else { &[SESSION] };
    assert_eq!(removed(&set_cookies(&reply)), expected);
}

/// Any body under the seal of a first segment.
fn any_user(core: &Core, body: &[u8], is_signed: bool) {
    let text = if is_signed {
        OURS.signed(body)
    } else {
        OURS.session(body)
    };
    let cookie = format!("{SESSION}={text}.");
    let request = Request::get("/public").header("cookie", &cookie);
    let Outcome::Admit(admission) = public(core, &request) else {
        panic!("a public path is not admitted")
    };
    // Longer ones don't fit into the buffer of a first segment.
    let session = Session::decode(body).filter(|_| body.len() <= 1024);
    let session = session.filter(|session| !session.is_over());
    assert_eq!(
        admission.user.as_ref().map(|user| user.id().to_owned()),
        session.as_ref().map(|session| session.texts[0].clone())
    );
    let page = Request::get("/page").header("cookie", &cookie);
    let outcome = app::settle(core, &page, NOW, |_| Err(Failure::Transport));
    match outcome {
        Outcome::Admit(admission) => {
            let session = session.unwrap();
            let user = admission.user.unwrap();
            assert_eq!(*user.session().id().as_bytes(), session.session_id);
            assert_eq!(user.name().unwrap_or_default(), session.texts[1]);
            assert_eq!(user.email().unwrap_or_default(), session.texts[2]);
        }
        Outcome::Reply(reply) => assert!(session.is_none() || reply.status == 401),
    }
}

/// Any body under the seal of a second segment.
fn any_tokens(core: &Core, body: &[u8]) {
    let session = Session::of("alex");
    let user = OURS.session(&session.encode());
    let tokens = OURS.tokens(session.session_id, 0, body);
    let request = Request::get("/page").header("cookie", format!("{SESSION}={user}.{tokens}"));
    let Outcome::Admit(admission) = public(core, &request) else {
        panic!("a live session is not admitted")
    };
    let opened = core
        .handling(&request)
        .tokens(&admission.user.unwrap(), NOW);
    let expected = bodies::read_texts(body, 2).map(|texts| texts[0].clone());
    let opened = opened.ok().map(|tokens| tokens.access_token().to_owned());
    assert_eq!(opened, expected);
}

/// Any body under the seal of a login.
fn any_login(core: &Core, body: &[u8]) {
    let login = Login::decode(body);
    // Of whatever may be taken for a login.
    let state = body.get(16..48).and_then(|state| state.try_into().ok());
    let state: [u8; 32] = state.unwrap_or_default();
    let state = encode(&state);
    let (name, text) = OURS.login(&state, body);
    let request = Request::get(&format!("/auth/callback?code=c&state={state}"))
        .header("cookie", format!("{name}={text}"));
    let mut verifiers = Vec::new();
    app::settle(core, &request, NOW, |exchange| {
        let Exchange::Redeem(redeem) = exchange else {
            panic!("it asks {exchange:?}")
        };
        verifiers.push(redeem.verifier.as_ref().unwrap().expose().to_owned());
        app::response(400, r#"{"error":"invalid_grant"}"#)
    });
    // What doesn't fit into a login's buffer is none.
    let fits = body.len() + 53 <= 3_700;
    let expected = login.filter(|login| {
        fits && login.provider == sealer::provider_id()
            && NOW.as_unix().saturating_sub(login.started) < 600
    });
    let expected = expected.map(|login| encode(&login.verifier));
    assert_eq!(verifiers, Vec::from_iter(expected));
}

/// Any body under the seal of a round.
fn any_round(core: &Core, body: &[u8]) {
    let (name, text) = OURS.round(body);
    let page = Request::get("/page")
        .header("accept", "text/html")
        .header("cookie", format!("{name}={text}"));
    let reply = app::reply_to(core, &page, NOW);
    let round = bodies::read_round(body);
    let is_loop =
        round.is_some_and(|(count, first)| count >= 3 && NOW.as_unix().saturating_sub(first) < 60);
    assert_eq!(reply.status == 303, !is_loop);
    assert_eq!(reply.body.contains("login_loop"), is_loop);
}

/// Any body under the seal of what instances tell one another.
fn any_outcome(core: &Core, body: &[u8]) {
    let key = [3; 32];
    let refreshed = OURS.shared("refreshed", &key, body);
    let machine = core.refresh_machine();
    if let Some(refreshed) = machine.open(&key, refreshed.as_bytes()) {
        let again = machine.seal(&key, &refreshed, &app::entropy(0));
        let again = machine.open(&key, again.as_bytes()).unwrap();
        assert_eq!(again.key(), refreshed.key());
        assert_eq!(again.generation(), refreshed.generation());
        assert_eq!(
            again.tokens().access_token(),
            refreshed.tokens().access_token()
        );
        assert_eq!(again.awaits_approval(), refreshed.awaits_approval());
    }
    let (key, replies) = sign_in_of(core, [3; 32]);
    let text = OURS.shared("reply", &key, body);
    assert!(machine.open(&key, text.as_bytes()).is_none());
    let (_, others) = sign_in_of(core, [4; 32]);
    assert!(others.open(text.as_bytes()).is_none());
    if let Some(reply) = replies.open(text.as_bytes()) {
        let again = replies.seal(&reply, &app::entropy(0));
        let again = replies.open(again.as_bytes()).unwrap();
        assert_eq!(
            (again.status, &again.headers),
            (reply.status, &reply.headers)
        );
        assert_eq!(again.body, reply.body);
    }
}

/// The key of a sign-in, and its replies.
fn sign_in_of(core: &Core, state: [u8; 32]) -> ([u8; 32], SignInReplies) {
    let login = Login {
        provider: sealer::provider_id(),
        started: NOW.as_unix(),
        state,
        verifier: [0; 32],
        return_to: "/".to_owned(),
        keeps: None,
        max_age: u32::MAX,
        scopes: String::new(),
    };
    let state = encode(&state);
    let (name, text) = OURS.login(&state, &login.encode());
    let request = Request::get(&format!("/auth/callback?code=c&state={state}"))
        .header("cookie", format!("{name}={text}"));
    let Begin::Redeem(redeeming) = app::begin(core, &request, NOW) else {
        panic!("a code of this browser is redeemed")
    };
    (redeeming.redeem().key, redeeming.replies())
}

fn public(core: &Core, request: &Request) -> Outcome {
    app::settle(core, request, NOW, |exchange| {
        panic!("it asks {exchange:?}")
    })
}
