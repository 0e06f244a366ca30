//! Device keys in software, and a browser that binds its session to one (Device Bound Session Credentials).
//!
//! Rule: the kit writes the draft's headers and JSON with its own code, so that it shares no mistake with the login.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use crate::app::App;
use crate::client::Client;
use crate::error::TestError;

/// A device key in software: what a browser keeps on its device for a session.
///
/// `Debug` shows no key.
#[doc(alias("dbsc", "tpm"))]
pub struct DeviceKey(EcdsaKeyPair);

impl DeviceKey {
    /// A new key on P-256.
    ///
    /// # Errors
    ///
    /// The operating system returned no random bytes.
    pub fn generate() -> Result<Self, TestError> {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let failed = |_| TestError::new("no key could be made");
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(failed)?;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random);
        pair.map(Self)
            .map_err(|_| TestError::new("no key could be made"))
    }

    /// The proof of a registration: the value of `Secure-Session-Response` that answers an offer's challenge.
    #[must_use]
    pub fn registration(&self, challenge: &str) -> String {
        let header = json!({"alg": "ES256", "typ": "dbsc+jwt", "jwk": self.jwk()});
        self.jwt(&header.to_string(), &json!({"jti": challenge}).to_string())
    }

    /// The proof of a refresh: the value of `Secure-Session-Response` that answers a challenge.
    #[must_use]
    pub fn proof(&self, challenge: &str) -> String {
        let header = r#"{"alg":"ES256","typ":"dbsc+jwt"}"#;
        self.jwt(header, &json!({"jti": challenge}).to_string())
    }

    /// A JWT of this key with any header and payload, each as JSON: for proofs that must be refused.
    #[must_use]
    pub fn jwt(&self, header: &str, payload: &str) -> String {
        let [header, payload] = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part));
        let signed = format!("{header}.{payload}");
        // `ring` signs with every key that it has made. A text without a signature is refused, as the test then shows.
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.map(|signature| URL_SAFE_NO_PAD.encode(signature));
        format!("{signed}.{}", signature.unwrap_or_default())
    }

    /// The public key as JSON (RFC 7517).
    #[must_use]
    pub fn public_jwk(&self) -> String {
        self.jwk().to_string()
    }

    fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let coordinate = |from: usize| URL_SAFE_NO_PAD.encode(&point[from..from + 32]);
        json!({"kty": "EC", "crv": "P-256", "x": coordinate(1), "y": coordinate(33)})
    }
}

impl<A: App> Client<A> {
    /// Binds the session to a device key, as a browser does by itself after a sign-in.
    ///
    /// From then on a request needs the device cookie, which lives five minutes: after
    /// [`TestFncy::advance`](crate::TestFncy::advance), call [`Client::prove_device`].
    ///
    /// # Errors
    ///
    /// The login has offered no registration since the last one (`LoginBuilder::device_bound`), or it refuses this one.
    #[doc(alias("dbsc"))]
    pub async fn bind_device(&self, key: &DeviceKey) -> Result<(), TestError> {
        let (path, challenge) = self.device().offer.take().ok_or_else(|| {
            TestError::new("the login has offered no registration of a device key: build it with `device_bound`")
        })?;
        let request = self.fetch("POST", &path);
        let request = request.header("secure-session-response", &key.registration(&challenge));
        let answer = request.send().await?;
        if answer.status() != 200 {
            let summary = answer.summary();
            return Err(TestError::new(format!("the registration got {summary}")));
        }
        let instructions: Value = answer.json()?;
        let text = |name: &str| instructions[name].as_str().map(str::to_owned);
        self.device().binding = text("session_identifier").zip(text("refresh_url"));
        Ok(())
    }

    /// Proves the device key again, as a browser does by itself when the device cookie is gone.
    ///
    /// # Errors
    ///
    /// No session is bound, the login refuses the proof, or the session is over.
    #[doc(alias("dbsc"))]
    pub async fn prove_device(&self, key: &DeviceKey) -> Result<(), TestError> {
        let binding = self.device().binding.clone();
        let (name, path) =
            binding.ok_or_else(|| TestError::new("no session is bound: call `bind_device`"))?;
        let refresh = || {
            let request = self.fetch("POST", &path);
            request.header("sec-secure-session-id", &format!("\"{name}\""))
        };
        let challenged = refresh().send().await?;
        let challenge = challenged.device_challenge();
        let Some(challenge) = challenge.filter(|_| challenged.status() == 403) else {
            let summary = challenged.summary();
            return Err(TestError::new(format!("the refresh got {summary}")));
        };
        let proof = key.proof(challenge);
        let answer = refresh().header("secure-session-response", &proof).send();
        let answer = answer.await?;
        let is_over = || Ok::<_, TestError>(answer.json::<Value>()?["continue"] == false);
        if answer.status() != 200 || is_over()? {
            let summary = answer.summary();
            return Err(TestError::new(format!("the proof got {summary}")));
        }
        Ok(())
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceKey").finish_non_exhaustive()
    }
}
