//! The public half of a device key (RFC 7518, section 6.2.1), and its thumbprint (RFC 7638).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;

/// The length of a coordinate on P-256, in bytes.
const COORDINATE_LEN: usize = 32;

/// A public key on P-256: both coordinates.
#[derive(Clone, Copy)]
pub(crate) struct DeviceKey([u8; 2 * COORDINATE_LEN]);

impl DeviceKey {
    /// The key of a JWK. `None` if it is of another kind, or if a part of it is missing or wrong.
    pub(crate) fn of_jwk(jwk: &Value) -> Option<Self> {
        let text = |name| jwk.get(name).and_then(Value::as_str);
        let coordinate = |name| {
            let bytes = URL_SAFE_NO_PAD.decode(text(name)?).ok()?;
            <[u8; COORDINATE_LEN]>::try_from(bytes).ok()
        };
        let is_fit = text("kty") == Some("EC") && text("crv") == Some("P-256");
        let (x, y) = (coordinate("x")?, coordinate("y")?);
        is_fit.then_some(Self::of_coordinates(x, y))
    }

    fn of_coordinates(x: [u8; COORDINATE_LEN], y: [u8; COORDINATE_LEN]) -> Self {
        let mut both = [0; 2 * COORDINATE_LEN];
        both[..COORDINATE_LEN].copy_from_slice(&x);
        both[COORDINATE_LEN..].copy_from_slice(&y);
        Self(both)
    }

    pub(crate) fn from_bytes(bytes: [u8; 2 * COORDINATE_LEN]) -> Self {
        Self(bytes)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Whether a signature (RFC 7518, section 3.4) is that of this key. `ring` refuses points that are not on the curve.
    pub(crate) fn has_signed(&self, signed: &[u8], signature: &[u8]) -> bool {
        let point = [&[4][..], &self.0].concat();
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        key.verify(signed, signature).is_ok()
    }

    /// The thumbprint: SHA-256 over the members that the kind needs, in base64url.
    pub(crate) fn thumbprint(&self) -> String {
        let (x, y) = self.0.split_at(COORDINATE_LEN);
        let [x, y] = [x, y].map(|coordinate| URL_SAFE_NO_PAD.encode(coordinate));
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        URL_SAFE_NO_PAD.encode(digest(&SHA256, members.as_bytes()))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::DeviceKey;

    /// The key of the draft's example, section "DBSC Proof JWT Syntax".
    const X: &str = "6_GB2voQ0qroMh6OlDFCFS_SJriQi1PTvvBOhGZ3bHI";
    const Y: &str = "IegOJULyE7SxH_Cd1KCER7lWBvGFHQ-h0xyjzUjEIWE";

    #[test]
    fn a_thumbprint_covers_both_coordinates() {
        let [one, other] = [(X, Y), (Y, X)].map(|(x, y)| {
            let jwk = json!({"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": "1"});
            DeviceKey::of_jwk(&jwk).unwrap().thumbprint()
        });
        assert_eq!(one.len(), 43);
        assert_ne!(one, other);
    }

    #[test]
    fn d13_a_key_of_another_kind_is_none() {
        for jwk in [
            json!(null),
            json!("key"),
            json!({}),
            json!({"kty": "EC", "crv": "P-256", "x": X}),
            json!({"kty": "EC", "crv": "P-384", "x": X, "y": Y}),
            json!({"kty": "RSA", "crv": "P-256", "x": X, "y": Y}),
            json!({"kty": "EC", "crv": "P-256", "x": X, "y": format!("{Y}A")}),
            json!({"kty": "EC", "crv": "P-256", "x": X, "y": [1]}),
        ] {
            assert!(DeviceKey::of_jwk(&jwk).is_none(), "{jwk}");
        }
    }
}
