//! The provider: codes, refresh tokens that rotate, and the end of all tokens of a sign-in if one of them comes twice.

use std::collections::HashMap;

use http::{Request, Response};
use serde_json::{Value, json};

use crate::schedule::Time;

/// All that a sign-in has led to, by number.
pub(crate) type Grant = usize;

/// The provider's memory.
pub(crate) struct Provider {
    /// Whether each refresh brings another refresh token.
    pub(crate) rotates: bool,
    /// The life of an access token, in seconds.
    pub(crate) life: u64,
    issued: u64,
    codes: HashMap<String, (Secret, &'static str)>,
    refresh_tokens: HashMap<String, Secret>,
    access_tokens: HashMap<String, Grant>,
    grants: Vec<Granted>,
}

struct Secret {
    grant: Option<Grant>,
    /// The first exchange that has used it up.
    used: Option<Use>,
}

struct Granted {
    user: &'static str,
    /// Why its tokens are valid no longer.
    ended: Option<&'static str>,
}

/// An exchange that has used up a code or a refresh token.
#[derive(Clone, Copy)]
pub(crate) struct Use {
    pub(crate) exchange: u64,
    pub(crate) instance: usize,
    pub(crate) at: Time,
}

/// What an exchange has shown.
pub(crate) struct Exchanged {
    pub(crate) response: Response<Vec<u8>>,
    /// The secret and its first use, if this was not the first.
    pub(crate) twice: Option<(String, Use)>,
}

impl Provider {
    pub(crate) fn new(rotates: bool, life: u64) -> Self {
        Self {
            rotates,
            life,
            issued: 0,
            codes: HashMap::new(),
            refresh_tokens: HashMap::new(),
            access_tokens: HashMap::new(),
            grants: Vec::new(),
        }
    }

    /// A code for a person who has said yes.
    pub(crate) fn approve(&mut self, user: &'static str) -> String {
        let code = self.name("code");
        let secret = Secret {
            grant: None,
            used: None,
        };
        self.codes.insert(code.clone(), (secret, user));
        code
    }

    /// The grant that a code was redeemed for.
    pub(crate) fn grant_of(&self, code: &str) -> Option<Grant> {
        self.codes.get(code)?.0.grant
    }

    /// The grant of a refresh token.
    pub(crate) fn grant_of_refresh(&self, token: &str) -> Option<Grant> {
        self.refresh_tokens.get(token)?.grant
    }

    /// Why the tokens of a grant are valid no longer.
    pub(crate) fn ended(&self, grant: Grant) -> Option<&'static str> {
        self.grants[grant].ended
    }

    /// The user of an access token.
    pub(crate) fn user_of(&self, access_token: &str) -> Option<&'static str> {
        let grant = self.access_tokens.get(access_token)?;
        Some(self.grants[*grant].user)
    }

    /// The number of secrets that were issued.
    pub(crate) fn issued(&self) -> u64 {
        self.issued
    }

    pub(crate) fn answer(&mut self, request: &Request<Vec<u8>>, by: Use) -> Exchanged {
        let mut twice = None;
        let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        let (status, answer) = match (request.uri().path(), body["grant_type"].as_str()) {
            ("/me", _) => self.user_data(request),
            ("/revoke", _) => self.revoke(request.body()),
            (_, Some("authorization_code")) => self.redeem(&text(&body["code"]), by, &mut twice),
            (_, Some("refresh_token")) => {
                self.refresh(&text(&body["refresh_token"]), by, &mut twice)
            }
            _ => (400, json!({ "error": "invalid_request" })),
        };
        Exchanged {
            response: response(status, &answer),
            twice,
        }
    }

    fn redeem(&mut self, code: &str, by: Use, twice: &mut Option<(String, Use)>) -> (u16, Value) {
        let Some((secret, user)) = self.codes.get_mut(code) else {
            return (400, json!({ "error": "invalid_grant" }));
        };
        if let Some(first) = secret.used {
            *twice = Some((code.to_owned(), first));
            if let Some(grant) = secret.grant {
                self.grants[grant].ended = Some("its code came twice");
            }
            return (400, json!({ "error": "invalid_grant" }));
        }
        let grant = self.grants.len();
        (secret.used, secret.grant) = (Some(by), Some(grant));
        let user = *user;
        self.grants.push(Granted { user, ended: None });
        (200, self.tokens(grant, None))
    }

    fn refresh(&mut self, token: &str, by: Use, twice: &mut Option<(String, Use)>) -> (u16, Value) {
        let refused = (400, json!({ "error": "invalid_grant" }));
        let Some(secret) = self.refresh_tokens.get_mut(token) else {
            return refused;
        };
        let Some(grant) = secret.grant else {
            return refused;
        };
        if let Some(first) = secret.used {
            *twice = Some((token.to_owned(), first));
            let ended = &mut self.grants[grant].ended;
            *ended = ended.or(Some("one of its refresh tokens came twice"));
        }
        if self.grants[grant].ended.is_some() {
            return refused;
        }
        if self.rotates {
            secret.used = Some(by);
        }
        let kept = (!self.rotates).then(|| token.to_owned());
        (200, self.tokens(grant, kept))
    }

    fn tokens(&mut self, grant: Grant, kept: Option<String>) -> Value {
        let access_token = self.name("access");
        self.access_tokens.insert(access_token.clone(), grant);
        let refresh_token = kept.unwrap_or_else(|| {
            let token = self.name("refresh");
            let secret = Secret {
                grant: Some(grant),
                used: None,
            };
            self.refresh_tokens.insert(token.clone(), secret);
            token
        });
        json!({
            "access_token": access_token,
            "refresh_token": refresh_token,
            "token_type": "Bearer",
            "expires_in": self.life,
        })
    }

    fn user_data(&self, request: &Request<Vec<u8>>) -> (u16, Value) {
        let header = request.headers().get("authorization");
        let token = header.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        match token.and_then(|token| self.access_tokens.get(token)) {
            Some(grant) if self.grants[*grant].ended.is_none() => {
                (200, json!({ "id": self.grants[*grant].user }))
            }
            _ => (401, json!({ "error": "invalid_token" })),
        }
    }

    /// Ends the grant of the token in the body, which is a form (RFC 7009).
    fn revoke(&mut self, body: &[u8]) -> (u16, Value) {
        let token = form_urlencoded::parse(body).find(|(name, _)| name == "token");
        let token = token
            .map(|(_, token)| token.into_owned())
            .unwrap_or_default();
        let refresh = self
            .refresh_tokens
            .get(&token)
            .and_then(|secret| secret.grant);
        if let Some(grant) = refresh.or(self.access_tokens.get(&token).copied()) {
            let ended = &mut self.grants[grant].ended;
            *ended = ended.or(Some("the application has revoked it"));
        }
        (200, json!({}))
    }

    fn name(&mut self, kind: &str) -> String {
        self.issued += 1;
        format!("{kind}-{}", self.issued)
    }
}

/// An answer with a JSON body.
pub(crate) fn response(status: u16, body: &Value) -> Response<Vec<u8>> {
    let mut response = Response::new(body.to_string().into_bytes());
    if let Ok(status) = status.try_into() {
        *response.status_mut() = status;
    }
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert("content-type", json);
    response
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
