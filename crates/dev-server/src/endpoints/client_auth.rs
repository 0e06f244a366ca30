//! Client authentication (RFC 6749 section 2.3.1): in the body, as FNCY documents, or as HTTP Basic.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use crate::config::settings::{Settings, TokenBody};
use crate::endpoints::request_body;
use crate::protocol::params::Params;
use crate::protocol::refusal::Refusal;

const CHALLENGE: &str = "Basic realm=\"FNCY development server\", charset=\"UTF-8\"";

/// Reads the parameters of a request, and authenticates its client.
pub(crate) fn authenticated_params(
    settings: &Settings,
    accepted: TokenBody,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Params, Refusal> {
    let params = request_body::read(accepted, headers, body)?;
    authenticate(settings, headers, &params)?;
    Ok(params)
}

fn authenticate(settings: &Settings, headers: &HeaderMap, params: &Params) -> Result<(), Refusal> {
    let (id, secret) = (params.get("client_id")?, params.get("client_secret")?);
    let expected = (settings.client_id.as_str(), settings.client_secret.as_str());
    let wrong = Refusal::invalid_client("The client ID or secret is wrong.");
    let Some(header) = headers.get(AUTHORIZATION) else {
        return match id.zip(secret) {
            Some(credentials) if credentials == expected => Ok(()),
            Some(_) => Err(wrong),
            None => Err(Refusal::invalid_client(
                "client_id or client_secret is missing.",
            )),
        };
    };
    if secret.is_some() {
        return Err(Refusal::invalid_request(
            "The client authenticates in the header and in the body.",
        ));
    }
    let basic = header.to_str().ok().and_then(credentials);
    // The body can repeat the ID of the header.
    let is_same = id.is_none_or(|id| id == expected.0);
    if is_same && basic.is_some_and(|(id, secret)| (id.as_str(), secret.as_str()) == expected) {
        Ok(())
    } else {
        Err(wrong.with_challenge(CHALLENGE))
    }
}

/// Reads ID and secret from a Basic header. Each is form-encoded (RFC 6749 appendix B).
fn credentials(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    Some((form_decode(id)?, form_decode(secret)?))
}

fn form_decode(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::credentials;

    #[test]
    fn id_and_secret_are_form_decoded() {
        // a%3Ab:c+d%2Be
        let read = credentials("basic YSUzQWI6YytkJTJCZQ==").unwrap();
        assert_eq!(read, ("a:b".to_owned(), "c d+e".to_owned()));
        assert_eq!(credentials("Bearer abc"), None);
        assert_eq!(credentials("Basic !"), None);
    }
}
