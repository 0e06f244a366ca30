//! Sign-in and consent without pages, for tests.

use std::{error, fmt};

use crate::config::endpoint::Endpoint;
use crate::config::settings::Settings;
use crate::protocol::authorize_request::{self, Invalid};
use crate::protocol::params::Params;
use crate::sign_in::authorization_response::code_url;
use crate::state::provider::Provider;
use crate::state::signed_in::SignedIn;

/// An error of [`DevServer::approve`](crate::DevServer::approve) and of
/// [`DevServer::token_for`](crate::DevServer::token_for).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApproveError {
    /// The URL is not this server's authorization endpoint.
    OtherEndpoint(String),
    /// The authorization request or its scope is invalid, for the reason given.
    InvalidRequest(&'static str),
    /// The user with this ID can grant no scope of the request.
    NoScope(String),
    /// No user has this ID.
    UnknownUser {
        /// The ID of the call.
        id: String,
        /// The IDs of the server's users.
        known: Vec<String>,
    },
}

impl fmt::Display for ApproveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherEndpoint(url) => write!(
                f,
                "{url} is not the authorization endpoint of this dev server; \
                 pass the `Location` of a redirect to it"
            ),
            Self::InvalidRequest(description) => {
                write!(f, "the authorization request is invalid: {description}")
            }
            Self::NoScope(id) => write!(
                f,
                "the user {id:?} can grant no scope of the request; add one to the user's scopes"
            ),
            Self::UnknownUser { id, known } => {
                let known = known.join(", ");
                write!(f, "this dev server has no user {id:?}; use one of {known}")
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
        .ok_or_else(|| ApproveError::OtherEndpoint(authorize_url.to_owned()))?;
    let settings = &provider.settings;
    let request = authorize_request::parse(&Params::from_form(query.as_bytes()), settings);
    let request = request.map_err(|invalid| match invalid {
        Invalid::Page(refusal) | Invalid::Redirect(_, refusal) => {
            ApproveError::InvalidRequest(refusal.description)
        }
    })?;
    let (user, _) = consent(settings, user_id, &request.scope)?;
    Ok(code_url(provider, &request, user))
}

/// The user, who signs in now, and the part of the requested scope that this user grants.
pub(super) fn consent(
    settings: &Settings,
    user_id: &str,
    requested: &[String],
) -> Result<(SignedIn, Vec<String>), ApproveError> {
    if settings.user(user_id).is_none() {
        let users = settings.users.iter();
        return Err(ApproveError::UnknownUser {
            id: user_id.to_owned(),
            known: users.map(|user| user.id.clone()).collect(),
        });
    }
    let scope = settings.granted_scope(user_id, requested);
    if scope.is_empty() {
        return Err(ApproveError::NoScope(user_id.to_owned()));
    }
    let user = SignedIn {
        user: user_id.to_owned(),
        auth_time: settings.clock.unix_seconds(),
    };
    Ok((user, scope))
}
