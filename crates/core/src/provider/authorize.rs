//! The authorization request (RFC 6749, section 4.1.1) with its code challenge (RFC 7636).

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};

use crate::provider::settings::Provider;
use crate::request::site::Site;
use crate::values::secret::Secret;

/// The bytes that a sign-in adds to the fixed part: `state`, the method, and a challenge.
const ADDED_LEN: usize = 136;

/// The part of the authorize URL that is the same for all sign-ins.
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

/// Shows no fields, since parameters may name a person.
impl fmt::Debug for AuthorizeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizeUrl").finish_non_exhaustive()
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

    /// This URL with these parameters, each in place of those of the same name. The words of `prompt` are added to those
    /// that are there (OpenID Connect Core, section 3.1.2.1).
    pub(crate) fn with<'a>(
        &self,
        params: impl IntoIterator<Item = (&'a str, Cow<'a, str>)>,
    ) -> Self {
        let (address, query) = self.fixed.split_once('?').unwrap_or((&self.fixed, ""));
        let parsed = form_urlencoded::parse(query.as_bytes());
        let mut pairs: Vec<_> = parsed.into_owned().collect();
        for (name, value) in params {
            let before = pairs.extract_if(.., |(other, _)| other == name);
            let before: Vec<_> = before.map(|(_, value)| value).collect();
            let value = if name == "prompt" {
                joined_prompt(&before, &value)
            } else {
                value.into_owned()
            };
            pairs.push((name.to_owned(), value));
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        let query = query.extend_pairs(pairs).finish();
        Self {
            fixed: format!("{address}?{query}"),
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

/// The words of `prompt` from before, then the new ones. `none` may have no other beside it.
fn joined_prompt(before: &[String], new: &str) -> String {
    let new: Vec<_> = new.split(' ').filter(|word| !word.is_empty()).collect();
    let before = before.iter().flat_map(|words| words.split(' '));
    let kept = before.filter(|word| *word != "none" && !new.contains(word));
    let kept = kept.filter(|_| !new.contains(&"none"));
    kept.chain(new.iter().copied())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::{AuthorizeUrl, Pkce};

    #[test]
    fn a_parameter_is_replaced_and_a_prompt_is_there_once() {
        for (query, name, value, expected) in [
            ("a=1&b=x+y", "prompt", "login", "a=1&b=x+y&prompt=login"),
            (
                "prompt=consent&a=1",
                "prompt",
                "login",
                "a=1&prompt=consent+login",
            ),
            ("a=1&prompt=none", "prompt", "login", "a=1&prompt=login"),
            ("prompt=login", "prompt", "none", "prompt=none"),
            (
                "prompt=login&prompt=consent",
                "prompt",
                "login",
                "prompt=consent+login",
            ),
            ("scope=a&x=1&scope=b", "scope", "a c", "x=1&scope=a+c"),
        ] {
            let url = AuthorizeUrl {
                fixed: format!("https://fncy.example/authorize?{query}"),
                pkce: false,
            };
            let expected = format!("https://fncy.example/authorize?{expected}&state=s");
            assert_eq!(
                url.with([(name, value.into())])
                    .of("s", &Pkce::new([0; 32])),
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
