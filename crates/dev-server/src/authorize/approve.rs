//! Somebody who signs in and allows what is asked for, without the pages on which they would.

use std::{error, fmt};

use super::answer::code_url;
use super::request::{self, Invalid};
use crate::endpoint::Endpoint;
use crate::params::Params;
use crate::provider::Provider;

/// Why nobody could approve of an authorization request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApproveError {
    /// The address is not this server's authorization endpoint.
    Elsewhere(String),
    /// The request is wrong, as this sentence says.
    Refused(&'static str),
    /// Nobody has this ID.
    NoSuchUser {
        /// The ID asked for.
        id: String,
        /// The IDs that there are.
        known: Vec<String>,
    },
}

impl fmt::Display for ApproveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Elsewhere(url) => write!(
                f,
                "{url} is not the authorization endpoint of this dev server"
            ),
            Self::Refused(description) => f.write_str(description),
            Self::NoSuchUser { id, known } => {
                let known = known.join(", ");
                write!(
                    f,
                    "there is no user {id:?}; the users of this dev server are {known}"
                )
            }
        }
    }
}

impl error::Error for ApproveError {}

pub(crate) fn approve(
    provider: &Provider,
    authorize_url: &str,
    user_id: &str,
) -> Result<String, ApproveError> {
    let endpoint = provider.url(Endpoint::Authorize);
    let query = authorize_url
        .strip_prefix(&endpoint)
        .and_then(|rest| rest.strip_prefix('?'))
        .ok_or_else(|| ApproveError::Elsewhere(authorize_url.to_owned()))?;
    let settings = &provider.settings;
    let request = request::parse(&Params::from_form(query.as_bytes()), settings);
    let request = request.map_err(|invalid| match invalid {
        Invalid::Page(refusal) | Invalid::Redirect { refusal, .. } => {
            ApproveError::Refused(refusal.description)
        }
    })?;
    let users = settings.users.iter().map(|user| &user.id);
    if !users.clone().any(|id| id == user_id) {
        return Err(ApproveError::NoSuchUser {
            id: user_id.to_owned(),
            known: users.cloned().collect(),
        });
    }
    Ok(code_url(provider, &request, user_id))
}

#[cfg(test)]
mod tests {
    use super::ApproveError;
    use crate::{DevServer, Endpoint};

    #[test]
    fn only_what_a_person_could_approve_of_gets_a_code() {
        let server = DevServer::start().unwrap();
        let authorize = server.url(Endpoint::Authorize);
        let approve = |query: &str, user| server.approve(&format!("{authorize}{query}"), user);
        let good =
            "?client_id=demo-app&response_type=code&redirect_uri=http://localhost/cb&state=s";

        let back = approve(good, "alex").unwrap();
        assert!(back.starts_with("http://localhost/cb?code="), "{back}");
        assert!(back.ends_with("&state=s"), "{back}");
        assert!(
            server
                .issued_secrets()
                .iter()
                .any(|code| back.contains(code))
        );
        assert!(matches!(
            approve(good, "ada"),
            Err(ApproveError::NoSuchUser { id, known }) if id == "ada" && known.len() == 4
        ));
        assert_eq!(
            approve(&good.replace("demo-app", "other"), "alex"),
            Err(ApproveError::Refused(
                "No application with this client_id is registered."
            ))
        );
        assert!(matches!(
            approve("r?a", "alex"),
            Err(ApproveError::Elsewhere(_))
        ));
        let elsewhere = server.approve("https://fncy.example/authorize?a=b", "alex");
        assert!(matches!(elsewhere, Err(ApproveError::Elsewhere(_))));
    }
}
