//! Proof Key for Code Exchange (RFC 7636). S256 is the only method (section 4.2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;

use crate::protocol::params::Params;
use crate::protocol::refusal::Refusal;

/// Reads the challenge of an authorization request (section 4.3).
pub(crate) fn challenge(query: &Params, required: bool) -> Result<Option<String>, Refusal> {
    match (
        query.get("code_challenge")?,
        query.get("code_challenge_method")?,
    ) {
        (None, None) if required => Err(Refusal::invalid_request(
            "code_challenge is missing, and PKCE is required.",
        )),
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Refusal::invalid_request("code_challenge is missing.")),
        (Some(challenge), Some("S256")) if is_sha256(challenge) => Ok(Some(challenge.to_owned())),
        (Some(_), Some("S256")) => Err(Refusal::invalid_request(
            "code_challenge is not a SHA-256 value.",
        )),
        // Section 4.3: the default method is `plain`.
        (Some(_), _) => Err(Refusal::invalid_request(
            "code_challenge_method must be S256.",
        )),
    }
}

/// Returns whether the verifier belongs to the challenge (section 4.6).
///
/// A verifier without a challenge is refused: an attacker may have removed the challenge from the
/// authorization request (RFC 9700 section 2.1.1).
pub(crate) fn verify(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => {
            let hash = digest::digest(&digest::SHA256, verifier.as_bytes());
            is_verifier(verifier) && URL_SAFE_NO_PAD.encode(hash) == challenge
        }
        _ => false,
    }
}

/// Section 4.1: 43 to 128 unreserved characters.
fn is_verifier(verifier: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&verifier.len()) && verifier.bytes().all(unreserved)
}

fn is_sha256(challenge: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(challenge)
        .is_ok_and(|hash| hash.len() == digest::SHA256_OUTPUT_LEN)
}

#[cfg(test)]
mod tests {
    use super::{challenge, verify};
    use crate::protocol::params::Params;

    // RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn the_example_of_the_rfc_holds() {
        assert!(verify(Some(CHALLENGE), Some(VERIFIER)));
        assert!(verify(None, None));
        assert!(!verify(Some(CHALLENGE), Some(&VERIFIER.to_lowercase())));
        assert!(!verify(Some(CHALLENGE), None));
        assert!(!verify(None, Some(VERIFIER)));
    }

    #[test]
    fn only_s256_challenges_are_accepted() {
        let read = |query: String| challenge(&Params::from_form(query.as_bytes()), false);
        let good = read(format!(
            "code_challenge={CHALLENGE}&code_challenge_method=S256"
        ));
        assert_eq!(good.unwrap().as_deref(), Some(CHALLENGE));
        for bad in [
            format!("code_challenge={CHALLENGE}"),
            format!("code_challenge={CHALLENGE}&code_challenge_method=plain"),
            "code_challenge=short&code_challenge_method=S256".to_owned(),
            "code_challenge_method=S256".to_owned(),
        ] {
            assert!(read(bad.clone()).is_err(), "{bad}");
        }
        assert!(challenge(&Params::from_form(b""), true).is_err());
    }
}
