//! A proof: a JWT that a browser signs with its device key (the draft's section "DBSC Proof JWT Syntax").

use serde_json::Value;

use crate::device::device_key::DeviceKey;
use crate::values::device_draft::{ALGORITHM, CHALLENGE_CLAIM, KEY, PROOF_TYPE};
use crate::values::json::strict_object;
use crate::values::jws::Jws;

/// The longest proof, in bytes. One with an offer for the longest user id has about a quarter of that.
const MAX_LEN: usize = 4096;

/// A proof in its parts.
pub(crate) struct Proof<'a> {
    jws: Jws<'a>,
    /// The challenge that it answers. Nobody has signed it before [`Proof::is_by`] says so.
    pub(crate) challenge: String,
}

impl<'a> Proof<'a> {
    /// Reads a proof. The error is for the operator.
    pub(crate) fn parse(text: &'a str) -> Result<Self, &'static str> {
        if text.len() > MAX_LEN {
            return Err("the proof is too long");
        }
        let jws = Jws::parse(text)?;
        if jws.text("typ")? != Some(PROOF_TYPE) {
            return Err("typ of the proof is not dbsc+jwt");
        }
        if jws.text("alg")? != Some(ALGORITHM) {
            return Err("alg of the proof is not ES256");
        }
        let payload = strict_object(&jws.payload()?);
        let payload = payload.ok_or("the payload of the proof is no JSON object")?;
        match payload.get(CHALLENGE_CLAIM) {
            Some(Value::String(challenge)) => Ok(Self {
                challenge: challenge.clone(),
                jws,
            }),
            _ => Err("the proof has no challenge"),
        }
    }

    /// The key of a registration. Its holder has signed nothing before [`Proof::is_by`] says so.
    pub(crate) fn key(&self) -> Result<DeviceKey, &'static str> {
        let key = self.jws.header.get(KEY).and_then(DeviceKey::of_jwk);
        key.ok_or("the proof brings no key on P-256")
    }

    /// Whether the holder of this key has signed the proof.
    pub(crate) fn is_by(&self, key: &DeviceKey) -> bool {
        key.has_signed(self.jws.signed.as_bytes(), &self.jws.signature)
    }
}
