//! A key that signs anything, and a provider that returns its key set.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fncy_login_core::{BearerRefusal, Exchange, Failure, ProviderAnswer, ProviderResult, Secret};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep};

use crate::bearer::jwt::jwt_keys::JwtKeys;
use crate::bearer::jwt::remote_keys::KeyFetch;
use crate::bearer::jwt::verifier::JwtVerifier;
use crate::observe::telemetry::Telemetry;
use crate::provider::exchanges::Exchanges;
use crate::provider::places::{Place, Places};

pub(super) const CLAIMS: &str = r#"{"sub":"alex"}"#;

/// A key pair for ES256.
pub(super) struct Signer {
    pair: EcdsaKeyPair,
    id: &'static str,
}

impl Signer {
    pub(super) fn new(id: &'static str) -> Self {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        Self { pair, id }
    }

    /// The public point: the byte 4 and both coordinates.
    pub(super) fn point(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    pub(super) fn jwk(&self) -> Value {
        let (x, y) = self.point()[1..].split_at(32);
        json!({
            "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y),
            "use": "sig", "alg": "ES256", "kid": self.id,
        })
    }

    pub(super) fn sign(&self, signed: &str) -> Vec<u8> {
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        signature.unwrap().as_ref().to_vec()
    }

    /// A token with this header and these claims, as they are written.
    pub(super) fn token_of(&self, header: &str, claims: &str) -> String {
        let signed = format!("{}.{}", encode(header), encode(claims));
        format!("{signed}.{}", encode(self.sign(&signed)))
    }

    /// A good token.
    pub(super) fn token(&self) -> String {
        let header = json!({ "typ": "at+jwt", "alg": "ES256", "kid": self.id });
        self.token_of(&header.to_string(), CLAIMS)
    }
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn set_of(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// A provider that returns these answers, one after the other, each after two seconds. Then it can't be reached.
#[derive(Default)]
pub(super) struct FakeProvider {
    answers: Mutex<VecDeque<(u16, String)>>,
    asked: Mutex<usize>,
}

impl FakeProvider {
    pub(super) fn will_answer(&self, status: u16, body: impl Into<String>) {
        self.answers
            .lock()
            .unwrap()
            .push_back((status, body.into()));
    }

    pub(super) fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

impl Exchanges for FakeProvider {
    fn run<'a>(
        &'a self,
        exchange: Exchange<'a>,
        _: &'a Place,
        _: Instant,
    ) -> Pin<Box<dyn Future<Output = ProviderResult> + Send + 'a>> {
        assert!(matches!(exchange, Exchange::KeySet { .. }));
        Box::pin(async {
            *self.asked.lock().unwrap() += 1;
            sleep(Duration::from_secs(2)).await;
            let answer = self.answers.lock().unwrap().pop_front();
            let (status, body) = answer.ok_or(Failure::NoConnection)?;
            Ok(ProviderAnswer {
                status,
                retry_after: None,
                body: body.into_bytes(),
                sent: Vec::new(),
            })
        })
    }
}

/// A check and its provider.
pub(super) struct Setup {
    pub(super) provider: Arc<FakeProvider>,
    verifier: JwtVerifier,
    fetch: KeyFetch,
}

impl Setup {
    pub(super) fn new(keys: &JwtKeys) -> Self {
        let provider = Arc::new(FakeProvider::default());
        let fetch = KeyFetch {
            provider: Arc::clone(&provider) as _,
            places: Arc::new(Places::new(Arc::new(Telemetry::new(String::new())))),
        };
        let verifier = keys.verifier().unwrap();
        Self {
            provider,
            verifier,
            fetch,
        }
    }

    pub(super) fn given(keys: &[Value]) -> Self {
        Self::new(&JwtKeys::from_set(set_of(keys)))
    }

    pub(super) async fn check(&self, token: &str) -> Result<Map<String, Value>, BearerRefusal> {
        let token = Secret::new(token.to_owned());
        self.verifier.verify(&token, &self.fetch).await
    }

    pub(super) async fn accepts(&self, token: &str) -> bool {
        self.check(token).await.is_ok()
    }

    /// The reason for which the token is refused.
    pub(super) async fn reason(&self, token: &str) -> &'static str {
        match self.check(token).await {
            Err(BearerRefusal::Invalid(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }
}
