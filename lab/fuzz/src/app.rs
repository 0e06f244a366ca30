//! The machine that targets ask, and what answers it instead of a provider.

use std::sync::LazyLock;

use fncy_login_core::{
    Answer, AuthorizeParams, CookiePolicy, Core, Entropy, Exchange, KeyRing, Lifetimes, Moment,
    Outcome, PathRules, Protection, Provider, ProviderAnswer, RedirectParam, Reply, Secret,
    SecureUrl, Settings, Site, Standing, Step, Timestamp, TokenDialect, UserPointers,
};

use crate::reply;

/// 2030-01-01.
pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_893_456_000);
pub(crate) const ORIGIN: &str = "https://app.example";
pub(crate) const OTHER_ORIGIN: &str = "https://other.example";
pub(crate) const CLIENT_ID: &str = "client";
pub(crate) const COOKIE_SECRET: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
pub(crate) const AUTHORIZE_URL: &str = "https://fncy.example/v1/oauth2/authorize";
pub(crate) const TOKEN_URL: &str = "https://fncy.example/v1/oauth2/token";

/// Writes encrypted sessions; everything but `/public` is protected.
pub(crate) static PRIVATE: LazyLock<Core> = LazyLock::new(|| app(Protection::Private, "", &[]));
/// Writes signed sessions, which can be read.
pub(crate) static SIGNED: LazyLock<Core> = LazyLock::new(|| app(Protection::Signed, "", &[]));
/// Lives below a path.
pub(crate) static NESTED: LazyLock<Core> = LazyLock::new(|| app(Protection::Private, "/sub", &[]));
/// Has a second redirect URI, at another host.
pub(crate) static TWO_HOSTS: LazyLock<Core> =
    LazyLock::new(|| app(Protection::Private, "", &[OTHER_ORIGIN]));

fn app(protection: Protection, base: &str, other_origins: &[&str]) -> Core {
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
        },
        keys: KeyRing::new(COOKIE_SECRET, &[] as &[&[u8]]).unwrap(),
        cookies,
        protection,
        paths: PathRules::default().public_path("/public"),
        lifetimes: Lifetimes::default(),
        asks_approval: false,
        asks_on_refresh: false,
        sign_in_only: false,
        allow_preflight: false,
        clears_cache: false,
        trusted_origins: Vec::new(),
        own_page: None,
        language: None,
    })
}

/// A moment at which nobody has ended any session.
pub(crate) fn at(now: Timestamp) -> Moment<'static> {
    Moment {
        now,
        standing: &|_| Standing::Live,
    }
}

/// Entropy that is the same each time.
pub(crate) fn entropy(seed: u8) -> Entropy {
    Entropy::new(&std::array::from_fn(|index| {
        seed.wrapping_add(u8::try_from(index).unwrap_or_default())
    }))
}

/// Answers the machine until it is done, and looks at what comes out.
pub(crate) fn settle(
    step: Step,
    now: Timestamp,
    answer: impl FnMut(&Exchange) -> Answer,
) -> Outcome {
    settle_from(0, step, now, answer)
}

/// The same with entropy from here on: another session than others from elsewhere.
pub(crate) fn settle_from(
    seed: u8,
    mut step: Step,
    now: Timestamp,
    mut answer: impl FnMut(&Exchange) -> Answer,
) -> Outcome {
    for seed in seed.. {
        let (answer, pending) = match step {
            Step::Done(outcome) => {
                if let Outcome::Reply(reply) = &outcome {
                    reply::assert_sane(reply);
                }
                return outcome;
            }
            Step::Ask(_, pending) => (Answer::Entropy, pending),
            Step::Send(exchange, pending) => (answer(&exchange), pending),
        };
        step = pending.resume(answer, now, entropy(seed));
    }
    unreachable!("the machine ends after a few steps")
}

/// The reply of a request that asks the provider nothing.
pub(crate) fn reply_to(step: Step, now: Timestamp) -> Reply {
    match settle(step, now, |exchange| panic!("it asks {exchange:?}")) {
        Outcome::Reply(reply) => *reply,
        Outcome::Admit(admission) => panic!("it is admitted: {admission:?}"),
    }
}

/// An answer of the provider.
pub(crate) fn response(status: u16, body: impl Into<Vec<u8>>) -> Answer {
    Answer::Response(ProviderAnswer {
        status,
        retry_after: None,
        body: body.into(),
        sent: Vec::new(),
    })
}
