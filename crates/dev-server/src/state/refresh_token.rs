//! The refresh token grant (RFC 6749 section 6).
//!
//! * With rotation, a refresh token is valid for one use. A second use hints at a theft and revokes
//!   the family (RFC 9700 section 4.14.2).
//! * Without rotation, a refresh token stays valid until it is revoked.

use std::time::Instant;

use crate::protocol::refusal::Refusal;
use crate::protocol::scope;
use crate::state::grants::{Grants, Issued};
use crate::system::id_source::IdSource;

pub(crate) fn refresh(
    grants: &mut Grants,
    ids: &IdSource,
    now: Instant,
    value: &str,
    requested_scope: Option<&str>,
) -> Result<Issued, Refusal> {
    let Some(token) = grants.refresh_tokens.get_mut(value) else {
        return Err(Refusal::invalid_grant("The refresh token is unknown."));
    };
    let id = token.family;
    let family = &mut grants.families[id.0];
    if token.is_rotated {
        family.is_revoked = true;
        return Err(Refusal::invalid_grant("The refresh token has been used."));
    }
    if family.is_revoked {
        return Err(Refusal::invalid_grant(
            "The refresh token has been revoked.",
        ));
    }
    let scope = scope::narrow(&family.grant.scope, requested_scope)?;
    let rotation = grants.settings.refresh_token_rotation;
    token.is_rotated = rotation;
    let refresh_token = rotation.then(|| grants.issue_refresh_token(ids, id));
    Ok(grants.issue(ids, now, id, scope, refresh_token))
}
