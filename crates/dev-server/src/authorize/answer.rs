//! The authorization answer (RFC 6749 sections 4.1.2 and 4.1.2.1; `iss`: RFC 9207 section 2).
//!
//! The redirect URI is kept as it was given, with its query (section 3.1.2): parameters are appended.

use super::request::AuthorizeRequest;
use crate::env;
use crate::grants::{Code, Grant};
use crate::provider::{Provider, lock};
use crate::refusal::Refusal;

/// Issues a code for the user, and returns where it is to be taken.
pub(crate) fn code_url(provider: &Provider, request: &AuthorizeRequest, user: &str) -> String {
    let code = Code {
        grant: Grant {
            user: Some(user.to_owned()),
            scope: request.scope.clone(),
        },
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
    };
    let code = lock(&provider.grants).issue_code(&provider.ids, env::now(), code);
    let issuer = provider.settings.issuer.as_deref();
    append(
        &request.redirect_uri,
        &[
            ("code", Some(code.as_str())),
            ("state", request.state.as_deref()),
            ("iss", issuer),
        ],
    )
}

pub(crate) fn error_url(
    redirect_uri: &str,
    state: Option<&str>,
    issuer: Option<&str>,
    refusal: &Refusal,
) -> String {
    append(
        redirect_uri,
        &[
            ("error", Some(refusal.code)),
            ("error_description", Some(refusal.description)),
            ("state", state),
            ("iss", issuer),
        ],
    )
}

fn append(uri: &str, params: &[(&str, Option<&str>)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in params {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let joint = match uri.split_once('?') {
        None => "?",
        Some((_, existing)) if existing.is_empty() || existing.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{joint}{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::append;

    #[test]
    fn an_existing_query_is_kept() {
        let params = [("state", Some("a&b c")), ("iss", None)];
        for (uri, expected) in [
            ("http://a/cb", "http://a/cb?state=a%26b+c"),
            ("http://a/cb?", "http://a/cb?state=a%26b+c"),
            ("http://a/cb?x=%41&y", "http://a/cb?x=%41&y&state=a%26b+c"),
        ] {
            assert_eq!(append(uri, &params), expected);
        }
    }
}
