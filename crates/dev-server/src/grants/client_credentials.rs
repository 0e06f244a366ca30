//! Tokens for the client itself (RFC 6749 section 4.4).
//!
//! There is no user and no refresh token (4.4.3): a client that can ask once can ask again. Each is an
//! authorization of its own, so that revoking one leaves the others.

use std::time::Instant;

use super::{Grant, Grants, Issued};
use crate::id_source::IdSource;
use crate::refusal::Refusal;
use crate::scope;

impl Grants {
    pub(crate) fn client_credentials(
        &mut self,
        ids: &IdSource,
        now: Instant,
        asked_scope: Option<&str>,
    ) -> Result<Issued, Refusal> {
        let scope = scope::parse(asked_scope)?;
        let family = self.found(Grant {
            user: None,
            scope: scope.clone(),
        });
        Ok(self.issue(ids, now, family, scope, None))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Grants;
    use crate::env;
    use crate::id_source::IdSource;

    #[test]
    fn a_client_gets_tokens_without_a_user_and_each_is_revoked_alone() {
        let ids = IdSource::new(&[0; 32]);
        let mut grants = Grants::new(Duration::from_secs(5), true);
        let now = env::now();
        let [first, second] =
            [Some("stats"), None].map(|scope| grants.client_credentials(&ids, now, scope).unwrap());
        assert_eq!(first.scope, ["stats"]);
        assert!(first.refresh_token.is_none());
        assert_eq!(grants.allowed(&first.access_token, now).unwrap().user, None);
        grants.revoke(&first.access_token);
        assert!(grants.allowed(&first.access_token, now).is_none());
        assert!(grants.allowed(&second.access_token, now).is_some());
    }

    #[test]
    fn a_malformed_scope_is_refused() {
        let mut grants = Grants::new(Duration::from_secs(5), true);
        let ids = IdSource::new(&[0; 32]);
        let refused = grants.client_credentials(&ids, env::now(), Some("a\"b"));
        assert_eq!(refused.unwrap_err().code, "invalid_scope");
    }
}
