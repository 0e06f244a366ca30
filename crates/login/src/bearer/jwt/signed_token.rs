//! A signed token with one of the accepted algorithms. The core takes it apart.

use fncy_login_core::Jws;

use crate::bearer::jwt::algorithm::JwtAlgorithm;
use crate::bearer::jwt::public_key::PublicKey;

/// A token whose signature was not checked yet. Its payload is read by [`payload`](Self::payload), which checks it.
pub(crate) struct SignedToken<'a> {
    pub(crate) algorithm: JwtAlgorithm,
    pub(crate) key_id: Option<String>,
    /// The media type of the token, `typ`.
    pub(crate) kind: Option<String>,
    jws: Jws<'a>,
}

impl<'a> SignedToken<'a> {
    /// Reads a token with one of these algorithms. The error is for the operator.
    pub(crate) fn parse(token: &'a str, algorithms: &[JwtAlgorithm]) -> Result<Self, &'static str> {
        let jws = Jws::parse(token)?;
        let text = |name| jws.text(name).map(|text| text.map(str::to_owned));
        let algorithm = text("alg")?.as_deref().and_then(JwtAlgorithm::from_name);
        let algorithm = algorithm.filter(|algorithm| algorithms.contains(algorithm));
        Ok(Self {
            algorithm: algorithm.ok_or("the algorithm of the token is not accepted")?,
            key_id: text("kid")?,
            kind: text("typ")?,
            jws,
        })
    }

    /// The payload, if the signature is that of the key.
    pub(crate) fn payload(&self, key: &PublicKey) -> Result<Vec<u8>, &'static str> {
        let Jws {
            signed, signature, ..
        } = &self.jws;
        key.verify(self.algorithm, signed.as_bytes(), signature)
            .map_err(|_| "the signature of the token is not valid")?;
        self.jws.payload()
    }
}
