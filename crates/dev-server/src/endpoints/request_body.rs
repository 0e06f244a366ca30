//! The body of a token or revocation request.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};

use crate::config::settings::TokenBody;
use crate::protocol::params::Params;
use crate::protocol::refusal::Refusal;

/// Parses a body by its content type, if the settings accept that type.
pub(crate) fn read(
    accepted: TokenBody,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Params, Refusal> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim();
    let is = |name: &str| content_type.eq_ignore_ascii_case(name);
    let expected = match accepted {
        TokenBody::Json | TokenBody::Either if is("application/json") => {
            return Params::from_json(body);
        }
        TokenBody::Form | TokenBody::Either if is("application/x-www-form-urlencoded") => {
            return Ok(Params::from_form(body));
        }
        TokenBody::Json => "The body must be application/json.",
        TokenBody::Form => "The body must be application/x-www-form-urlencoded.",
        TokenBody::Either => {
            "The body must be application/json or application/x-www-form-urlencoded."
        }
    };
    Err(Refusal::invalid_request(expected).with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE))
}
