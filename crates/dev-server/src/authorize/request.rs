//! Reading an authorization request (RFC 6749 section 4.1.1).
//!
//! Until the client and the redirect URI are known to be good, nothing is sent there: the user is told
//! instead (section 4.1.2.1). From then on, every error goes to the client.

use super::prompt::Prompt;
use crate::loopback::is_registered;
use crate::params::Params;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::{pkce, scope};

#[derive(Clone, Debug)]
pub(crate) struct AuthorizeRequest {
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) scope: Vec<String>,
    pub(crate) code_challenge: Option<String>,
    pub(crate) prompt: Prompt,
}

#[derive(Debug)]
pub(super) enum Invalid {
    Page(Refusal),
    Redirect {
        redirect_uri: String,
        state: Option<String>,
        refusal: Refusal,
    },
}

pub(super) fn parse(query: &Params, settings: &Settings) -> Result<AuthorizeRequest, Invalid> {
    let redirect_uri = destination(query, settings)
        .map_err(Invalid::Page)?
        .to_owned();
    let state = query.get("state");
    let to_client = |refusal| Invalid::Redirect {
        redirect_uri: redirect_uri.clone(),
        state: state.ok().flatten().map(str::to_owned),
        refusal,
    };
    response_type(query).map_err(to_client)?;
    let scope = query
        .get("scope")
        .and_then(scope::parse)
        .map_err(to_client)?;
    let code_challenge = pkce::challenge(query, settings.pkce_required).map_err(to_client)?;
    let prompt = query
        .get("prompt")
        .and_then(Prompt::parse)
        .map_err(to_client)?;
    let state = state.map_err(to_client)?.map(str::to_owned);
    Ok(AuthorizeRequest {
        redirect_uri,
        state,
        scope,
        code_challenge,
        prompt,
    })
}

fn destination<'a>(query: &'a Params, settings: &Settings) -> Result<&'a str, Refusal> {
    if query.require("client_id", "client_id is missing.")? != settings.client_id {
        return Err(Refusal::invalid_request(
            "No application with this client_id is registered.",
        ));
    }
    let redirect_uri = query.redirect_uri()?;
    if is_registered(redirect_uri, settings) {
        Ok(redirect_uri)
    } else {
        Err(Refusal::invalid_request(
            "The redirect URI is not registered for this application.",
        ))
    }
}

fn response_type(query: &Params) -> Result<(), Refusal> {
    match query.require("response_type", "response_type is missing.")? {
        "code" => Ok(()),
        _ => Err(Refusal::new(
            "unsupported_response_type",
            "response_type must be code.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::{Invalid, parse};
    use crate::params::Params;
    use crate::settings::Settings;

    const GOOD: &str = "client_id=demo-app&redirect_url=http://127.0.0.1:1/cb";

    /// The error code, if the error may be sent to the client.
    fn refused(query: &str) -> Option<&'static str> {
        match parse(&Params::from_form(query.as_bytes()), &Settings::default()).unwrap_err() {
            Invalid::Page(_) => None,
            Invalid::Redirect { refusal, state, .. } => {
                assert_eq!(
                    state.as_deref(),
                    Some("s").filter(|_| query.contains("state=s"))
                );
                Some(refusal.code)
            }
        }
    }

    #[test]
    fn a_bad_client_or_redirect_uri_is_never_answered_by_redirect() {
        for query in [
            "redirect_url=http://127.0.0.1:1/cb&response_type=code",
            "client_id=other&redirect_url=http://127.0.0.1:1/cb&response_type=code",
            "client_id=demo-app&response_type=code",
            "client_id=demo-app&redirect_url=https://evil.test/&response_type=code",
            "client_id=demo-app&redirect_url=http://localhost/a&redirect_uri=http://localhost/b",
        ] {
            assert_eq!(refused(query), None, "{query}");
        }
    }

    #[test]
    fn other_errors_go_to_the_client() {
        for (rest, code) in [
            ("&state=s", "invalid_request"),
            ("&response_type=token&state=s", "unsupported_response_type"),
            (
                "&response_type=code&code_challenge=x&code_challenge_method=plain",
                "invalid_request",
            ),
            ("&response_type=code&scope=%22", "invalid_scope"),
            ("&response_type=code&prompt=none+login", "invalid_request"),
            ("&response_type=code&state=a&state=b", "invalid_request"),
        ] {
            assert_eq!(refused(&format!("{GOOD}{rest}")), Some(code), "{rest}");
        }
    }
}
