//! Access tokens without a sign-in, for tests.

use crate::protocol::scope;
use crate::sign_in::approve::{ApproveError, consent};
use crate::state::grant::Grant;
use crate::state::provider::Provider;
use crate::system::env;
use crate::system::lock::lock;

pub(crate) fn token_for(
    provider: &Provider,
    user_id: &str,
    client_id: &str,
    scope: &str,
) -> Result<String, ApproveError> {
    let requested = scope::parse(Some(scope))
        .map_err(|refusal| ApproveError::InvalidRequest(refusal.description))?;
    let (user, scope) = consent(&provider.settings, user_id, &requested)?;
    let grant = Grant {
        client_id: client_id.to_owned(),
        user: Some(user),
        scope,
    };
    let grants = &mut lock(&provider.grants);
    Ok(grants
        .issue_alone(&provider.ids, env::now(), grant)
        .access_token)
}
