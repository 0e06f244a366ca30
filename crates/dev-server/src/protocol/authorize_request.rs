//! The authorization request (RFC 6749 section 4.1.1).
//!
//! * Until the client and the redirect URI are verified, an error is shown to the user and not sent
//!   to the redirect URI (section 4.1.2.1).
//! * Afterwards, every error is sent to the client.

use crate::config::redirect_uri::is_registered;
use crate::config::settings::Settings;
use crate::protocol::params::Params;
use crate::protocol::refusal::Refusal;
use crate::protocol::sign_in_options::SignInOptions;
use crate::protocol::{pkce, scope};

#[derive(Clone, Debug)]
pub(crate) struct AuthorizeRequest {
    pub(crate) client: Destination,
    pub(crate) scope: Vec<String>,
    pub(crate) code_challenge: Option<String>,
    pub(crate) options: SignInOptions,
}

/// Where the authorization response goes.
#[derive(Clone, Debug)]
pub(crate) struct Destination {
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
}

/// Why a request is invalid, by the reader of the error.
#[derive(Debug)]
pub(crate) enum Invalid {
    /// The user: the redirect URI is not verified.
    Page(Refusal),
    /// The client.
    Redirect(Destination, Refusal),
}

pub(crate) fn parse(query: &Params, settings: &Settings) -> Result<AuthorizeRequest, Invalid> {
    let redirect_uri = redirect_uri(query, settings).map_err(Invalid::Page)?;
    let state = query.get("state");
    let client = Destination {
        redirect_uri: redirect_uri.to_owned(),
        state: state.ok().flatten().map(str::to_owned),
    };
    let read = || {
        response_type(query)?;
        let scope = scope::parse(query.get("scope")?)?;
        let code_challenge = pkce::challenge(query, settings.pkce_required)?;
        let options = SignInOptions::parse(query)?;
        state?;
        Ok((scope, code_challenge, options))
    };
    match read() {
        Ok((scope, code_challenge, options)) => Ok(AuthorizeRequest {
            client,
            scope,
            code_challenge,
            options,
        }),
        Err(refusal) => Err(Invalid::Redirect(client, refusal)),
    }
}

fn redirect_uri<'a>(query: &'a Params, settings: &Settings) -> Result<&'a str, Refusal> {
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
    use crate::config::settings::Settings;
    use crate::protocol::params::Params;

    const GOOD: &str = "client_id=demo-app&redirect_url=http://127.0.0.1:1/cb";

    /// The error code, if the error is sent to the client.
    fn refused(query: &str) -> Option<&'static str> {
        match parse(&Params::from_form(query.as_bytes()), &Settings::default()).unwrap_err() {
            Invalid::Page(_) => None,
            Invalid::Redirect(client, refusal) => {
                assert_eq!(
                    client.state.as_deref(),
                    Some("s").filter(|_| query.contains("state=s"))
                );
                Some(refusal.code)
            }
        }
    }

    #[test]
    fn a_bad_client_or_redirect_uri_causes_no_redirect() {
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
    fn other_errors_are_sent_to_the_client() {
        for (rest, code) in [
            ("&state=s", "invalid_request"),
            ("&response_type=token&state=s", "unsupported_response_type"),
            (
                "&response_type=code&code_challenge=x&code_challenge_method=plain",
                "invalid_request",
            ),
            ("&response_type=code&scope=%22", "invalid_scope"),
            ("&response_type=code&prompt=none+login", "invalid_request"),
            ("&response_type=code&max_age=soon", "invalid_request"),
            ("&response_type=code&state=a&state=b", "invalid_request"),
        ] {
            assert_eq!(refused(&format!("{GOOD}{rest}")), Some(code), "{rest}");
        }
    }
}
