//! Which client is asking (RFC 6749 section 2.3.1): in the body, as FNCY documents, or as HTTP Basic.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::params::Params;
use crate::refusal::Refusal;
use crate::settings::Settings;

const CHALLENGE: &str = "Basic realm=\"FNCY development server\", charset=\"UTF-8\"";

pub(crate) fn authenticate(
    settings: &Settings,
    headers: &HeaderMap,
    params: &Params,
) -> Result<(), Refusal> {
    let (id, secret) = (params.get("client_id")?, params.get("client_secret")?);
    let expected = (settings.client_id.as_str(), settings.client_secret.as_str());
    if let Some(header) = headers.get(AUTHORIZATION) {
        if secret.is_some() {
            return Err(Refusal::invalid_request(
                "The client authenticates in two ways at once.",
            ));
        }
        let basic = header.to_str().ok().and_then(credentials);
        // The ID alone may be repeated in the body, but must be the same.
        let same = id.is_none_or(|id| id == expected.0);
        if same && basic.is_some_and(|(id, secret)| (id.as_str(), secret.as_str()) == expected) {
            return Ok(());
        }
        return Err(
            Refusal::invalid_client("The client ID or secret is wrong.").with_challenge(CHALLENGE)
        );
    }
    match (id, secret) {
        (Some(id), Some(secret)) if (id, secret) == expected => Ok(()),
        (Some(_), Some(_)) => Err(Refusal::invalid_client("The client ID or secret is wrong.")),
        _ => Err(Refusal::invalid_client(
            "client_id or client_secret is missing.",
        )),
    }
}

/// Both halves are form-encoded before they are joined (RFC 6749 section 2.3.1 and appendix B).
fn credentials(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    Some((form_decode(id)?, form_decode(secret)?))
}

fn form_decode(half: &str) -> Option<String> {
    let spaced = half.replace('+', " ");
    Some(
        percent_encoding::percent_decode_str(&spaced)
            .decode_utf8()
            .ok()?
            .into_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::credentials;

    #[test]
    fn both_halves_are_form_decoded() {
        // a%3Ab:c+d%2Be
        let read = credentials("basic YSUzQWI6YytkJTJCZQ==").unwrap();
        assert_eq!(read, ("a:b".to_owned(), "c d+e".to_owned()));
        assert_eq!(credentials("Bearer abc"), None);
        assert_eq!(credentials("Basic !"), None);
    }
}
