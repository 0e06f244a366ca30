//! The authorization response (RFC 6749 sections 4.1.2 and 4.1.2.1; `iss`: RFC 9207 section 2).
//!
//! The redirect URI keeps its query (RFC 6749 section 3.1.2): parameters are appended.

use crate::config::settings::Settings;
use crate::protocol::authorize_request::{AuthorizeRequest, Destination};
use crate::protocol::refusal::Refusal;
use crate::state::authorization_code::issue;
use crate::state::grant::Grant;
use crate::state::grants::Code;
use crate::state::provider::Provider;
use crate::state::signed_in::SignedIn;
use crate::system::env;
use crate::system::lock::lock;

/// Issues a code for the user, and returns the URL that takes the code to the client.
pub(crate) fn code_url(provider: &Provider, request: &AuthorizeRequest, user: SignedIn) -> String {
    let scope = provider.settings.granted_scope(&user.user, &request.scope);
    let code = Code {
        grant: Grant {
            client_id: provider.settings.client_id.clone(),
            user: Some(user),
            scope,
        },
        redirect_uri: request.client.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
    };
    let grants = &mut lock(&provider.grants);
    let code = issue(grants, &provider.ids, env::now(), code);
    response_url(&provider.settings, &request.client, &[("code", &code)])
}

/// Returns the URL that takes an error to the client.
pub(crate) fn error_url(settings: &Settings, client: &Destination, refusal: &Refusal) -> String {
    let params = [
        ("error", refusal.code),
        ("error_description", refusal.description),
    ];
    response_url(settings, client, &params)
}

fn response_url(settings: &Settings, client: &Destination, params: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(params);
    for (name, value) in [("state", &client.state), ("iss", &settings.issuer)] {
        query.extend_pairs(value.iter().map(|value| (name, value)));
    }
    let uri = &client.redirect_uri;
    let joint = match uri.split_once('?') {
        None => "?",
        Some((_, existing)) if existing.is_empty() || existing.ends_with('&') => "",
        Some(_) => "&",
    };
    format!("{uri}{joint}{}", query.finish())
}

#[cfg(test)]
mod tests {
    use super::response_url;
    use crate::config::settings::Settings;
    use crate::protocol::authorize_request::Destination;

    #[test]
    fn an_existing_query_is_kept() {
        for (uri, expected) in [
            ("http://a/cb", "http://a/cb?code=c&state=a%26b+c"),
            ("http://a/cb?", "http://a/cb?code=c&state=a%26b+c"),
            (
                "http://a/cb?x=%41&y",
                "http://a/cb?x=%41&y&code=c&state=a%26b+c",
            ),
        ] {
            let client = Destination {
                redirect_uri: uri.to_owned(),
                state: Some("a&b c".to_owned()),
            };
            let url = response_url(&Settings::default(), &client, &[("code", "c")]);
            assert_eq!(url, expected);
        }
    }
}
