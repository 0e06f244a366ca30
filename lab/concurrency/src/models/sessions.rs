//! Sessions and users of the models.

use std::hash::RandomState;
use std::sync::LazyLock;

use fncy_login_core::{
    AuthorizeParams, Choices, CookiePolicy, Core, KeyRing, Profile, Provider, RedirectParam,
    References, RefreshRequest, RevokedSession, Secret, SecureUrl, SessionId, SessionRef, Settings,
    Site, Timestamp, TokenDialect, TokenPolicy, TokenSource, User, UserPointers,
};
use serde_json::{Value, json};

/// 2030-01-01.
pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_893_456_000);
pub(crate) const USER: &str = "alex";

pub(crate) fn session(number: u8) -> SessionRef {
    let id = SessionId::from_bytes([number; 16]);
    SessionRef::new(id, 0, NOW, NOW.plus(3_600))
}

pub(crate) fn revoked(number: u8) -> RevokedSession {
    RevokedSession::new(session(number), USER)
}

pub(crate) fn refresh() -> RefreshRequest {
    let mut profile = Profile::default();
    USER.clone_into(&mut profile.user_id);
    RefreshRequest {
        refresh_token: Secret::new("r".to_owned()),
        key: [1; 32],
        session: session(1),
        profile,
        reads_user: false,
        read_since: Timestamp::default(),
        is_urgent: true,
    }
}

/// A user. It is a bearer token's, which is made without cookies.
pub(crate) static A_USER: LazyLock<User> = LazyLock::new(|| {
    let pointers = UserPointers::new(None, None, None).unwrap();
    let policy = TokenPolicy {
        source: TokenSource::Introspection,
        clients: Vec::new(),
        audiences: Vec::new(),
        client: "/client_id".to_owned(),
        user: pointers.clone(),
    };
    let url = || SecureUrl::parse("https://fncy.example").unwrap();
    let core = Core::new(Settings {
        site: Site::new("https://app.example/auth/callback", "/auth", false).unwrap(),
        other_sites: Vec::new(),
        provider: Provider {
            authorize_url: url(),
            token_url: url(),
            client_id: "client".to_owned(),
            client_secret: Secret::new("a client's secret".to_owned()),
            redirect_param: RedirectParam::Both,
            scope: None,
            dialect: TokenDialect::default(),
            authorize_params: AuthorizeParams::default(),
            pkce: true,
            issuer: None,
            revocation: false,
            sign_out_url: None,
            account_prompt: None,
            danger_trust_requested_scope: false,
            keep_claims: Vec::new(),
            pointers,
            auth_time: None,
        },
        keys: KeyRing::new(b"0123456789abcdefghijklmnopqrstuvwxyz", &[] as &[&[u8]]).unwrap(),
        cookies: CookiePolicy::new(None, None).unwrap(),
        asks_approval: false,
        asks_on_refresh: false,
        references: References::new(RandomState::new()),
        choices: Choices::default(),
    });
    let until = NOW.plus(3_600).as_unix();
    let Value::Object(members) =
        json!({"active": true, "client_id": "c", "id": USER, "sub": USER, "exp": until})
    else {
        panic!("an object is written above")
    };
    let user = core.bearer_machine().judged(&policy, "token", members, NOW);
    user.unwrap()
});
