//! The machine that targets ask, and the answers that take the place of a provider.

use std::hash::RandomState;
use std::sync::LazyLock;

use fncy_login_core::{
    Admission, AfterRefresh, AuthorizeParams, Begin, Checked, Choices, CookiePolicy, Core,
    DeviceBinding, Entropy, Exchange, Exchanged, KeyRing, PathRules, Protection, Provider,
    ProviderAnswer, ProviderResult, Redeemed, Redeeming, RedirectParam, References, Reply,
    RevocationStatus, Secret, SecureUrl, Settings, Site, StoreAnswer, Timestamp, TokenDialect,
    UserPointers, UserRead,
};

use crate::reply::{self, AUTHORIZE_URL};
use crate::request::Request;

/// 2030-01-01.
pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_893_456_000);
pub(crate) const ORIGIN: &str = "https://app.example";
pub(crate) const OTHER_ORIGIN: &str = "https://other.example";
pub(crate) const CLIENT_ID: &str = "client";
pub(crate) const COOKIE_SECRET: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
pub(crate) const TOKEN_URL: &str = "https://fncy.example/v1/oauth2/token";

/// Writes encrypted sessions; everything but `/public` is protected, and `/api` accepts bearer tokens.
pub(crate) static PRIVATE: LazyLock<Core> = LazyLock::new(|| app(Protection::Private, "", &[]));
/// Writes signed sessions, which can be read.
pub(crate) static SIGNED: LazyLock<Core> = LazyLock::new(|| app(Protection::Signed, "", &[]));
/// Lives below a path.
pub(crate) static NESTED: LazyLock<Core> = LazyLock::new(|| app(Protection::Private, "/sub", &[]));
/// Has a second redirect URI, at another host.
pub(crate) static TWO_HOSTS: LazyLock<Core> =
    LazyLock::new(|| app(Protection::Private, "", &[OTHER_ORIGIN]));

/// Binds sessions to device keys.
pub(crate) static BOUND: LazyLock<Core> = LazyLock::new(|| {
    let choices = Choices {
        device_binding: DeviceBinding::Offered,
        ..Choices::default()
    };
    with(choices, "", &[])
});

fn app(protection: Protection, base: &str, other_origins: &[&str]) -> Core {
    let choices = Choices {
        protection,
        ..Choices::default()
    };
    with(choices, base, other_origins)
}

fn with(choices: Choices, base: &str, other_origins: &[&str]) -> Core {
    let url = |text| SecureUrl::parse(text).unwrap();
    let site = |origin: &str| {
        let redirect_uri = format!("{origin}{base}/auth/callback");
        Site::new(&redirect_uri, "/auth", false).unwrap()
    };
    let cookies = CookiePolicy::new(None, None).unwrap();
    let other_sites = other_origins.iter();
    let other_sites = other_sites.map(|origin| (site(origin), cookies.clone()));
    Core::new(Settings {
        site: site(ORIGIN),
        other_sites: other_sites.collect(),
        provider: Provider {
            authorize_url: url(AUTHORIZE_URL),
            token_url: url(TOKEN_URL),
            client_id: CLIENT_ID.to_owned(),
            client_secret: Secret::new("a client's secret".to_owned()),
            redirect_param: RedirectParam::Both,
            scope: None,
            dialect: TokenDialect::default(),
            authorize_params: AuthorizeParams::default(),
            pkce: true,
            issuer: None,
            revocation: true,
            sign_out_url: None,
            account_prompt: None,
            danger_trust_requested_scope: false,
            keep_claims: vec!["roles".to_owned()],
            pointers: UserPointers::new(None, None, None).unwrap(),
            auth_time: None,
        },
        keys: KeyRing::new(COOKIE_SECRET, &[] as &[&[u8]]).unwrap(),
        cookies,
        asks_approval: false,
        asks_on_refresh: false,
        references: References::new(RandomState::new()),
        choices: Choices {
            paths: PathRules::default()
                .public_path("/public")
                .bearer_prefix("/api"),
            ..choices
        },
    })
}

/// Entropy that is the same each time.
pub(crate) fn entropy<const BLOCKS: usize>(seed: u8) -> Entropy<BLOCKS> {
    let byte = |index| seed.wrapping_add(u8::try_from(index).unwrap_or_default());
    Entropy::new(std::array::from_fn(|block| {
        std::array::from_fn(|index| byte(32 * block + index))
    }))
}

/// What a request comes to.
pub(crate) enum Outcome {
    Admit(Admission),
    Reply(Box<Reply>),
}

/// Drives a request to its end, and looks at what comes out. No session is revoked.
pub(crate) fn settle(
    core: &Core,
    request: &Request,
    now: Timestamp,
    answer: impl FnMut(Exchange<'_>) -> ProviderResult,
) -> Outcome {
    settle_from(0, core, request, now, answer)
}

/// The same with entropy from here on: another session than others from elsewhere.
pub(crate) fn settle_from(
    seed: u8,
    core: &Core,
    request: &Request,
    now: Timestamp,
    mut answer: impl FnMut(Exchange<'_>) -> ProviderResult,
) -> Outcome {
    let outcome = match begin(core, request, now) {
        Begin::Admit(admission) => Outcome::Admit(admission),
        Begin::Reply(reply) => Outcome::Reply(reply),
        Begin::SignIn(start) => Outcome::Reply(start.redirect(now, Some(entropy(seed)))),
        Begin::Challenge(_) | Begin::Prove(_) => panic!("only `device` asks for these"),
        Begin::Roll(roll) => Outcome::Admit(Admission::rolled(*roll, now, Some(entropy(seed)))),
        Begin::Redeem(redeeming) => Outcome::Reply(sign_in(seed, *redeeming, now, answer)),
        Begin::Refresh(refreshing) => {
            let exchanging = core
                .refresh_machine()
                .exchange(refreshing.request().clone());
            let refresh_token = exchanging.refresh_token();
            let result = answer(Exchange::Refresh { refresh_token });
            let refreshed = match exchanging.answered(result, now).0 {
                Exchanged::Failed(failed) => refreshing.failed(failed.failure, now),
                _ => panic!("these targets refresh nothing"),
            };
            match refreshed {
                AfterRefresh::Admit(admission) => Outcome::Admit(admission),
                AfterRefresh::Reply(reply) => Outcome::Reply(reply),
                AfterRefresh::SignIn(start) => {
                    Outcome::Reply(start.redirect(now, Some(entropy(seed))))
                }
            }
        }
    };
    if let Outcome::Reply(reply) = &outcome {
        reply::assert_sane(reply);
    }
    outcome
}

/// The first step of a request. No session is revoked.
pub(crate) fn begin(core: &Core, request: &Request, now: Timestamp) -> Begin {
    let found = match core.open(request, now).check(|_, _| RevocationStatus::Live) {
        Checked::Found(found) => found,
        Checked::Ask(ask) => ask.answered(StoreAnswer::Live),
    };
    core.begin(request, found, now)
}

fn sign_in(
    seed: u8,
    redeeming: Redeeming,
    now: Timestamp,
    mut answer: impl FnMut(Exchange<'_>) -> ProviderResult,
) -> Box<Reply> {
    let result = answer(Exchange::Redeem(redeeming.redeem()));
    let reading = match redeeming.answered(result, now) {
        Redeemed::ReadUser(reading) => reading,
        Redeemed::Reply(reply) => return reply,
    };
    let access_token = reading.access_token();
    let result = answer(Exchange::UserData { access_token });
    match reading.answered(result, now) {
        UserRead::Complete(completing) => completing.finish(now, Some(entropy(seed))),
        UserRead::Reply(reply) => reply,
        UserRead::Approve(_) => panic!("these applications have no hook"),
    }
}

/// The reply of a request that asks the provider nothing.
pub(crate) fn reply_to(core: &Core, request: &Request, now: Timestamp) -> Reply {
    match settle(core, request, now, |exchange| {
        panic!("it asks {exchange:?}")
    }) {
        Outcome::Reply(reply) => *reply,
        Outcome::Admit(admission) => panic!("it is admitted: {admission:?}"),
    }
}

/// An answer of the provider.
pub(crate) fn response(status: u16, body: impl Into<Vec<u8>>) -> ProviderResult {
    Ok(ProviderAnswer {
        status,
        retry_after: None,
        body: body.into(),
        sent: Vec::new(),
    })
}
