//! What an access token says: the claims of a JWT (RFC 9068 section 2.2) and the answer of an introspection
//! (RFC 7662 section 2.2).

use serde_json::{Map, Value, json};

use crate::config::settings::Settings;
use crate::state::grant::Grant;

pub(crate) struct AccessToken {
    /// The scope of this token, which can be less than that of its grant.
    pub(crate) scope: Vec<String>,
    pub(crate) jti: String,
    /// In Unix seconds, by the clock of the settings.
    pub(crate) issued_at: u64,
}

impl AccessToken {
    /// The claims: the user's data, and the members that the RFCs define. A member of an RFC replaces
    /// the user's own of that name.
    pub(crate) fn claims(
        &self,
        grant: &Grant,
        settings: &Settings,
        issuer: &str,
    ) -> Map<String, Value> {
        let mut claims = Map::new();
        // The subject of a client's own token is the client (RFC 9068 section 2.2).
        let mut subject = &grant.client_id;
        if let Some(signed_in) = &grant.user {
            subject = &signed_in.user;
            let user = settings.user(&signed_in.user);
            let data = user.map(|user| user.user_data(&settings.user_id_place));
            claims.extend(
                data.as_ref()
                    .and_then(Value::as_object)
                    .cloned()
                    .unwrap_or_default(),
            );
            claims.insert("auth_time".to_owned(), json!(signed_in.auth_time));
        }
        let lifetime = settings.access_token_lifetime.as_secs();
        let defined = [
            ("iss", json!(issuer)),
            ("aud", json!(settings.audience)),
            ("sub", json!(subject)),
            ("client_id", json!(grant.client_id)),
            ("scope", json!(self.scope.join(" "))),
            ("iat", json!(self.issued_at)),
            ("exp", json!(self.issued_at.saturating_add(lifetime))),
            ("jti", json!(self.jti)),
        ];
        claims.extend(defined.map(|(name, value)| (name.to_owned(), value)));
        claims
    }
}
