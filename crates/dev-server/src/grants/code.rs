//! Authorization codes (RFC 6749 sections 4.1.2 and 4.1.3).
//!
//! A code is good for one attempt, within a minute. A second attempt, whatever came of the first,
//! revokes what the first was given.

use std::time::{Duration, Instant};

use super::{FamilyId, Grant, Grants, Issued};
use crate::id_source::IdSource;
use crate::pkce;
use crate::refusal::Refusal;

const LIFE: Duration = Duration::from_secs(60);

/// What a code stands for.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) grant: Grant,
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: Option<String>,
}

pub(super) struct IssuedCode {
    code: Code,
    expires: Instant,
    used: bool,
    family: Option<FamilyId>,
}

impl Grants {
    pub(crate) fn issue_code(&mut self, ids: &IdSource, now: Instant, code: Code) -> String {
        let value = ids.next("code");
        self.secrets.push(value.clone());
        let issued = IssuedCode {
            code,
            expires: now + LIFE,
            used: false,
            family: None,
        };
        self.codes.insert(value.clone(), issued);
        value
    }

    pub(crate) fn redeem(
        &mut self,
        ids: &IdSource,
        now: Instant,
        value: &str,
        redirect_uri: &str,
        verifier: Option<&str>,
    ) -> Result<Issued, Refusal> {
        let Some(issued) = self.codes.get_mut(value) else {
            return Err(Refusal::invalid_grant("The code is unknown."));
        };
        if std::mem::replace(&mut issued.used, true) {
            if let Some(family) = issued.family {
                self.families[family.0].revoked = true;
            }
            return Err(Refusal::invalid_grant("The code has been used."));
        }
        if now >= issued.expires {
            return Err(Refusal::invalid_grant("The code has expired."));
        }
        if redirect_uri != issued.code.redirect_uri {
            return Err(Refusal::invalid_grant(
                "The redirect URI is not the one of the request.",
            ));
        }
        if !pkce::verify(issued.code.code_challenge.as_deref(), verifier) {
            return Err(Refusal::invalid_grant("The code verifier does not match."));
        }
        let grant = issued.code.grant.clone();
        let scope = grant.scope.clone();
        let family = self.found(grant);
        if let Some(issued) = self.codes.get_mut(value) {
            issued.family = Some(family);
        }
        let refresh_token = self.issue_refresh_token(ids, family);
        Ok(self.issue(ids, now, family, scope, Some(refresh_token)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Code, Grant, Grants};
    use crate::env;
    use crate::id_source::IdSource;

    const URI: &str = "http://127.0.0.1/cb";

    fn issue() -> (Grants, IdSource, String, std::time::Instant) {
        let (mut grants, ids) = (
            Grants::new(Duration::from_secs(5), true),
            IdSource::new(&[0; 32]),
        );
        let now = env::now();
        let grant = Grant {
            user: Some("alex".to_owned()),
            scope: vec!["profile".to_owned()],
        };
        let code = Code {
            grant,
            redirect_uri: URI.to_owned(),
            code_challenge: None,
        };
        let value = grants.issue_code(&ids, now, code);
        (grants, ids, value, now)
    }

    #[test]
    fn a_code_lives_a_minute() {
        let (mut grants, ids, code, now) = issue();
        let late = grants.redeem(&ids, now + Duration::from_secs(60), &code, URI, None);
        assert_eq!(late.unwrap_err().code, "invalid_grant");
    }

    #[test]
    fn a_second_attempt_revokes_what_the_first_was_given() {
        let (mut grants, ids, code, now) = issue();
        let first = grants.redeem(&ids, now, &code, URI, None).unwrap();
        assert!(grants.allowed(&first.access_token, now).is_some());
        assert!(grants.redeem(&ids, now, &code, URI, None).is_err());
        assert!(grants.allowed(&first.access_token, now).is_none());
        let refresh_token = first.refresh_token.unwrap();
        assert!(grants.refresh(&ids, now, &refresh_token, None).is_err());
    }

    #[test]
    fn a_failed_attempt_uses_the_code_up() {
        let (mut grants, ids, code, now) = issue();
        assert!(
            grants
                .redeem(&ids, now, &code, "http://127.0.0.1/other", None)
                .is_err()
        );
        assert!(grants.redeem(&ids, now, &code, URI, None).is_err());
    }

    #[test]
    fn access_tokens_expire() {
        let (mut grants, ids, code, now) = issue();
        let token = grants
            .redeem(&ids, now, &code, URI, None)
            .unwrap()
            .access_token;
        assert!(
            grants
                .allowed(&token, now + Duration::from_millis(4_999))
                .is_some()
        );
        assert!(
            grants
                .allowed(&token, now + Duration::from_secs(5))
                .is_none()
        );
    }
}
