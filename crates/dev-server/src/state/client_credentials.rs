//! The client credentials grant (RFC 6749 section 4.4).
//!
//! * There is no user and no refresh token (section 4.4.3).
//! * Each access token has a family of its own, so that its revocation leaves the others alone.

use std::time::Instant;

use crate::protocol::refusal::Refusal;
use crate::protocol::scope;
use crate::state::grant::Grant;
use crate::state::grants::{Grants, Issued};
use crate::system::id_source::IdSource;

pub(crate) fn issue(
    grants: &mut Grants,
    ids: &IdSource,
    now: Instant,
    requested_scope: Option<&str>,
) -> Result<Issued, Refusal> {
    let grant = Grant {
        client_id: grants.settings.client_id.clone(),
        user: None,
        scope: scope::parse(requested_scope)?,
    };
    Ok(grants.issue_alone(ids, now, grant))
}

#[cfg(test)]
mod tests {
    use super::issue;
    use crate::state::grants::Grants;
    use crate::system::env;
    use crate::system::id_source::IdSource;

    #[test]
    fn tokens_have_no_user_and_are_revoked_alone() {
        let ids = IdSource::new(&[0; 32]);
        let mut grants = Grants::with_short_lives();
        let now = env::now();
        let [first, second] =
            [Some("stats"), None].map(|scope| issue(&mut grants, &ids, now, scope).unwrap());
        assert_eq!(first.scope, ["stats"]);
        assert!(first.refresh_token.is_none());
        assert_eq!(grants.grant(&first.access_token, now).unwrap().user, None);
        grants.revoke(&first.access_token);
        assert!(grants.grant(&first.access_token, now).is_none());
        assert!(grants.grant(&second.access_token, now).is_some());
    }

    #[test]
    fn a_malformed_scope_is_refused() {
        let mut grants = Grants::with_short_lives();
        let ids = IdSource::new(&[0; 32]);
        let refused = issue(&mut grants, &ids, env::now(), Some("a\"b"));
        assert_eq!(refused.unwrap_err().code, "invalid_scope");
    }
}
