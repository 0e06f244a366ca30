//! The compact form of a signed token (RFC 7515, sections 3.1 and 5.2). The caller bounds its length.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::values::json::strict_object;

/// A token in its parts. Its signature is not checked.
pub struct Jws<'a> {
    /// The header, of which no member is repeated, and which has no `crit`.
    pub header: Map<String, Value>,
    /// Header and payload, as they were signed.
    pub signed: &'a str,
    /// The signature.
    pub signature: Vec<u8>,
    payload: &'a str,
}

impl<'a> Jws<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    ///
    /// What is wrong, for the operator.
    pub fn parse(token: &'a str) -> Result<Self, &'static str> {
        let parts = token
            .rsplit_once('.')
            .and_then(|(signed, signature)| Some((signed, signed.split_once('.')?, signature)));
        let (signed, (header, payload), signature) = parts.ok_or("the token is no signed JWT")?;
        let header = decode(header).and_then(|header| strict_object(&header));
        let header = header.ok_or("the header of the token is no JSON object")?;
        if header.contains_key("crit") {
            return Err("the token has crit, and no extension is known");
        }
        Ok(Self {
            header,
            signed,
            signature: decode(signature).ok_or("the signature of the token is not base64url")?,
            payload,
        })
    }

    /// A member of the header that is a text. `None` if it is missing.
    ///
    /// # Errors
    ///
    /// What is wrong, for the operator: the member is no text.
    pub fn text(&self, name: &str) -> Result<Option<&str>, &'static str> {
        match self.header.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err("a member of the token's header is no text"),
        }
    }

    /// The payload. Check the signature first.
    ///
    /// # Errors
    ///
    /// What is wrong, for the operator.
    pub fn payload(&self) -> Result<Vec<u8>, &'static str> {
        decode(self.payload).ok_or("the payload of the token is not base64url")
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
