//! The compact form of a signed token (RFC 7515, sections 3.1 and 5.2). The core bounds its length.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fncy_login_core::strict_object;
use serde_json::Value;

use crate::bearer::jwt::algorithm::JwtAlgorithm;
use crate::bearer::jwt::public_key::PublicKey;

/// A token whose signature was not checked yet. Its payload is read by [`payload`](Self::payload), which checks it.
pub(crate) struct Jws<'a> {
    pub(crate) algorithm: JwtAlgorithm,
    pub(crate) key_id: Option<String>,
    /// The media type of the token, `typ`.
    pub(crate) kind: Option<String>,
    /// Header and payload, as they were signed.
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Reads a token with one of these algorithms. The error is for the operator.
    pub(crate) fn parse(token: &'a str, algorithms: &[JwtAlgorithm]) -> Result<Self, &'static str> {
        let parts = token
            .rsplit_once('.')
            .and_then(|(signed, signature)| Some((signed, signed.split_once('.')?, signature)));
        let (signed, (header, payload), signature) = parts.ok_or("the token is no signed JWT")?;
        let decode = |text| URL_SAFE_NO_PAD.decode(text).ok();
        let header = decode(header).and_then(|header| strict_object(&header));
        let header = header.ok_or("the header of the token is no JSON object")?;
        if header.contains_key("crit") {
            return Err("the token has crit, and no extension is known");
        }
        let text = |name| match header.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err("a member of the token's header is no text"),
        };
        let algorithm = text("alg")?.as_deref().and_then(JwtAlgorithm::from_name);
        let algorithm = algorithm.filter(|algorithm| algorithms.contains(algorithm));
        Ok(Self {
            algorithm: algorithm.ok_or("the algorithm of the token is not accepted")?,
            key_id: text("kid")?,
            kind: text("typ")?,
            signed,
            payload,
            signature: decode(signature).ok_or("the signature of the token is not base64url")?,
        })
    }

    /// The payload, if the signature is that of the key.
    pub(crate) fn payload(&self, key: &PublicKey) -> Result<Vec<u8>, &'static str> {
        key.verify(self.algorithm, self.signed.as_bytes(), &self.signature)
            .map_err(|_| "the signature of the token is not valid")?;
        let payload = URL_SAFE_NO_PAD.decode(self.payload);
        payload.map_err(|_| "the payload of the token is not base64url")
    }
}
