//! The body of a token or revocation request, in the encoding the settings ask for.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};

use crate::params::Params;
use crate::refusal::Refusal;
use crate::settings::TokenBody;

pub(crate) fn read(
    accepted: TokenBody,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Params, Refusal> {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim();
    let is = |name: &str| essence.eq_ignore_ascii_case(name);
    let unsupported = |description| {
        Err(Refusal::invalid_request(description).with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE))
    };
    match accepted {
        TokenBody::Json | TokenBody::Either if is("application/json") => Params::from_json(body),
        TokenBody::Form | TokenBody::Either if is("application/x-www-form-urlencoded") => {
            Ok(Params::from_form(body))
        }
        TokenBody::Json => unsupported("The body must be application/json."),
        TokenBody::Form => unsupported("The body must be application/x-www-form-urlencoded."),
        TokenBody::Either => unsupported("The body must be JSON or a form."),
    }
}
