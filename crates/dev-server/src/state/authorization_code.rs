//! The authorization code grant (RFC 6749 sections 4.1.2 and 4.1.3).
//!
//! * A code expires after a minute.
//! * A code is valid for one attempt, successful or not.
//! * A second attempt revokes the tokens of the first.

use std::time::{Duration, Instant};

use crate::protocol::pkce;
use crate::protocol::refusal::Refusal;
use crate::state::grants::{Code, Grants, Issued, IssuedCode};
use crate::system::id_source::IdSource;

const LIFETIME: Duration = Duration::from_secs(60);

/// Issues a code.
pub(crate) fn issue(grants: &mut Grants, ids: &IdSource, now: Instant, code: Code) -> String {
    let value = grants.new_secret(ids, "code");
    let issued = IssuedCode {
        code,
        expires: now + LIFETIME,
        is_used: false,
        family: None,
    };
    grants.codes.insert(value.clone(), issued);
    value
}

/// Redeems a code for tokens.
pub(crate) fn redeem(
    grants: &mut Grants,
    ids: &IdSource,
    now: Instant,
    value: &str,
    redirect_uri: &str,
    verifier: Option<&str>,
) -> Result<Issued, Refusal> {
    let Some(issued) = grants.codes.get_mut(value) else {
        return Err(Refusal::invalid_grant("The code is unknown."));
    };
    if std::mem::replace(&mut issued.is_used, true) {
        if let Some(family) = issued.family {
            grants.families[family.0].is_revoked = true;
        }
        return Err(Refusal::invalid_grant("The code has been used."));
    }
    if now >= issued.expires {
        return Err(Refusal::invalid_grant("The code has expired."));
    }
    if redirect_uri != issued.code.redirect_uri {
        return Err(Refusal::invalid_grant(
            "The redirect URI differs from the one of the authorization request.",
        ));
    }
    if !pkce::verify(issued.code.code_challenge.as_deref(), verifier) {
        return Err(Refusal::invalid_grant("The code verifier does not match."));
    }
    let grant = issued.code.grant.clone();
    let scope = grant.scope.clone();
    let family = grants.add_family(grant);
    if let Some(issued) = grants.codes.get_mut(value) {
        issued.family = Some(family);
    }
    let refresh_token = grants.issue_refresh_token(ids, family);
    Ok(grants.issue(ids, now, family, scope, Some(refresh_token)))
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{issue, redeem};
    use crate::protocol::refusal::Refusal;
    use crate::state::grant::Grant;
    use crate::state::grants::{Code, Grants, Issued};
    use crate::state::refresh_token::refresh;
    use crate::state::signed_in::SignedIn;
    use crate::system::env;
    use crate::system::id_source::IdSource;

    const URI: &str = "http://127.0.0.1/cb";

    struct Setup {
        grants: Grants,
        ids: IdSource,
        code: String,
        now: Instant,
    }

    impl Setup {
        fn new() -> Self {
            let mut grants = Grants::with_short_lives();
            let (ids, now) = (IdSource::new(&[0; 32]), env::now());
            let code = Code {
                grant: Grant {
                    client_id: "demo-app".to_owned(),
                    user: Some(SignedIn {
                        user: "alex".to_owned(),
                        auth_time: 0,
                    }),
                    scope: vec!["profile".to_owned()],
                },
                redirect_uri: URI.to_owned(),
                code_challenge: None,
            };
            Self {
                code: issue(&mut grants, &ids, now, code),
                grants,
                ids,
                now,
            }
        }

        fn redeem(&mut self, redirect_uri: &str) -> Result<Issued, Refusal> {
            let (grants, ids) = (&mut self.grants, &self.ids);
            redeem(grants, ids, self.now, &self.code, redirect_uri, None)
        }

        fn is_good(&self, access_token: &str) -> bool {
            self.grants.grant(access_token, self.now).is_some()
        }
    }

    #[test]
    fn a_code_expires_after_a_minute() {
        let mut setup = Setup::new();
        setup.now += Duration::from_secs(60);
        let late = setup.redeem(URI);
        assert_eq!(late.unwrap_err().code, "invalid_grant");
    }

    #[test]
    fn a_second_attempt_revokes_the_tokens_of_the_first() {
        let mut setup = Setup::new();
        let first = setup.redeem(URI).unwrap();
        assert!(setup.is_good(&first.access_token));
        assert!(setup.redeem(URI).is_err());
        assert!(!setup.is_good(&first.access_token));
        let (grants, refresh_token) = (&mut setup.grants, first.refresh_token.unwrap());
        assert!(refresh(grants, &setup.ids, setup.now, &refresh_token, None).is_err());
    }

    #[test]
    fn a_failed_attempt_uses_the_code_up() {
        let mut setup = Setup::new();
        assert!(setup.redeem("http://127.0.0.1/other").is_err());
        assert!(setup.redeem(URI).is_err());
    }

    #[test]
    fn access_tokens_expire() {
        let mut setup = Setup::new();
        let token = setup.redeem(URI).unwrap().access_token;
        setup.now += Duration::from_millis(4_999);
        assert!(setup.is_good(&token));
        setup.now += Duration::from_millis(1);
        assert!(!setup.is_good(&token));
    }
}
