//! No secret is in a log, a page or a header: one life of a session is searched at the most talkative log level.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use fncy_dev_server::{Endpoint, Fault};
use fncy_login::Setting;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::browser::{Exchange, RawRequest};
use crate::harness::Harness;
use crate::steps::callback::{assert_failure, state_of};
use crate::steps::events::Heard;
use crate::steps::session::{LIFE, refresh_tokens};
use crate::steps::token_answer::{PAGE, sign_in_anew, sign_in_with_user_data, tokens};
use crate::world::{APP, COOKIE_SECRET, SCRIPTED, World};

const CLIENT_SECRET: &str = "s3cret +/:%&=? of the client";
const MARK: &str = "a record of the crate `log`";

pub(super) async fn no_secret_is_logged_or_answered(harness: Harness) {
    for auth in ["body", "basic"] {
        let world = World::with(harness, |setup| {
            setup.provider = setup.provider.clone().client("demo-app", CLIENT_SECRET);
            setup.login = Box::new(move |builder| builder.set(Setting::ClientAuth, auth));
        });
        log::trace!(target: "rustls::client", "{MARK}");
        let states = live(&world).await;
        let secrets = secrets_of(&world, &states);
        assert!(secrets.len() > 20, "{}", secrets.len());
        assert_log_is_clean(&world, &secrets);
        let log = world.logged();
        assert!(
            log.contains("TRACE rustls::client: ") && log.contains(MARK),
            "of `log`"
        );
        let exchanges = world.calls.exchanges();
        assert!(exchanges.len() > 10, "{}", exchanges.len());
        for exchange in exchanges {
            assert_answer_is_clean(&world, &exchange, &secrets);
        }
    }
}

pub(super) async fn u05_no_event_has_a_secret(harness: Harness) {
    let heard = Heard::default();
    let hook = heard.clone();
    let world = World::with(harness, |setup| {
        setup.provider = setup.provider.clone().client("demo-app", CLIENT_SECRET);
        setup.login = Box::new(move |builder| {
            builder
                .hook_headers(["accept", "origin", "user-agent"])
                .on_event(move |event| hook.clone().hear(event))
        });
    });
    let states = live(&world).await;
    let secrets = secrets_of(&world, &states);
    let events = heard.all(&world).await;
    assert!(events.len() >= 10, "{events:?}");
    for event in events {
        let texts = [format!("{event:?}"), serde_json::to_string(&event).unwrap()];
        assert!(texts.iter().all(|text| !text.contains("@example.com")));
        for (name, secret) in &secrets {
            for spelling in spellings(secret) {
                let shows = |text: &&String| text.contains(&spelling);
                assert_eq!(texts.iter().find(shows), None, "{name} as {spelling:?}");
            }
        }
    }
    assert_log_is_clean(&world, &secrets);
}

/// Some servers put what they are sent into what they say of it.
pub(super) async fn what_a_provider_repeats_is_not_logged(harness: Harness) {
    let world = World::with(harness, |setup| {
        setup.provider = setup.provider.clone().client("demo-app", CLIENT_SECRET);
    });
    let name = world.provider.base_url();
    let repeated = |secret: &str| {
        let error = serde_json::json!({
            "error": secret,
            "error_description": format!("{name} refuses {secret}, of {CLIENT_SECRET}"),
        });
        Fault::status(400).json(&error.to_string()).once()
    };
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let callback = world.approve(&location, "alex").await;
    let url = Url::parse(&callback).unwrap();
    let mut query = url.query_pairs();
    let code = query.find(|(name, _)| name == "code").unwrap().1;
    world.provider.fault(Endpoint::Token, repeated(&code));
    assert_failure(&tab.get(&callback).await, 502, "provider_refused");

    let mut tab = sign_in_anew(&world).await;
    world.advance(LIFE + 1);
    let refresh_token = refresh_tokens(&world).pop().unwrap();
    world
        .provider
        .fault(Endpoint::Token, repeated(&refresh_token));
    tab.get(PAGE).await;

    world.provider.fault(Endpoint::Token, tokens("").once());
    let page = sign_in_with_user_data(&world, repeated(SCRIPTED)).await;
    assert_failure(&page, 502, "user_data_refused");

    let mut secrets = secrets_of(&world, &[]);
    secrets.insert(("issued", SCRIPTED.to_owned()));
    secrets.insert(("code", code.into_owned()));
    assert_log_is_clean(&world, &secrets);
    let shown = format!("{name} refuses ..., of ...");
    assert_eq!(world.logged().matches(&shown).count(), 3);
}

/// Signs in, refreshes, asks for the token, is attacked, fails to sign in, signs out: the states.
async fn live(world: &World) -> Vec<String> {
    let mut tab = world.tab();
    let location = world.start(&mut tab, "/page").await;
    let mut states = vec![state_of(&location)];
    let callback = world.approve(&location, "alex").await;
    assert_eq!(tab.visit(&callback).await.text(), "user=alex");
    world.advance(301);
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");
    assert_eq!(world.token_requests(), 2);
    assert_eq!(tab.get(&format!("{APP}/token")).await.status, 200);
    tab.fetch(&format!("{APP}/auth/session")).await;

    let forged = RawRequest::new("POST", "/page")
        .with_header("host", "app.example")
        .with_header("content-length", "0")
        .with_header("origin", "https://evil.example")
        .with_header("cookie", world.cookie_header());
    assert_eq!(world.raw(forged).await.status, 403);
    // A code that the provider refuses, a state that this browser has not, and a change of mind.
    let location = world.start(&mut tab.clone(), "/auth/login").await;
    states.push(state_of(&location));
    let callback = world.approve(&location, "alex").await;
    let wrong = callback.replacen("code=", "code=x", 1);
    assert_eq!(tab.get(&wrong).await.status, 400);
    let elsewhere = world.stranger().tab().get(&callback).await;
    assert_eq!(elsewhere.status, 400);
    let location = world.start(&mut tab.clone(), "/auth/login").await;
    states.push(state_of(&location));
    let cancelled = world.cancel(&location, "alex").await;
    assert_eq!(tab.get(&cancelled).await.status, 403);
    let page = tab.visit(&format!("{APP}/auth/logout")).await;
    tab.submit(&page, "form", None).await;
    world.until_revocations(1).await;
    states
}

/// A secret and its name.
type Secret = (&'static str, String);

fn secrets_of(world: &World, states: &[String]) -> BTreeSet<Secret> {
    let mut secrets: Vec<Secret> = states
        .iter()
        .map(|state| ("state", state.clone()))
        .collect();
    let issued = world.provider.issued_secrets();
    secrets.extend(issued.into_iter().map(|secret| ("issued", secret)));
    secrets.push(("client secret", CLIENT_SECRET.to_owned()));
    secrets.push(("client credentials", format!("demo-app:{CLIENT_SECRET}")));
    secrets.extend(
        COOKIE_SECRET
            .split(',')
            .map(|key| ("cookie secret", key.to_owned())),
    );
    for request in world.provider.requests(Endpoint::Token) {
        let body: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
        let verifier = body["code_verifier"].as_str();
        secrets.extend(verifier.map(|text| ("code verifier", text.to_owned())));
        let sent = request.authorization.iter();
        let sent = sent.filter_map(|value| value.strip_prefix("Basic "));
        secrets.extend(sent.map(|text| ("client credentials", text.to_owned())));
    }
    for line in world
        .calls
        .exchanges()
        .iter()
        .flat_map(Exchange::set_cookies)
    {
        let (_, value) = line.split(';').next().unwrap().split_once('=').unwrap();
        // Both segments, and the whole.
        let parts = value.split('.').chain([value]);
        let parts = parts.filter(|part| part.len() > 16);
        secrets.extend(parts.map(|part| ("cookie", part.to_owned())));
    }
    let names: BTreeSet<_> = secrets.iter().map(|(name, _)| *name).collect();
    assert!(
        names.contains("code verifier") && names.contains("cookie"),
        "{names:?}"
    );
    secrets.into_iter().collect()
}

/// A secret as it may be spelled: as it is, escaped, in base64 at each of its three alignments, as
/// the bytes that it spells, and as `Debug` shows text and bytes.
fn spellings(secret: &str) -> BTreeSet<String> {
    let form: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let escaped = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    let mut spellings = BTreeSet::from([
        secret.to_owned(),
        escaped.to_ascii_lowercase(),
        escaped,
        form,
        format!("{secret:?}").trim_matches('"').to_owned(),
        format!("{:?}", secret.as_bytes())
            .trim_matches(['[', ']'])
            .to_owned(),
    ]);
    for (skipped, padding) in [(0, ""), (2, "\0"), (3, "\0\0")] {
        let padded = format!("{padding}{secret}");
        // The characters that depend on nothing but the secret.
        let whole = padded.len() * 4 / 3;
        for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let text = engine.encode(&padded);
            spellings.insert(text[skipped..whole].to_owned());
        }
    }
    for engine in [STANDARD, URL_SAFE, STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        if let Ok(bytes) = engine.decode(secret)
            && bytes.len() >= 16
        {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            spellings.insert(hex);
            spellings.insert(format!("{bytes:?}").trim_matches(['[', ']']).to_owned());
        }
    }
    spellings
}

fn assert_log_is_clean(world: &World, secrets: &BTreeSet<Secret>) {
    let log = world.logged();
    let has = |level: &str, from: &[&str]| {
        log.lines().any(|line| {
            line.contains(level) && from.iter().any(|name| line.contains(&format!(" {name}")))
        })
    };
    assert!(has(" INFO ", &["fncy_login"]), "our own lines");
    assert!(
        has(" TRACE ", &["mio::", "hyper_util::", "actix_"]),
        "others'"
    );
    for (name, secret) in secrets {
        for spelling in spellings(secret) {
            let line = log.lines().find(|line| line.contains(&spelling));
            assert_eq!(line, None, "{name} {secret:?} as {spelling:?}");
        }
    }
}

/// Everything that is answered, but for where a secret belongs.
fn assert_answer_is_clean(world: &World, exchange: &Exchange, secrets: &BTreeSet<Secret>) {
    let mut shown = Vec::new();
    for (name, value) in &exchange.response.headers {
        let value = String::from_utf8_lossy(value).into_owned();
        let is_authorize = name == "location" && value.starts_with(world.provider.base_url());
        shown.push((is_authorize, name.eq_ignore_ascii_case("set-cookie"), value));
    }
    if exchange.url.path() != "/token" {
        shown.push((false, false, exchange.response.text().into_owned()));
    }
    for (name, secret) in secrets {
        for spelling in spellings(secret) {
            for (is_authorize, is_cookie, text) in &shown {
                let belongs = *is_authorize && *name == "state" || *is_cookie && *name == "cookie";
                let url = &exchange.url;
                assert!(
                    belongs || !text.contains(&spelling),
                    "{name} as {spelling:?} at {url}: {text}"
                );
            }
        }
    }
}
