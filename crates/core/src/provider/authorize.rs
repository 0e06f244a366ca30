//! The authorization request (RFC 6749, section 4.1.1) with its code challenge (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

use crate::provider::settings::Provider;
use crate::request::site::Site;
use crate::values::secret::Secret;

/// The bytes that a sign-in adds to the fixed part: `state`, the method, and a challenge.
const ADDED_LEN: usize = 136;

/// The part of the authorize URL that is the same for all sign-ins.
#[derive(Debug)]
pub(crate) struct AuthorizeUrl {
    fixed: String,
    pkce: bool,
}

/// A code verifier: 256 random bits as 43 characters (RFC 7636, section 4.1).
pub(crate) struct Pkce([u8; 32]);

impl Pkce {
    pub(crate) fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn verifier(&self) -> Secret {
        Secret::new(URL_SAFE_NO_PAD.encode(self.0))
    }

    /// Method `S256` (RFC 7636, section 4.2).
    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.verifier().expose().as_bytes()))
    }
}

impl AuthorizeUrl {
    pub(crate) fn new(provider: &Provider, site: &Site) -> Self {
        let url = &provider.authorize_url;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("response_type", "code");
        query.append_pair("client_id", &provider.client_id);
        for name in provider.redirect_param.names() {
            query.append_pair(name, site.redirect_uri());
        }
        if let Some(scope) = &provider.scope {
            query.append_pair("scope", &provider.dialect.scope_separator.join(scope));
        }
        query.extend_pairs(provider.authorize_params.pairs());
        let separator = if url.url().query().is_some() {
            '&'
        } else {
            '?'
        };
        Self {
            fixed: format!("{}{separator}{}", url.as_str(), query.finish()),
            pkce: provider.pkce,
        }
    }

    /// This URL with one more value of `prompt` (OpenID Connect Core, section 3.1.2.1). The parameter is there once.
    pub(crate) fn with_prompt(&self, prompt: &str) -> Self {
        let (address, query) = self.fixed.split_once('?').unwrap_or((&self.fixed, ""));
        let mut values = Vec::new();
        let mut others = form_urlencoded::Serializer::new(String::new());
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if name == "prompt" {
                values.extend(value.split(' ').map(str::to_owned));
            } else {
                others.append_pair(&name, &value);
            }
        }
        // `none` may not have other values beside it.
        values.retain(|value| value != "none" && value != prompt);
        values.push(prompt.to_owned());
        others.append_pair("prompt", &values.join(" "));
        Self {
            fixed: format!("{address}?{}", others.finish()),
            pkce: self.pkce,
        }
    }

    /// The URL of one sign-in. `state` is base64url, so it needs no escapes.
    pub(crate) fn of(&self, state: &str, pkce: &Pkce) -> String {
        let mut url = String::with_capacity(self.fixed.len() + ADDED_LEN);
        url.push_str(&self.fixed);
        url.push_str("&state=");
        url.push_str(state);
        if self.pkce {
            url.push_str("&code_challenge_method=S256&code_challenge=");
            url.push_str(&pkce.challenge());
        }
        url
    }
}

#[cfg(test)]
mod tests {
    use super::{AuthorizeUrl, Pkce};

    #[test]
    fn a_prompt_is_there_once() {
        for (query, expected) in [
            ("a=1&b=x+y", "a=1&b=x+y&prompt=login"),
            ("prompt=consent&a=1", "a=1&prompt=consent+login"),
            ("a=1&prompt=none", "a=1&prompt=login"),
            ("prompt=login&prompt=consent", "prompt=consent+login"),
        ] {
            let url = AuthorizeUrl {
                fixed: format!("https://fncy.example/authorize?{query}"),
                pkce: false,
            };
            let expected = format!("https://fncy.example/authorize?{expected}&state=s");
            assert_eq!(
                url.with_prompt("login").of("s", &Pkce::new([0; 32])),
                expected
            );
        }
    }

    #[test]
    fn the_challenge_is_rfc_7636_appendix_b() {
        let random = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212,
            37, 77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let pkce = Pkce::new(random);
        assert_eq!(
            pkce.verifier().expose(),
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
        assert_eq!(
            pkce.challenge(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
