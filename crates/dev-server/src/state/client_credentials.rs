//! The client credentials grant (RFC 6749 section 4.4).
//!
//! * There is no user and no refresh token (section 4.4.3).
//! * Each access token has a family of its own, so that its revocation leaves the others alone.

use std::time::Instant;

use crate::protocol::refusal::Refusal;
use crate::protocol::scope;
use crate::state::grants::{Grant, Grants, Issued};
use crate::system::id_source::IdSource;

pub(crate) fn issue(
    grants: &mut Grants,
    ids: &IdSource,
    now: Instant,
    requested_scope: Option<&str>,
) -> Result<Issued, Refusal> {
    let scope = scope::parse(requested_scope)?;
    let family = grants.add_family(Grant {
        user: None,
        scope: scope.clone(),
    });
    Ok(grants.issue(ids, now, family, scope, None))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::issue;
    use crate::state::grants::Grants;
    use crate::system::env;
    use crate::system::id_source::IdSource;

    #[test]
    fn tokens_have_no_user_and_are_revoked_alone() {
        let ids = IdSource::new(&[0; 32]);
        let mut grants = Grants::new(Duration::from_secs(5), true);
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
        let mut grants = Grants::new(Duration::from_secs(5), true);
        let ids = IdSource::new(&[0; 32]);
        let refused = issue(&mut grants, &ids, env::now(), Some("a\"b"));
        assert_eq!(refused.unwrap_err().code, "invalid_scope");
    }
}
