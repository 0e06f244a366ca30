//! The parameters of a request, from a query, a form or a JSON object.
//!
//! The rules of RFC 6749 sections 3.1 and 3.2:
//!
//! * A parameter without a value counts as omitted. So does a JSON value that isn't a string.
//! * An unknown parameter is ignored.
//! * A repeated parameter is an error.

use std::fmt;

use axum::http::Uri;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::protocol::refusal::Refusal;

#[derive(Debug)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn from_query(uri: &Uri) -> Self {
        Self::from_form(uri.query().unwrap_or_default().as_bytes())
    }

    pub(crate) fn from_form(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    pub(crate) fn from_json(text: &[u8]) -> Result<Self, Refusal> {
        serde_json::from_slice(text)
            .map_err(|_| Refusal::invalid_request("The body is not a JSON object."))
    }

    pub(crate) fn get(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(Refusal::invalid_request("A parameter occurs twice.")),
            (Some((_, value)), None) if !value.is_empty() => Ok(Some(value)),
            _ => Ok(None),
        }
    }

    pub(crate) fn require(&self, name: &str, missing: &'static str) -> Result<&str, Refusal> {
        self.get(name)?
            .ok_or_else(|| Refusal::invalid_request(missing))
    }

    /// Returns the redirect URI. FNCY documents two spellings: a client may send one of them, or both
    /// with the same value.
    pub(crate) fn redirect_uri(&self) -> Result<&str, Refusal> {
        match (self.get("redirect_uri")?, self.get("redirect_url")?) {
            (Some(uri), Some(url)) if uri != url => Err(Refusal::invalid_request(
                "redirect_uri and redirect_url differ.",
            )),
            (Some(uri), _) | (None, Some(uri)) => Ok(uri),
            (None, None) => Err(Refusal::invalid_request("redirect_uri is missing.")),
        }
    }
}

/// Written by hand because a map would keep only the last of two members with the same name.
impl<'de> Deserialize<'de> for Params {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Params;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Params, A::Error> {
                let mut params = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    let text = value.as_str().unwrap_or_default();
                    params.push((name, text.to_owned()));
                }
                Ok(Params(params))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn json_and_form_are_read_alike() {
        let json = Params::from_json(br#"{"code":"a b","empty":"","n":1,"x":null}"#).unwrap();
        let form = Params::from_form(b"code=a+b&empty=");
        for params in [json, form] {
            assert_eq!(params.get("code").unwrap(), Some("a b"));
            for absent in ["empty", "n", "x", "other"] {
                assert_eq!(params.get(absent).unwrap(), None, "{absent}");
            }
        }
    }

    #[test]
    fn a_repeated_parameter_is_refused() {
        let json = Params::from_json(br#"{"code":"a","code":"b"}"#).unwrap();
        assert!(json.get("code").is_err());
        assert!(Params::from_form(b"code=a&code=a").get("code").is_err());
        assert!(Params::from_json(b"[]").is_err());
    }

    #[test]
    fn both_spellings_of_the_redirect_uri_are_read() {
        for good in [
            "redirect_uri=u",
            "redirect_url=u",
            "redirect_uri=u&redirect_url=u",
        ] {
            assert_eq!(
                Params::from_form(good.as_bytes()).redirect_uri().unwrap(),
                "u"
            );
        }
        assert!(
            Params::from_form(b"redirect_uri=u&redirect_url=v")
                .redirect_uri()
                .is_err()
        );
        assert!(Params::from_form(b"").redirect_uri().is_err());
    }
}
